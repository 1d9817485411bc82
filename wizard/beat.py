"""beat's schedule, which outlives a clock that is set back, and leaves word that it is followed."""

from __future__ import annotations

import time
from typing import Any

from celery import beat

from wizard import store

KEY = "wizard:beat"
LATE_SECONDS = 90  # it looks at its schedule every few


class Scheduler(beat.Scheduler):
    """Kept in memory: everything comes round within the hour, so nothing has to be remembered from start to start.

    Celery waits for the moment it has put down for each task. When the clock is set back by an hour, that moment is an
    hour and more away, and until then nobody would look after lost messages and jobs.
    """

    _seen = 0.0

    def tick(self, *given: Any, **named: Any) -> Any:
        now = time.time()
        if now < self._seen:
            for entry in self.schedule.values():
                entry.last_run_at = entry.default_now()
            self._heap = None  # filled anew from the entries
        self._seen = now
        store.put(KEY, now, seconds=24 * 3600)
        return super().tick(*given, **named)


def seconds_since() -> float | None:
    """Since it was last heard of; None when it was not for a day."""
    at = store.get(KEY)
    return max(0.0, time.time() - float(at)) if at else None
