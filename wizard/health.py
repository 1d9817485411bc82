"""Is the process up (`/healthz`), and can the whole system do its work (`/readyz`)?"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from redis import Redis
from redis.exceptions import RedisError

from classifier.clip.backbones import BackboneError
from classifier.model import current_backbone
from wizard.celery import app

WORKERS = ("score", "train")


@csrf_exempt
@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


@csrf_exempt
@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when everything answers, else 503; each part says "ok" or what is wrong, in words."""
    checks: dict[str, Callable[[], str]] = {"database": _database, "redis": _redis, "backbone": _backbone}
    found = {name: check() for name, check in checks.items()}
    found |= _workers() if found["redis"] == "ok" else dict.fromkeys(WORKERS, "Unknown while Redis is away.")
    ready = all(answer == "ok" for answer in found.values())
    return JsonResponse({"status": "ok" if ready else "unavailable", **found}, status=200 if ready else 503)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Exception:  # whatever the driver raises: the answer is the same
        return "The database does not answer."
    return "ok"


def _redis() -> str:
    try:
        with Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2) as client:
            client.ping()
    except (RedisError, OSError):
        return "Redis does not answer."
    return "ok"


def _backbone() -> str:
    try:
        current_backbone()
    except BackboneError as error:
        return str(error)
    return "ok"


def answering_workers() -> set[str]:
    """The queues that have a worker: they are named after them (`score@host`). Redis has to be there."""
    replies = app.control.ping(timeout=1.0) or []
    return {name.split("@")[0].split("-")[0] for reply in replies for name in reply}


def _workers() -> dict[str, str]:
    answered = answering_workers()
    return {name: "ok" if name in answered else f"No {name} worker answers." for name in WORKERS}
