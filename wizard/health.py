"""Is the process up (`/healthz`), and can the whole system do its work (`/readyz`)?"""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from kombu.exceptions import OperationalError
from redis import Redis
from redis.exceptions import RedisError

from classifier.clip.backbones import BackboneError
from classifier.model import current_backbone
from wizard import beat, files
from wizard.celery import app
from wizard.queues import queue_of
from wizard.words import grouped

WORKERS = ("score", "train")
NO_WORKER = {"score": gettext_noop("No score worker answers."), "train": gettext_noop("No train worker answers.")}
LEAST_FREE = 512 * 2**20  # bytes


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
    found = readiness()
    ready = all(answer == "ok" for answer in found.values())
    return JsonResponse({"status": "ok" if ready else "unavailable", **found}, status=200 if ready else 503)


def readiness() -> dict[str, str]:
    """Every part: "ok", or what is wrong with it. A worker that is away is waited for, for a second."""
    checks: dict[str, Callable[[], str]] = {
        "database": _database,
        "redis": _redis,
        "backbone": _backbone,
        "disk": _disk,
    }
    if not files.are_local():
        checks["storage"] = _storage
    found = {name: check() for name, check in checks.items()}
    if found["redis"] != "ok":
        return found | dict.fromkeys((*WORKERS, "beat"), gettext("Unknown while Redis is away."))
    return found | _workers() | {"beat": _beat()}


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Exception:  # whatever the driver raises: the answer is the same
        return gettext("The database does not answer.")
    return "ok"


def _redis() -> str:
    try:
        with Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2) as client:
            client.ping()
    except (RedisError, OSError):
        return gettext("Redis does not answer.")
    return "ok"


def _backbone() -> str:
    try:
        current_backbone()
    except BackboneError as error:
        return str(error)
    return "ok"


def _storage() -> str:
    try:
        files.check()
    except files.StorageAway as away:
        return str(away)
    return "ok"


def _disk() -> str:
    total, _, free = shutil.disk_usage(settings.DATA_DIR)
    if free < min(LEAST_FREE, total // 20):
        return gettext("The disk is nearly full: %(left)s MB are left, and new photos and versions need more.") % {
            "left": grouped(free // 2**20)
        }
    return "ok"


def _beat() -> str:
    since = beat.seconds_since()
    if since is None:
        return gettext("Beat has not been heard of: nothing trains by itself, and nothing lost is handed over again.")
    if since > beat.LATE_SECONDS:
        return gettext("Beat has not been heard of for %(minutes)s minutes.") % {"minutes": round(since / 60)}
    return "ok"


class _AllAnswered(Exception):
    """Nobody is waited for any more."""


def answering_workers() -> set[str]:
    """The queues that have a worker; none when Redis goes away. Whoever is silent is waited for, for a second."""
    heard: list[str] = []
    # The embedded Valkey has no other workers than ours. Elsewhere nobody knows how many there are, and a reply that
    # nobody waits for would be kept for ever.
    everybody = settings.WIZARD_SCORE_WORKERS + settings.WIZARD_TRAIN_WORKERS if settings.EMBEDDED_REDIS else math.inf

    def hear(reply: dict[str, object]) -> None:
        heard.extend(map(queue_of, reply))
        if len(heard) >= everybody:
            raise _AllAnswered

    try:
        app.control.ping(timeout=1.0, callback=hear)
    except _AllAnswered:
        pass
    except (OperationalError, RedisError, OSError):
        return set()
    return set(heard)


def _workers() -> dict[str, str]:
    answered = answering_workers()
    return {name: "ok" if name in answered else gettext(NO_WORKER[name]) for name in WORKERS}
