"""Carries news from a running trainer to Redis and the job's row, and the wish to cancel back to the trainer."""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections import deque
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Any, Self

from django.db import DatabaseError, connection
from django.utils import timezone

from training import live
from training.learn.data import Cancelled
from training.models import TrainingJob
from wizard import events

if TYPE_CHECKING:
    from training.learn.progress import Progress

log = logging.getLogger(__name__)

TICK_SECONDS = 0.25
ASK_SECONDS = 0.5
BEAT_SECONDS = 5.0
TOLD_SECONDS = 1.0  # between events of progress; the live view in Redis is written more often


class Report:
    """A thread of its own talks to the database and to Redis, so that a slow one never holds up the training.

    `on_progress` and `is_cancelled` are what the trainer calls, from any thread, at no cost. `was_stopped` says
    whether the process was asked to end (SIGTERM, as when the whole product stops); it is entered in the main thread.
    """

    def __init__(self, job: TrainingJob) -> None:
        self.job_id, self.owner_id = job.pk, job.owner_id
        self.epochs, self.runs = job.epochs, 1
        self.history: list[dict[str, Any]] = []
        self.was_stopped = False
        self._news: deque[Progress] = deque()
        self._cancelled, self._ended = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="report", daemon=True)
        self._asked = self._beat = self._told = 0.0

    def __enter__(self) -> Self:
        self._former_handler = signal.signal(signal.SIGTERM, self._stop)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()
        signal.signal(signal.SIGTERM, self._former_handler)

    def _stop(self, signum: int, frame: FrameType | None) -> None:
        self.was_stopped = True
        self._cancelled.set()

    def on_progress(self, progress: Progress) -> None:
        self._news.append(progress)

    def is_cancelled(self) -> bool:
        return self._cancelled.is_set()

    def check(self) -> None:
        """Raises Cancelled once the job is to stop."""
        if self.is_cancelled():
            raise Cancelled

    def phase(self, phase: str) -> None:
        """A phase of ours, before or after the trainer's own."""
        self._save(phase=phase)
        live.publish(self.job_id, {"phase": phase, "done": 0.0 if phase == TrainingJob.Phase.PREPARING else 1.0})

    def _run(self) -> None:
        try:
            while not self._ended.wait(TICK_SECONDS):
                try:
                    self._tell()
                    self._look()
                except DatabaseError as error:  # it may come back; the training goes on meanwhile
                    log.warning("training %s cannot reach the database: %s", self.job_id, error)
                    connection.close()
            self._tell()
        finally:
            connection.close()

    def _tell(self) -> None:
        latest: Progress | None = None
        changes: dict[str, Any] = {}
        while self._news:
            latest = self._news.popleft()
            changes["phase"] = latest.phase
            if latest.epoch_ended:
                self.runs = latest.folds + 1
                self.history.append(
                    {"fold": latest.fold, "epoch": latest.epoch, "loss": latest.loss, "accuracy": latest.accuracy}
                )
                changes |= {
                    "history": self.history,
                    "current_epoch": len(self.history) // self.runs,
                    "current_loss": latest.loss,
                    "current_accuracy": latest.accuracy,
                }
        if latest is None:
            return
        live.publish(self.job_id, vars(latest))
        if time.monotonic() - self._told >= TOLD_SECONDS:
            self._told = time.monotonic()
            events.publish(self.owner_id, events.Kind.JOB_PROGRESS, job_id=self.job_id, **vars(latest))
        if "history" in changes or latest.epoch == 0:  # the row hears of epochs and phases, Redis of everything
            self._save(**changes)

    def _look(self) -> None:
        """Does anybody want it to stop? A row that is gone, or was declared dead, stops it too."""
        now = time.monotonic()
        if now - self._asked < ASK_SECONDS:
            return
        self._asked = now
        running = TrainingJob.objects.filter(pk=self.job_id, status=TrainingJob.Status.RUNNING)
        if now - self._beat >= BEAT_SECONDS:
            self._beat = now
            running.update(heartbeat=timezone.now())
        if not running.filter(cancel_requested=False).exists():
            self._cancelled.set()

    def _save(self, **changes: Any) -> None:
        TrainingJob.objects.filter(pk=self.job_id, status=TrainingJob.Status.RUNNING).update(**changes)
