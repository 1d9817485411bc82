"""The settings under test: a data directory of their own, the starter, and nothing of the user's .env."""

import atexit
import os
import shutil
import tempfile

if "PYTEST_XDIST_WORKER" in os.environ:  # before numpy and torch are imported: the workers share the cores
    os.environ.setdefault("OMP_NUM_THREADS", "1")
_data_dir = tempfile.mkdtemp(prefix="wizard-test-")
atexit.register(shutil.rmtree, _data_dir, ignore_errors=True)
os.environ.update(
    WIZARD_ENV_FILE=os.devnull,
    WIZARD_DATA_DIR=_data_dir,
    WIZARD_BACKBONE="starter",
    DATABASE_URL=os.environ.get("WIZARD_TEST_DATABASE_URL", ""),
    REDIS_URL="",
    STORAGE_URL="",
    WIZARD_X_ACCEL="",
    WIZARD_WATCH_DIR="",
    TZ="UTC",
)

from wizard.settings import *  # noqa: E402, F403  (after the environment is set)

# Tasks that services send are looked at or run by the tests themselves; tests of the whole system start
# real processes with a real Valkey (wizard/instance.py).
CELERY_BROKER_URL = "memory://"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # fast; the real one is Django's default
STORAGES = {  # pages under test need no collected static files
    **STORAGES,  # noqa: F405
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# A database in memory is one connection for all threads, and browser tests send requests side by side.
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":  # noqa: F405
    DATABASES["default"]["TEST"] = {"NAME": f"{_data_dir}/test.sqlite3"}  # noqa: F405
STATIC_ROOT.mkdir()  # noqa: F405  (WhiteNoise warns of a folder that is not there)
