"""How things stand, in numbers, for the status page and for Prometheus. Counts alone: nothing of what people keep."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Count, Min
from django.utils import timezone

from classifier.models import Photo
from training.models import TrainingJob


def photos_by_status() -> dict[str, int]:
    """Of everybody's, without those that were deleted."""
    counted = Photo.objects.filter(deleted_at=None).order_by().values_list("status").annotate(Count("pk"))
    return dict.fromkeys(Photo.Status.values, 0) | dict(counted)


def jobs_by_status() -> dict[str, int]:
    counted = TrainingJob.objects.order_by().values_list("status").annotate(Count("pk"))
    return dict.fromkeys(TrainingJob.Status.values, 0) | dict(counted)


def oldest_queued() -> timedelta | None:
    """How long the photo that waits longest has waited."""
    waiting = Photo.objects.filter(deleted_at=None, status=Photo.Status.QUEUED)
    since = waiting.aggregate(since=Min("created_at"))["since"]
    return timezone.now() - since if since else None
