"""How a job stands, for pages and API: the row, and over it the live view while it runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User

from classifier.model import current_backbone
from training import live
from training.learn.config import TrainConfig
from training.models import TrainingJob


@dataclass(frozen=True)
class JobStatus:
    """`done` is the share of the work in [0, 1]; `eta_s` are seconds to the end, None while unknown.

    history: [{fold, epoch, loss, accuracy}] of every epoch that ended; fold 0 becomes the version, the others judge it.
    """

    id: int
    status: str
    trigger: str
    phase: str
    done: float
    waits_behind: int
    current_epoch: int
    epochs: int
    current_loss: float | None
    current_accuracy: float | None
    samples_per_s: float | None
    eta_s: float | None
    history: list[dict[str, Any]]
    likes: int
    dislikes: int
    outcome: str
    error: str
    version_id: int | None
    cancel_requested: bool
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


def status_of(job: TrainingJob) -> JobStatus:
    """The row as it was read; of a running job what the live view knows goes before it."""
    runs = job.status == TrainingJob.Status.RUNNING
    news = live.read(job.pk) if runs else {}
    done = 1.0 if job.status == TrainingJob.Status.COMPLETED else float(news.get("done") or 0.0)
    return JobStatus(
        id=job.pk,
        status=job.status,
        trigger=job.trigger,
        phase=str(news.get("phase") or job.phase),
        done=done,
        waits_behind=job.waits_behind,
        current_epoch=job.current_epoch,
        epochs=job.epochs,
        current_loss=_first(news.get("loss"), job.current_loss),
        current_accuracy=_first(news.get("accuracy"), job.current_accuracy),
        samples_per_s=news.get("samples_per_s"),
        eta_s=news.get("eta_s"),
        history=job.history,
        likes=job.likes,
        dislikes=job.dislikes,
        outcome=job.outcome,
        error=job.error,
        version_id=job.version_id,
        cancel_requested=job.cancel_requested,
        created_at=job.created_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
    )


def expected_seconds(owner: User, answers: int) -> float | None:
    """How long a training on so many answers should take: as the last one on this backbone did, in proportion to
    answers and epochs. None before the first."""
    jobs = TrainingJob.objects.owned_by(owner).filter(
        status=TrainingJob.Status.COMPLETED, backbone=current_backbone().id
    )
    last = jobs.filter(started_at__isnull=False).defer("history").order_by("-pk").first()
    if last is None or last.started_at is None or last.finished_at is None or not last.likes + last.dislikes:
        return None
    took = (last.finished_at - last.started_at).total_seconds() * TrainConfig.epochs / last.epochs
    return took * answers / (last.likes + last.dislikes)


def _first(*values: float | None) -> float | None:
    return next((value for value in values if value is not None), None)
