"""beat's schedule, which outlives a clock that is set back, and leaves word that it is followed.

Of several, on as many machines, one follows it and the others stand by: the first that asks after it fell silent takes
over. What it sends may come twice all the same, and does no harm then.
"""

from __future__ import annotations

import socket
import time
from typing import Any

from celery import beat
from django.conf import settings

from wizard import store

KEY = "wizard:beat"
LATE_SECONDS = 90  # it looks at its schedule every few
LEADER = "wizard:beat:leader"
SILENT_SECONDS = 60
STAND_BY_SECONDS = 10.0


class Scheduler(beat.Scheduler):
    """Kept in memory: everything comes round within the hour, so nothing has to be remembered from start to start.

    Celery waits for the moment it has put down for each task. When the clock is set back by an hour, that moment is an
    hour and more away, and until then nobody would look after lost messages and jobs.
    """

    _seen = 0.0

    def __init__(self, *given: Any, **named: Any) -> None:
        # The same after a restart, so that one that was killed is not waited for.
        self._name = f"{socket.gethostname()} {settings.DATA_DIR}"
        super().__init__(*given, **named)

    def tick(self, *given: Any, **named: Any) -> Any:
        if not store.claim(LEADER, self._name, seconds=SILENT_SECONDS):
            return STAND_BY_SECONDS
        now = time.time()
        if now < self._seen:
            for entry in self.schedule.values():
                entry.last_run_at = entry.default_now()
            self._heap = None  # filled anew from the entries
        self._seen = now
        store.put(KEY, now, seconds=24 * 3600)
        return super().tick(*given, **named)

    def close(self) -> None:
        store.give_up(LEADER, self._name)
        super().close()


def seconds_since() -> float | None:
    """Since it was last heard of; None when it was not for a day."""
    at = store.get(KEY)
    return max(0.0, time.time() - float(at)) if at else None
