"""Jobs in any state, without training anything."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from classifier.model import current_backbone
from training.learn.config import TrainConfig
from training.models import ModelVersion, TrainingJob

Status = TrainingJob.Status


def job_of(owner: User, status: str = Status.RUNNING, **fields: Any) -> TrainingJob:
    """An ended job took 20 s; `epochs` may be given for its recipe."""
    chosen = TrainConfig(epochs=fields.pop("epochs", 10))
    recipe = {"epochs": chosen.epochs, "batch_size": chosen.batch_size, "learning_rate": chosen.learning_rate}
    now = timezone.now()
    given: dict[str, Any] = {
        "owner": owner,
        "status": status,
        "hyperparameters": recipe,
        "backbone": current_backbone().id,
        "likes": 20,
        "dislikes": 20,
    }
    if status != Status.PENDING:
        given |= {"started_at": now - timedelta(seconds=20), "heartbeat": now}
    if status not in TrainingJob.OPEN:
        given |= {"finished_at": now}
    return TrainingJob.objects.create(**given | fields)


def version_of(owner: User, number: int = 2, *, is_active: bool = False) -> ModelVersion:
    """A trained version without its file; active only beside no other."""
    return ModelVersion.objects.create(
        owner=owner,
        version_number=number,
        model_type=ModelVersion.Type.FINE_TUNED,
        backbone=current_backbone().id,
        file=f"models/{owner.pk}/version_{number}.pt",
        sha256="0" * 64,
        size=1,
        is_active=is_active,
    )


def epochs_of(fold: int, count: int) -> list[dict[str, Any]]:
    return [
        {"fold": fold, "epoch": epoch, "loss": 0.7 / epoch, "accuracy": 0.5 + 0.04 * epoch}
        for epoch in range(1, count + 1)
    ]
