"""Which photos may judge the active version when a new one wants to take over."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from classifier.models import ClassificationResult, Photo
from training import jobs, services, versions
from training.compare import compare
from training.learn.gate import Verdict
from training.models import ModelVersion, TrainingJob
from training.tasks import score_answered_photos
from training.tests.conftest import Answer

pytestmark = pytest.mark.django_db(transaction=True)  # the report of a job has a connection of its own


def trained(owner: User, *, epochs: int = 1) -> TrainingJob:
    job = services.start_training(owner=owner, hyperparameters={"epochs": epochs})
    jobs.run(job.pk)
    job.refresh_from_db()
    return job


def as_after_a_move(job: TrainingJob) -> ModelVersion:
    """The version of the job, as the same version is on another machine: imported and active, its job unknown."""
    version = job.version
    assert version is not None
    job.delete()
    ModelVersion.objects.filter(pk=version.pk).update(model_type=ModelVersion.Type.IMPORTED, created_at=timezone.now())
    version.refresh_from_db()
    versions.activate_version(version=version)
    return version


def rated_now(photos: list[Photo]) -> None:
    ClassificationResult.objects.filter(photo__in=photos).update(feedback_at=timezone.now())


def test_photos_rated_before_an_import_do_not_judge_it(owner: User, answer: Answer) -> None:
    answer()
    as_after_a_move(trained(owner))
    outcome = trained(owner).outcome
    assert outcome.startswith("Version 3: Too few photos to compare with version 2. Only photos that you rated after")


def test_photos_rated_after_an_import_judge_it(owner: User, answer: Answer) -> None:
    photos = answer()
    as_after_a_move(trained(owner))
    rated_now(photos[6:18])
    assert "% on the same photos." in trained(owner).outcome


def test_the_gate_and_the_comparison_use_the_same_photos(
    owner: User, answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    photos = answer()
    imported = as_after_a_move(trained(owner))
    rated_now(photos[6:18])
    verdicts: list[Verdict] = []
    judge = jobs._judge

    def noted(*given: Any) -> Verdict:
        verdicts.append(judge(*given))
        return verdicts[-1]

    monkeypatch.setattr(jobs, "_judge", noted)
    version = trained(owner).version
    assert version is not None
    score_answered_photos(imported.pk)
    comparison = compare(version, imported)
    assert comparison is not None
    assert [verdict.photos for verdict in verdicts] == [comparison.photos] == [12]
