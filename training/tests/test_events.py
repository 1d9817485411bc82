"""What listeners are told of trainings and versions."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from training import services
from training.models import Activation, ModelVersion, TrainingJob
from training.tests.job_samples import job_of, version_of
from training.versions import activate_version
from wizard import events

Status = TrainingJob.Status
Told = list[tuple[int, str, dict[str, Any]]]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    """(owner, kind, data) of every event, since the tests have no Redis."""
    sent: Told = []
    monkeypatch.setattr(events, "_send", lambda owner, kind, data: sent.append((owner, kind, json.loads(data))))
    return sent


def test_each_state_of_a_job_is_told_to_its_owner(
    owner: User, told: Told, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    job = job_of(owner, Status.PENDING)
    with django_capture_on_commit_callbacks(execute=True):
        services.claim_job(job.pk)
        services.cancel_job(job=job)
        services.end_job(job.pk, Status.CANCELLED)
        services.end_job(job.pk, Status.CANCELLED)  # it has ended: nothing is told twice
    assert {(owner_id, kind) for owner_id, kind, _ in told} == {(owner.pk, "job.changed")}
    said = [(data["job_id"], data["status"], data["cancel_requested"]) for *_, data in told]
    assert said == [(job.pk, "running", False), (job.pk, "running", True), (job.pk, "cancelled", True)]


def test_a_job_whose_worker_is_gone_is_told(
    owner: User, told: Told, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    job = job_of(owner, heartbeat=timezone.now() - timedelta(minutes=5))
    with django_capture_on_commit_callbacks(execute=True):
        assert services.fail_silent_jobs() == 1
    assert [(data["job_id"], data["status"]) for *_, data in told] == [(job.pk, "failed")]


def test_an_activated_version_is_told_with_its_reason(
    owner: User, told: Told, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    ModelVersion.objects.active_of(owner)
    version = version_of(owner)
    with django_capture_on_commit_callbacks(execute=True):
        assert activate_version(version=version, reason=Activation.Reason.YOU)
        assert not activate_version(version=version)  # it serves already
    assert told == [
        (
            owner.pk,
            "version.activated",
            {"version_id": version.pk, "version_number": 2, "reason": Activation.Reason.YOU.value},
        )
    ]


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_is_not_told(told: Told) -> None:
    with transaction.atomic():
        events.publish(1, events.Kind.SCORES_UPDATED)
        transaction.set_rollback(True)
    assert told == []
    events.publish(1, events.Kind.SCORES_UPDATED)
    assert told == [(1, "scores.updated", {})]
