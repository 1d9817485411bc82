"""Live news of a training run, and the way to stop it."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from training.learn.data import Cancelled, IsCancelled

Phase = Literal["head", "folds", "figures"]
OFTEN = 0.25  # seconds between looks at `is_cancelled`, and at least between reports within an epoch


@dataclass(frozen=True)
class Progress:
    """Where a run stands.

    fold        0 is the run on all photos, which becomes the version; 1 and up are the folds that judge it
    epoch       from 1; photos of `epochs` times the fold are seen in all
    epoch_ended whether `loss` and `accuracy`, of the photos of this epoch while it learned them, are final
    done        share of the whole work, in [0, 1]
    eta_s       seconds to the end of the job, None while unknown
    """

    phase: Phase
    fold: int = 0
    folds: int = 0
    epoch: int = 0
    epochs: int = 0
    epoch_ended: bool = False
    loss: float | None = None
    accuracy: float | None = None
    samples_per_s: float | None = None
    done: float = 0.0
    eta_s: float | None = None


OnProgress = Callable[[Progress], None]


class Reporter:
    """Gathers news from several threads, passes it on one at a time, and stops all of them at once."""

    def __init__(self, on_progress: OnProgress, is_cancelled: IsCancelled, *, total: int) -> None:
        """`total` is the number of photos to learn from, each counted as often as it is seen."""
        self._on_progress, self._is_cancelled, self._total = on_progress, is_cancelled, total
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._seen = 0
        self._started: float | None = None
        self._asked = self._reported = float("-inf")

    def phase(self, phase: Phase) -> None:
        """A new phase begins."""
        with self._lock:
            self._check()
            self._started = self._started or (time.monotonic() if phase == "folds" else None)
            self._on_progress(Progress(phase, done=self._seen / self._total))

    def step(self, photos: int, progress: Progress) -> None:
        """`photos` more were learned from. Raises Cancelled when asked to stop."""
        with self._lock:
            self._seen += photos
            self._check()
            now = time.monotonic()
            if not progress.epoch_ended and now - self._reported < OFTEN:
                return
            self._reported = now
            rate = self._seen / max(now - (self._started or now), 1e-9)
            self._on_progress(
                Progress(
                    **{
                        **vars(progress),
                        "samples_per_s": rate,
                        "done": self._seen / self._total,
                        "eta_s": (self._total - self._seen) / rate,
                    }
                )
            )

    def check(self) -> None:
        """Raises Cancelled when asked to stop."""
        with self._lock:
            self._check()

    def stop(self) -> None:
        """Makes every other thread stop at its next step."""
        self._stopped.set()

    def _check(self) -> None:
        now = time.monotonic()
        if not self._stopped.is_set() and now - self._asked >= OFTEN:
            self._asked = now
            if self._is_cancelled():
                self._stopped.set()
        if self._stopped.is_set():
            raise Cancelled
