"""When a job starts, when it is refused, and how an open one ends from outside. No model is needed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from celery.exceptions import TimeLimitExceeded, WorkerLostError
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from classifier.model import current_backbone
from classifier.models import ClassificationResult, PhotoEmbedding
from classifier.services import give_feedback
from classifier.tests.factories import scored_photo
from training import services
from training.models import LearnedAnswer, ModelVersion, TrainingJob
from training.tasks import run_job, say_that_it_was_killed

Status = TrainingJob.Status


def answered(owner: User, likes: int, dislikes: int) -> None:
    for feedback in ["like"] * likes + ["dislike"] * dislikes:
        photo = scored_photo(owner)
        PhotoEmbedding.objects.create(owner=owner, photo=photo, backbone=current_backbone().id, vector=b"")
        give_feedback(photo=photo, feedback=feedback)


def completed(job: TrainingJob) -> None:
    TrainingJob.objects.filter(pk=job.pk).update(status=Status.COMPLETED, finished_at=timezone.now())
    results = ClassificationResult.objects.filter(owner=job.owner_id, user_feedback__isnull=False)
    for sha256, feedback in results.values_list("photo__sha256", "user_feedback"):
        LearnedAnswer.objects.create(job=job, photo_sha256=sha256, feedback=feedback or "", chance=0.5)


@pytest.mark.parametrize(("likes", "dislikes"), [(0, 0), (30, 0), (0, 30), (9, 30)])
def test_too_few_answers_are_refused_with_the_counts(api: APIClient, owner: User, likes: int, dislikes: int) -> None:
    answered(owner, likes, dislikes)
    answer = api.post("/api/training/jobs", {}, format="json")
    assert answer.status_code == 422
    body = answer.json()
    assert (body["code"], body["likes"], body["dislikes"], body["minimum"]) == ("too_few_labels", likes, dislikes, 10)
    assert ModelVersion.objects.active_of(owner).version_number == 1


def test_a_second_job_is_refused_while_one_is_open(api: APIClient, owner: User) -> None:
    answered(owner, 10, 10)
    first = api.post("/api/training/jobs", {"epochs": 3}, format="json")
    assert (first.status_code, first.json()["status"], first.json()["epochs"]) == (202, "pending", 3)
    second = api.post("/api/training/jobs", {}, format="json")
    assert (second.status_code, second.json()["code"]) == (409, "job_open")


def test_a_start_that_came_second_is_refused_also_when_the_first_has_ended_already(
    owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered(owner, 10, 10)
    services.start_training(owner=owner)
    monkeypatch.setattr(services, "check_can_train", lambda *_: None)  # when it was asked, there was no other
    looks: list[str] = []

    def ended_meanwhile(*_: object) -> None:
        looks.append("for the key")
        if len(looks) == 2:
            TrainingJob.objects.update(status=Status.CANCELLED, finished_at=timezone.now())

    monkeypatch.setattr(services, "_started_with", ended_meanwhile)
    with pytest.raises(services.JobAlreadyOpen):
        services.start_training(owner=owner)


@pytest.mark.parametrize("wrong", [{"epochs": 0}, {"epochs": "many"}, {"batch_size": 1}, {"learning_rate": -1}])
def test_hyperparameters_out_of_bounds_are_named(api: APIClient, wrong: dict[str, object]) -> None:
    answer = api.post("/api/training/jobs", wrong, format="json")
    assert answer.status_code == 400
    assert set(answer.json()["fields"]) == set(wrong)


def test_the_same_answers_again_are_nothing_new(owner: User) -> None:
    answered(owner, 10, 10)
    completed(services.start_training(owner=owner))
    with pytest.raises(services.NothingNew):
        services.start_training(owner=owner)
    assert services.start_training(owner=owner, hyperparameters={"epochs": 20}).status == Status.PENDING


def test_a_stranger_sees_and_cancels_nothing(api: APIClient, strangers_api: APIClient, owner: User) -> None:
    answered(owner, 10, 10)
    job = api.post("/api/training/jobs", {}, format="json").json()
    assert strangers_api.get(f"/api/training/jobs/{job['id']}").status_code == 404
    assert strangers_api.post(f"/api/training/jobs/{job['id']}/cancel").status_code == 404
    assert strangers_api.get("/api/training/jobs").json()["results"] == []
    assert [row["id"] for row in api.get("/api/training/jobs").json()["results"]] == [job["id"]]


def test_a_job_that_waits_is_cancelled_at_once_and_only_once(api: APIClient, owner: User) -> None:
    answered(owner, 10, 10)
    job = api.post("/api/training/jobs", {}, format="json").json()
    cancelled = api.post(f"/api/training/jobs/{job['id']}/cancel")
    assert (cancelled.status_code, cancelled.json()["status"]) == (200, "cancelled")
    assert api.post(f"/api/training/jobs/{job['id']}/cancel").status_code == 409
    assert services.claim_job(job["id"]) is None


def test_others_wait_and_are_told_their_place(owner: User, stranger: User) -> None:
    answered(owner, 10, 10)
    answered(stranger, 10, 10)
    assert services.start_training(owner=owner).waits_behind == 0
    assert services.start_training(owner=stranger).waits_behind == 1


def test_a_job_whose_worker_is_silent_has_failed_and_the_next_one_runs(owner: User) -> None:
    answered(owner, 10, 10)
    job = services.start_training(owner=owner)
    assert services.claim_job(job.pk)
    assert services.fail_silent_jobs() == 0
    TrainingJob.objects.filter(pk=job.pk).update(heartbeat=timezone.now() - timedelta(seconds=61))
    assert services.fail_silent_jobs() == 1
    job.refresh_from_db()
    assert (job.status, job.error) == (Status.FAILED, services.SILENT)
    assert services.start_training(owner=owner).status == Status.PENDING


@pytest.mark.django_db(transaction=True)  # it closes its connection
@pytest.mark.parametrize(
    ("exception", "reason"),
    [(WorkerLostError("signal 9"), services.KILLED), (TimeLimitExceeded(6000), services.TOO_LONG)],
)
def test_a_child_that_was_killed_fails_its_job_at_once(owner: User, exception: Exception, reason: str) -> None:
    answered(owner, 10, 10)
    job = services.start_training(owner=owner)
    assert services.claim_job(job.pk)
    say_that_it_was_killed(sender=run_job, args=(job.pk,), exception=exception)
    job.refresh_from_db()
    assert (job.status, job.error) == (Status.FAILED, reason)


def test_a_lost_message_is_sent_again_once_no_message_waits(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    answered(owner, 10, 10)
    lengths = {"train": 1}
    monkeypatch.setattr(services, "queue_lengths", lambda: lengths)
    job = services.start_training(owner=owner)
    sent: list[int] = []
    monkeypatch.setattr(services, "queue_job", lambda job: sent.append(job.pk))
    services.requeue_lost_jobs()
    assert sent == []  # its message is on its way
    TrainingJob.objects.filter(pk=job.pk).update(created_at=timezone.now() - timedelta(minutes=1))
    services.requeue_lost_jobs()
    assert sent == []  # there are messages, and one of them may be its own
    lengths["train"] = 0
    services.requeue_lost_jobs()
    assert sent == [job.pk]


def test_the_page_says_what_is_missing_and_starts_when_nothing_is(
    owner_client: Client, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wizard.workers.trouble_of", lambda queue: "")
    answered(owner, 10, 3)
    assert "so far there are 10 and 3" in owner_client.get("/training/").content.decode()
    answered(owner, 0, 7)
    owner_client.post("/training/start/")
    page = owner_client.get("/training/").content.decode()
    assert "It starts in a moment" in page
    job = TrainingJob.objects.get()
    owner_client.post(f"/training/{job.pk}/cancel/")
    assert "hx-get" not in owner_client.get("/training/live/").content.decode()
