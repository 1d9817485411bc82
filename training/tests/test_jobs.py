"""A job, from the answers to a saved version, with the real starter model."""

from __future__ import annotations

import errno
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone

from classifier import pipeline
from classifier import services as photos_services
from classifier.learned import stem_shape
from classifier.model import current_backbone
from classifier.models import ClassificationResult, Taste
from classifier.stems import stem_path
from training import jobs, services, versions
from training.answers import answers_of, count_outdated, learned_answers
from training.learn import recipe, version_file
from training.learn.version import Version
from training.learn.version_file import load_version
from training.models import ModelVersion, TrainingJob
from training.tests.conftest import Answer

# The report of a running job has a thread and a database connection of its own.
pytestmark = pytest.mark.django_db(transaction=True)

QUICK = {"epochs": 1}
Status = TrainingJob.Status


def trained(owner: User) -> TrainingJob:
    job = services.start_training(owner=owner, hyperparameters=QUICK)
    jobs.run(job.pk)
    job.refresh_from_db()
    return job


def weight_files(owner: User) -> list[str]:
    folder = f"models/{owner.pk}"
    return default_storage.listdir(folder)[1] if default_storage.exists(folder) else []


def test_a_job_ends_with_a_version_its_file_and_the_answers_it_learned_from(owner: User, answer: Answer) -> None:
    answer()
    job = trained(owner)
    assert (job.status, job.error) == (Status.COMPLETED, "")
    version = job.version
    assert version is not None
    assert (version.version_number, version.model_type) == (2, ModelVersion.Type.FINE_TUNED)
    kept = load_version(Path(version.file.path), backbone_id=current_backbone().id, sha256=version.sha256)
    assert kept.figures == version.figures
    assert job.answers.count() == 24
    assert learned_answers(job) == answers_of(owner)
    assert {(row["fold"], row["epoch"]) for row in job.history} == {(fold, 1) for fold in range(6)}
    assert job.outcome.startswith("Version 2: ")
    assert ModelVersion.objects.filter(owner=owner, is_active=True).count() == 1


def test_an_active_version_adds_what_it_learned_to_every_score(owner: User, answer: Answer) -> None:
    photos = answer()
    version = trained(owner).version
    assert version is not None
    versions.activate_version(version=version)
    pipeline.rescore_library(owner.pk, Taste.objects.of(owner).revision)
    results = ClassificationResult.objects.filter(photo__in=photos, is_current=True)
    assert {result.model_version_id for result in results} == {version.pk}
    assert all(0 < result.components["learned"]["value"] < 1 for result in results)


def test_a_second_delivery_is_a_no_op(owner: User, answer: Answer) -> None:
    answer()
    job = trained(owner)
    jobs.run(job.pk)
    assert ModelVersion.objects.filter(owner=owner).count() == 2


def test_a_stem_that_is_missing_or_damaged_is_computed_anew(owner: User, answer: Answer) -> None:
    photos = answer()
    names = [stem_path(owner.pk, current_backbone().id, photo.pk) for photo in photos[:2]]
    default_storage.delete(names[0])
    Path(default_storage.path(names[1])).write_bytes(b"not numbers")
    assert trained(owner).status == Status.COMPLETED
    assert all(Path(default_storage.path(name)).stat().st_size > 1000 for name in names)


def test_an_exception_half_way_fails_the_job_and_keeps_the_active_version(
    owner: User, answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer()

    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr(jobs, "train", broken)
    job = trained(owner)
    assert job.status == Status.FAILED
    assert "RuntimeError" in job.error
    assert ModelVersion.objects.active_of(owner).version_number == 1
    monkeypatch.undo()
    assert trained(owner).status == Status.COMPLETED


def test_running_out_of_memory_is_said_in_words(owner: User, answer: Answer, monkeypatch: pytest.MonkeyPatch) -> None:
    answer()

    def starved(*args: object, **kwargs: object) -> None:
        raise MemoryError

    monkeypatch.setattr(jobs, "train", starved)
    assert "out of memory" in trained(owner).error


def test_a_full_disk_leaves_no_half_file_and_no_version(
    owner: User, answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer()

    def full(path: Path, version: object) -> str:
        path.write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(jobs, "save_version", full)
    job = trained(owner)
    assert job.status == Status.FAILED
    assert "disk is full" in job.error
    assert weight_files(owner) == []
    assert not ModelVersion.objects.filter(owner=owner, version_number=2).exists()


def test_weights_are_written_outside_the_transaction(
    owner: User, answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer()
    is_inside: list[bool] = []
    save = version_file.save_version

    def noted(path: Path, version: Version) -> str:
        is_inside.append(connection.in_atomic_block)
        return save(path, version)

    monkeypatch.setattr(jobs, "save_version", noted)
    assert trained(owner).status == Status.COMPLETED
    assert is_inside == [False]


def test_a_job_that_was_ended_from_outside_does_not_complete(
    owner: User, answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer()
    prune = versions.prune_files

    def ended_meanwhile(*, owner: User) -> int:
        TrainingJob.objects.filter(owner=owner).update(status=Status.FAILED, finished_at=timezone.now())
        return prune(owner=owner)

    monkeypatch.setattr(jobs, "prune_files", ended_meanwhile)
    assert trained(owner).status != Status.COMPLETED
    assert not ModelVersion.objects.filter(owner=owner, version_number=2).exists()
    assert weight_files(owner) == []


def test_a_job_holds_few_stems_in_memory(owner: User, answer: Answer, monkeypatch: pytest.MonkeyPatch) -> None:
    answer(40)
    monkeypatch.setattr(jobs, "STEMS_AT_ONCE", 4)
    monkeypatch.setattr(jobs, "linked_photos", lambda *_: np.zeros((0, 2), np.int64))  # its features are no stems
    jobs._lesson(owner)  # what is loaded once is loaded
    tracemalloc.start()
    lesson = jobs._lesson(owner)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    stems = lesson.data.stems_of(np.arange(40))
    assert stems.shape == (40, *stem_shape(current_backbone()))
    assert peak < stems.nbytes / 2


def test_a_job_that_is_cancelled_while_it_runs_saves_nothing(
    owner: User, answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer()
    job = services.start_training(owner=owner, hyperparameters={"epochs": 100})
    prepare = jobs._lesson

    def cancelled_meanwhile(of: User, check: Callable[[], None]) -> jobs.Lesson:
        services.cancel_job(job=TrainingJob.objects.get(pk=job.pk))
        return prepare(of, check)

    monkeypatch.setattr(jobs, "_lesson", cancelled_meanwhile)
    jobs.run(job.pk)
    job.refresh_from_db()
    assert job.status == Status.CANCELLED
    assert ModelVersion.objects.filter(owner=owner).count() <= 1


def test_an_answer_changed_and_a_photo_deleted_afterwards_are_counted(owner: User, answer: Answer) -> None:
    photos = answer()
    job = trained(owner)
    photos_services.give_feedback(photo=photos[0], feedback="dislike")
    photos_services.give_feedback(photo=photos[1], feedback=None)
    photos_services.delete_photo(photo=photos[2])
    assert count_outdated(answers_of(owner), learned_answers(job)) == 3


def test_a_photo_deleted_while_it_learns_does_no_harm(
    owner: User, answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    photos = answer()
    learn = recipe.train

    def deleted_meanwhile(*args: object, **kwargs: object) -> object:
        photos_services.delete_photo(photo=photos[0])
        return learn(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(jobs, "train", deleted_meanwhile)
    job = trained(owner)
    assert job.status == Status.COMPLETED
    assert count_outdated(answers_of(owner), learned_answers(job)) == 1
