"""The web process. It never imports torch, so it starts in about a second and stays small.

The Procfile sets MALLOC_MMAP_THRESHOLD_ for it: without it, glibc keeps what the threads of an upload freed (after
large pictures some 300 MB), and it must be set before Python starts.
"""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wizard.settings")
os.environ["WIZARD_PROCESS"] = "web"  # the settings give it a pool of connections
django.setup(set_prefix=False)

from django.conf import settings  # noqa: E402  (after setup)
from django.db import connections  # noqa: E402

bind = f"{settings.HOST}:{settings.PORT}"
worker_class = "gthread"
workers = settings.WEB_WORKERS
threads = settings.WEB_THREADS
preload_app = True
timeout = 120
graceful_timeout = 4
max_requests = 20_000  # a leak in a library never grows old
max_requests_jitter = 2_000
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108  (gunicorn's heartbeat, not data)
errorlog = "-"
loglevel = "warning"
limit_request_line = 8190


def pre_fork(server: object, worker: object) -> None:
    """Two processes that talk over one connection hear each other's answers: whatever is open is not inherited."""
    for each in connections.all(initialized_only=True):
        each.close()
        if hasattr(each, "close_pool"):
            each.close_pool()


def when_ready(server: object) -> None:
    shown = "localhost" if settings.HOST in ("127.0.0.1", "0.0.0.0") else settings.HOST  # noqa: S104
    print(f"\n  Dating Wizard is ready:  http://{shown}:{settings.PORT}\n", flush=True)  # noqa: T201
