"""A job whose process is asked to end, or whose database has no room left. With the real starter model."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError

from training import jobs, services
from training.models import ModelVersion, TrainingJob
from training.reporting import Report
from training.tests.conftest import Answer

# The report of a running job has a thread and a database connection of its own.
pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

Status = TrainingJob.Status


def test_a_process_that_is_asked_to_end_says_so_and_keeps_the_active_version(
    owner: User, answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer()
    job = services.start_training(owner=owner, hyperparameters={"epochs": 100})
    prepare = jobs._lesson

    def asked_to_end_meanwhile(of: User, check: Callable[[], None]) -> jobs.Lesson:
        os.kill(os.getpid(), signal.SIGTERM)
        return prepare(of, check)

    monkeypatch.setattr(jobs, "_lesson", asked_to_end_meanwhile)
    before = signal.getsignal(signal.SIGTERM)
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.status, job.error) == (Status.FAILED, services.STOPPED)
    assert not ModelVersion.objects.filter(owner=owner).exclude(version_number=1).exists()
    assert signal.getsignal(signal.SIGTERM) == before
    assert "report" not in {thread.name for thread in threading.enumerate()}


def test_a_job_declared_dead_meanwhile_stops_and_stays_as_it_was_declared(
    owner: User, answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer()
    job = services.start_training(owner=owner, hyperparameters={"epochs": 100})
    prepare = jobs._lesson

    def declared_dead_meanwhile(of: User, check: Callable[[], None]) -> jobs.Lesson:
        services.end_job(job.pk, Status.FAILED, error=services.SILENT)
        return prepare(of, check)

    monkeypatch.setattr(jobs, "_lesson", declared_dead_meanwhile)
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.status, job.error) == (Status.FAILED, services.SILENT)
    assert not ModelVersion.objects.filter(owner=owner).exclude(version_number=1).exists()


def test_a_database_without_room_is_called_a_full_disk(
    owner: User, answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer()
    job = services.start_training(owner=owner)

    def full(report: Report, phase: str) -> None:
        raise OperationalError("database or disk is full")

    monkeypatch.setattr(Report, "phase", full)
    jobs.run(job.pk)
    job.refresh_from_db()
    assert job.status == Status.FAILED
    assert "disk is full" in job.error
