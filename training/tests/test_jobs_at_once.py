"""Several train workers, and messages that come more than once: each job is run once."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import F
from django.utils import timezone

from classifier.tests.factories import UserFactory
from training import jobs
from training.models import TrainingJob

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

Status = TrainingJob.Status
WORKERS, DELIVERIES = 4, 3


class NoReport:
    """Nothing is told: the signals it would hear belong to the main thread."""

    was_stopped = False

    def __init__(self, job: TrainingJob) -> None:
        pass

    def __enter__(self) -> NoReport:
        return self

    def __exit__(self, *_: object) -> None:
        pass


def test_twenty_jobs_whose_messages_come_three_times_each_are_run_once(monkeypatch: pytest.MonkeyPatch) -> None:
    people: list[User] = UserFactory.create_batch(20)
    ids = [TrainingJob.objects.create(owner=owner, hyperparameters={"epochs": 1}).pk for owner in people]

    def learn(job: TrainingJob, report: Any) -> None:
        """Counts itself, and ends as a job does."""
        TrainingJob.objects.filter(pk=job.pk).update(likes=F("likes") + 1)
        TrainingJob.objects.filter(pk=job.pk).update(status=Status.COMPLETED, finished_at=timezone.now())

    def deliver(job_id: int) -> None:
        try:
            jobs.run(job_id)
        finally:
            connection.close()

    monkeypatch.setattr(jobs, "Report", NoReport)
    monkeypatch.setattr(jobs, "_learn", learn)
    messages = ids * DELIVERIES
    random.Random(0).shuffle(messages)
    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(deliver, messages))
    runs = list(TrainingJob.objects.order_by("pk").values_list("likes", "status"))
    assert runs == [(1, Status.COMPLETED)] * len(people)
