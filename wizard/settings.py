"""All settings of Dating Wizard. Every variable read here is described in .env.example."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from wizard import env, machine
from wizard.schema_settings import SPECTACULAR_SETTINGS as SPECTACULAR_SETTINGS
from wizard.secret import read_or_make_secret
from wizard.sockets import socket_path
from wizard.storage_url import storage_of

BASE_DIR = Path(__file__).resolve().parent.parent
env.load_file(env.path("WIZARD_ENV_FILE", BASE_DIR / ".env"))
DATA_DIR = env.path("WIZARD_DATA_DIR", BASE_DIR / "data")
DATA_DIR.mkdir(mode=0o750, parents=True, exist_ok=True)

DEBUG = env.flag("DEBUG", default=False)
SECRET_KEY = env.text("SECRET_KEY") or read_or_make_secret(DATA_DIR / "secret_key")
HOST = env.text("HOST", "127.0.0.1")
WEB_WORKERS = env.whole("WEB_WORKERS", 2, least=1, most=64)
WEB_THREADS = 4  # in each of them
PORT = env.whole("PORT", 8000, least=1, most=65535)
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "rest_framework",
    "wizard",
    "classifier",
    "training",
]

MIDDLEWARE = [
    "wizard.request_log.RequestLog",
    "wizard.headers.Headers",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.locale.LocaleMiddleware",  # before the door, which speaks to people
    "wizard.door.Door",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",  # last: it answers instead of a sign-in that is locked out
]

ROOT_URLCONF = "wizard.urls"
WSGI_APPLICATION = "wizard.wsgi.application"
APPEND_SLASH = True

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "wizard.context.frame",
            ],
        },
    },
]

# --- data -----------------------------------------------------------------------------------------

DATABASES = {
    "default": dj_database_url.parse(
        env.text("DATABASE_URL", f"sqlite:///{DATA_DIR / 'wizard.sqlite3'}"),
        conn_max_age=60,
        conn_health_checks=True,
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # IMMEDIATE takes the write lock when a transaction begins, so that two writers wait for one
    # another (busy timeout) and never fail half-way with "database is locked".
    # What is deleted or written over is overwritten in the file too, over every connection: a row that moves leaves
    # its old place readable otherwise.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-16000; "
        "PRAGMA secure_delete=ON;",
    }
# On Postgres the threads of a web process share a few connections; gunicorn.conf.py says that this is one. Workers do
# one thing at a time and fork: each keeps a connection of its own, for a task, and there is no pool to inherit.
DATABASE_POOL = env.whole("WIZARD_DATABASE_POOL", WEB_THREADS + 2, most=100)
if (
    DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql"
    and DATABASE_POOL
    and env.text("WIZARD_PROCESS") == "web"
):
    DATABASES["default"]["CONN_MAX_AGE"] = 0  # given back to the pool at the end of a request
    DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {
        "min_size": 1,
        "max_size": DATABASE_POOL,
        "timeout": 10,  # seconds to wait for a free one
        "max_idle": 60,
        "num_workers": 1,
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

MEDIA_ROOT = DATA_DIR / "media"
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o750  # a proxy in our group may read pictures, whatever our umask is
STATIC_ROOT = env.path("STATIC_ROOT", DATA_DIR / "static")
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGE_URL = env.text("STORAGE_URL")  # none: MEDIA_ROOT
# Where nginx, asked by X-Accel-Redirect, finds what is in MEDIA_ROOT; empty: the pictures are sent from here.
WIZARD_X_ACCEL = env.text("WIZARD_X_ACCEL")
if WIZARD_X_ACCEL and (STORAGE_URL or not re.fullmatch(r"/[\w./-]*/", WIZARD_X_ACCEL)):
    raise ImproperlyConfigured(
        "WIZARD_X_ACCEL is a path like /protected/ that nginx keeps to itself, and empty while STORAGE_URL is set."
    )
STORAGES = {
    "default": storage_of(STORAGE_URL),
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

# --- Redis and Celery -----------------------------------------------------------------------------

# No REDIS_URL: the embedded Valkey listens on a socket that belongs to this data directory alone.
EMBEDDED_REDIS = not env.text("REDIS_URL")
REDIS_SOCKET = socket_path(DATA_DIR)
REDIS_URL = env.text("REDIS_URL", f"unix://{REDIS_SOCKET}")

CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # Redis may be away for as long as it likes
# The time limits of the queues stay well below this, or a long task would be delivered twice.
# What somebody waits for (a question, a re-scoring) goes before what arrives in bulk: of each queue there are two.
BULK = 6
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 2 * 60 * 60,
    "socket_connect_timeout": 3,
    "socket_timeout": 3,  # a Redis that neither answers nor hangs up keeps no page for long
    "max_retries": 0,  # of connecting to send something; workers and beat wait for as long as it takes (above)
    "priority_steps": [0, BULK],
    "sep": ":",
}
CELERY_TASK_PUBLISH_RETRY = False  # somebody may wait for a page; what is not sent, beat hands over again
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_DISABLE_PREFETCH = True  # a message that a busy worker held would be kept from an idle one
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_DEFAULT_QUEUE = "score"
CELERY_TASK_ROUTES = {
    "training.tasks.run_job": {"queue": "train"},
    "classifier.tasks.embed_photos": {"priority": BULK},
    "classifier.tasks.empty_trash": {"priority": BULK},
    "classifier.tasks.hash_pictures": {"priority": BULK},
    "classifier.tasks.import_sample_library": {"priority": BULK},
    "classifier.tasks.requeue_forgotten": {"priority": BULK},
    "classifier.tasks.watch_folder": {"priority": BULK},
    "wizard.tasks.finish_leavings": {"priority": BULK},
    "wizard.tasks.remove_orphans": {"priority": BULK},
    "wizard.tasks.remove_person": {"priority": BULK},
}
CELERY_TASK_TIME_LIMIT = 30 * 60
CELERY_BEAT_SCHEDULER = "wizard.beat:Scheduler"
CELERY_BEAT_MAX_LOOP_INTERVAL = 5  # seconds until it notices a clock that was set back
CELERY_BEAT_SCHEDULE = {
    "requeue-forgotten-photos": {
        "task": "classifier.tasks.requeue_forgotten",
        "schedule": timedelta(seconds=30),
        "options": {"expires": 50},
    },
    "remove-orphans": {
        "task": "wizard.tasks.remove_orphans",
        "schedule": timedelta(hours=1),
        "options": {"expires": 50 * 60},
    },
    "empty-trash": {
        "task": "classifier.tasks.empty_trash",
        "schedule": timedelta(minutes=1),
        "options": {"expires": 50},
    },
    "hash-pictures": {
        "task": "classifier.tasks.hash_pictures",
        "schedule": timedelta(minutes=1),
        "options": {"expires": 50},
    },
    "finish-leavings": {
        "task": "wizard.tasks.finish_leavings",
        "schedule": timedelta(minutes=1),
        "options": {"expires": 50},
    },
    "look-after-training-jobs": {
        "task": "training.tasks.look_after_jobs",
        "schedule": timedelta(seconds=20),
        "options": {"expires": 20},
    },
    "train-by-itself": {
        "task": "training.tasks.train_by_itself",
        "schedule": timedelta(minutes=1),
        "options": {"expires": 50},
    },
}

# A folder whose new pictures are imported once a minute, and whose photos they are; no name: the only account.
WIZARD_WATCH_DIR = env.path("WIZARD_WATCH_DIR", Path()) if env.text("WIZARD_WATCH_DIR") else None
WIZARD_WATCH_USER = env.text("WIZARD_WATCH_USER")
if WIZARD_WATCH_DIR:
    CELERY_BEAT_SCHEDULE["watch-folder"] = {
        "task": "classifier.tasks.watch_folder",
        "schedule": timedelta(minutes=1),
        "options": {"expires": 50},
    }

# --- the model ------------------------------------------------------------------------------------

WIZARD_BACKBONE = env.text("WIZARD_BACKBONE", "auto")
WIZARD_WEIGHTS_DIR = env.path("WIZARD_WEIGHTS_DIR", BASE_DIR / "data" / "weights")
# Days that a deleted photo can be brought back from the trash.
WIZARD_TRASH_DAYS = env.whole("WIZARD_TRASH_DAYS", 30, least=1, most=3650)
WIZARD_KEEP_VERSIONS = env.whole("WIZARD_KEEP_VERSIONS", 20, least=1, most=10_000)
# How many workers run on this machine, and the threads of each; 0: its share of the cores.
WIZARD_SCORE_WORKERS = env.whole("WIZARD_SCORE_WORKERS", 1, most=64)
WIZARD_TRAIN_WORKERS = env.whole("WIZARD_TRAIN_WORKERS", 1, most=64)
WIZARD_SCORE_THREADS = env.whole("WIZARD_SCORE_THREADS", 0, most=256) or machine.share_of_cores(WIZARD_SCORE_WORKERS)
WIZARD_TRAIN_THREADS = env.whole("WIZARD_TRAIN_THREADS", 0, most=256) or machine.share_of_cores(WIZARD_TRAIN_WORKERS)
# Libraries with so many photos are searched by an index (faiss, if installed); 0: every photo is looked at.
WIZARD_INDEX_FROM = env.whole("WIZARD_INDEX_FROM", 0, most=10**9)

# --- people ---------------------------------------------------------------------------------------

SIGN_UP_OPEN = env.flag("WIZARD_SIGN_UP", default=True)
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "wizard.tokens.RevokeTokens"},  # no rule: it is told when a password was changed
]

AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
# Wrong passwords of one name from one address (wizard/guessing.py). `manage.py axes_reset` lets everybody in again.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # who goes on trying waits no longer for it
AXES_LOCKOUT_CALLABLE = "wizard.guessing.locked_out"
AXES_CLIENT_IP_CALLABLE = "wizard.guessing.client_address"
AXES_DISABLE_ACCESS_LOG = True  # nobody is watched: what is kept are wrong passwords' names, for as long as they count
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

# --- the web --------------------------------------------------------------------------------------

# A request carries at most this many files; the pages and the documented clients send fewer at a time.
DATA_UPLOAD_MAX_NUMBER_FILES = 1000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20

# Behind TLS set HTTPS=true: cookies, redirects and HSTS then insist on it. On a laptop the pages are
# served over plain HTTP on the loopback address, where those would lock the user out.
HTTPS = env.flag("HTTPS", default=False)
SECURE_SSL_REDIRECT = HTTPS
# Asked from within, past the proxy; there is nothing secret in them.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
TRUST_PROXY = env.flag("TRUST_PROXY")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUST_PROXY else None
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True  # the pages carry the token themselves
SESSION_COOKIE_NAME = f"wizard_session_{PORT}"  # two instances on one host do not sign each other out
CSRF_COOKIE_NAME = f"wizard_csrf_{PORT}"
CSRF_FAILURE_VIEW = "wizard.errors.csrf_failure"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    },
}

WIZARD_API_RATE = env.whole("WIZARD_API_RATE", 6000, most=10**9)  # requests a minute a person; 0: no limit

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "wizard.api_auth.ApiTokenAuthentication",  # first: its 401 says how to sign in
        "wizard.api.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated", "wizard.api_auth.MayWrite"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["wizard.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "wizard.schema.WizardSchema",
    "EXCEPTION_HANDLER": "wizard.api.error_response",
    "DEFAULT_THROTTLE_CLASSES": ["wizard.throttles.Throttle"],
}

# The language that a person chose, else the one their browser asks for, else English.
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LANGUAGE_COOKIE_NAME = f"wizard_language_{PORT}"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = HTTPS
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["wizard.formats"]  # how dates are written
TIME_ZONE = env.text("TZ") or machine.time_zone()
USE_I18N = True
USE_TZ = True

LOG_LEVEL = env.text("LOG_LEVEL", "INFO")
LOG_FORMAT = env.choice("LOG_FORMAT", ["plain", "json"])
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"()": "wizard.logs.Plain"}, "json": {"()": "wizard.logs.Json"}},
    "filters": {
        "whose": {"()": "wizard.logs.Whose"},
        "callers_mistake": {"()": "wizard.errors.CallersMistake"},
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT, "filters": ["whose"]},
        "django": {
            "class": "logging.StreamHandler",
            "formatter": LOG_FORMAT,
            "filters": ["whose", "callers_mistake"],
        },
    },
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        "django": {"handlers": ["django"], "level": "WARNING", "propagate": False},
        "celery": {"level": "WARNING"},
        "axes": {"level": "WARNING"},
        "faiss": {"level": "WARNING"},
        # Our own say it themselves: a worker sets the root's level to that of its command line.
        **{name: {"level": LOG_LEVEL} for name in ("wizard", "classifier", "training")},
    },
}

# A self-hosted instance on plain HTTP is a supported set-up; these checks matter once HTTPS is on.
SILENCED_SYSTEM_CHECKS = [] if HTTPS else ["security.W004", "security.W008", "security.W012", "security.W016"]

if not DEBUG and SECRET_KEY.startswith("django-insecure"):
    raise ImproperlyConfigured("SECRET_KEY must be a private random value when DEBUG is off.")
