"""The scheduler, which leaves word that it is alive: a schedule that nobody follows is noticed by nothing else."""

from __future__ import annotations

import time
from typing import Any

from celery.beat import PersistentScheduler

from wizard import store

KEY = "wizard:beat"
LATE_SECONDS = 90  # it looks at its schedule every twenty


class Scheduler(PersistentScheduler):
    def tick(self, *arguments: Any, **options: Any) -> Any:
        store.put(KEY, time.time(), seconds=24 * 3600)
        return super().tick(*arguments, **options)


def seconds_since() -> float | None:
    """Since it was last heard of; None when it was not for a day."""
    at = store.get(KEY)
    return max(0.0, time.time() - float(at)) if at else None
