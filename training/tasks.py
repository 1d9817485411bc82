"""What beat and the `train` worker do. Ids in; rows are fetched, worked on and stored; nothing is returned."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from celery import shared_task
from celery.exceptions import TimeLimitExceeded
from celery.signals import task_failure, worker_ready
from django.db import connection, transaction


# Acknowledged when it begins: what brought a worker down is not tried again on the next one.
@shared_task(acks_late=False, time_limit=100 * 60)
def run_job(job_id: int) -> None:
    """Learn, measure and save, if the job still waits. A second delivery is a no-op."""
    from training.jobs import run

    run(job_id)


@shared_task
def look_after_jobs() -> None:
    """Fail jobs whose worker is gone, and hand those over again whose message was lost."""
    from training.services import fail_silent_jobs, requeue_lost_jobs

    fail_silent_jobs()
    requeue_lost_jobs()


@shared_task
def train_by_itself() -> None:
    """Start a job for everybody who has given enough new answers since the last one."""
    from training.services import train_by_itself

    train_by_itself()


@shared_task(expires=120)
def score_answered_photos(version_id: int) -> None:
    """On the score worker: what a version says of the answered photos that it did not learn from, for comparisons."""
    from classifier.models import Photo
    from classifier.pipeline import chances_by
    from training.compare import missing_photos
    from training.models import Chance, ModelVersion
    from training.versions import lock_versions

    version = ModelVersion.objects.select_related("owner").filter(pk=version_id).first()
    if version is None:
        return
    chances = chances_by(version, missing_photos(version))
    with transaction.atomic():
        lock_versions(version.owner_id)
        if not ModelVersion.objects.kept().filter(pk=version_id).exists():
            return  # deleted meanwhile
        kept = Photo.objects.select_for_update().filter(pk__in=chances).order_by("pk").values_list("pk", flat=True)
        Chance.objects.bulk_create(
            (Chance(version=version, photo_id=photo, value=chances[photo]) for photo in kept), ignore_conflicts=True
        )


@task_failure.connect(sender=run_job)
def say_that_it_was_killed(args: Any = (), exception: BaseException | None = None, **kwargs: Any) -> None:
    """The worker's parent process sees its child die at once, long before the silence is noticed."""
    from training.models import TrainingJob
    from training.services import KILLED, TOO_LONG, end_job

    try:
        reason = TOO_LONG if isinstance(exception, TimeLimitExceeded) else KILLED
        end_job(args[0], TrainingJob.Status.FAILED, error=reason)
    finally:
        connection.close()  # the next child is forked from this process and must not inherit it


@worker_ready.connect
def take_up_work(sender: Any, **kwargs: Any) -> None:
    if str(sender.hostname).startswith("train"):
        _step_back()
        look_after_jobs.delay()


def _step_back() -> None:
    """Low priority among the sessions too: with autogroups (Linux on a desktop), `nice` counts within a session alone,
    and honcho gives each process its own. The children inherit it.
    """
    with suppress(OSError):  # no such thing here
        Path("/proc/self/autogroup").write_text(str(os.nice(0)))
