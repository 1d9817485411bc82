"""The status page, for staff: what runs, what waits, and what was slow."""

from __future__ import annotations

import os
import shutil
from importlib.metadata import version
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db import connection
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from classifier.views.common import SignedInRequest
from training.models import TrainingJob
from wizard import beat, figures, machine, measures, queues, store
from wizard.health import readiness
from wizard.request_log import OF_WATCHERS

PARTS = {
    "database": gettext_lazy("Database"),
    "redis": "Redis",
    "backbone": gettext_lazy("Model"),
    "disk": gettext_lazy("Disk"),
    "storage": gettext_lazy("Storage"),
    "score": gettext_lazy("Score worker"),
    "train": gettext_lazy("Train worker"),
    "beat": gettext_lazy("Beat"),
}
LIBRARIES = ("Django", "celery", "torch", "pillow")


@require_safe
@login_required
@never_cache
def status(request: SignedInRequest) -> HttpResponse:
    if not request.user.is_staff:
        raise Http404
    found = readiness()
    shown = {
        "parts": [(PARTS[name], said) for name, said in found.items()],
        "is_well": all(said == "ok" for said in found.values()),
        "queues": queues.queue_lengths(),
        "oldest_queued": figures.oldest_queued(),
        "photos": figures.photos_by_status(),
        "open_jobs": TrainingJob.objects.open().select_related("owner"),
        "beat_seconds": beat.seconds_since(),
        "disk": shutil.disk_usage(settings.DATA_DIR),
        "processes": _processes(),
        "slowest": [(route, seconds * 1000) for route, seconds in measures.slowest(10) if route not in OF_WATCHERS][:5],
        "versions": _versions(),
    }
    return render(request, "status.html", shown)


def _processes() -> list[tuple[str, int, float]]:
    """What runs on this machine, by kind: how many processes, and megabytes together. Largest first."""
    found: dict[str, list[float]] = {}
    for pid in machine.family(machine.launcher_of(os.getpid())):
        size = machine.megabytes_of(pid)
        if size is not None:
            found.setdefault(machine.kind_of(pid), []).append(size)
    return sorted(((kind, len(sizes), sum(sizes)) for kind, sizes in found.items()), key=lambda each: -each[2])


def _versions() -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = [(name.capitalize(), version(name)) for name in LIBRARIES]
    found.append((connection.display_name, ".".join(map(str, connection.get_database_version()))))
    try:
        redis: Any = store.redis()
        about = redis.info("server")
        number = about.get("valkey_version") or about["redis_version"]
        found.append(("Valkey" if "valkey_version" in about else "Redis", number))
    except store.UNREACHABLE:
        pass
    return found
