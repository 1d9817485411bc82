"""A library is scored anew while others work too: by one worker, and a version that takes over is not written over."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile

from classifier import pipeline, services
from classifier.models import ClassificationResult, Taste
from classifier.scoring import MeasuredLibrary, Scored
from classifier.tests.factories import jpeg
from training.models import ModelVersion
from training.tests.job_samples import version_of
from wizard import store

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]


@pytest.fixture
def behind(owner: User) -> Taste:
    """Four photos that have scores, and a phrase that came since."""
    files = [ContentFile(jpeg(colour), name=f"{colour}.jpg") for colour in ("red", "green", "blue", "white")]
    pipeline.embed_photos([photo.pk for photo in services.add_photos(owner=owner, files=files).created])
    services.add_phrase(owner=owner, phrase="red")
    return Taste.objects.of(owner)


def test_scores_that_were_made_while_another_version_took_over_are_not_written(
    owner: User, behind: Taste, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = ModelVersion.objects.active_of(owner), version_of(owner)
    score = MeasuredLibrary.score

    def switched(self: MeasuredLibrary, *given: Any) -> list[Scored]:
        ModelVersion.objects.filter(pk=first.pk).update(is_active=False)
        ModelVersion.objects.filter(pk=second.pk).update(is_active=True)
        ClassificationResult.objects.update(is_current=False)
        return score(self, *given)

    monkeypatch.setattr(MeasuredLibrary, "score", switched)
    pipeline.rescore_library(owner.pk, behind.revision)
    assert not ClassificationResult.objects.filter(is_current=True).exists()


def test_a_worker_that_scores_for_long_stays_the_only_one_and_then_frees_its_own_claim_alone(
    owner: User, behind: Taste, monkeypatch: pytest.MonkeyPatch
) -> None:
    claims: list[str] = []
    freed: list[str] = []

    def claim(key: str, holder: str, *, seconds: int) -> bool:
        claims.append(holder)
        return True

    monkeypatch.setattr(store, "claim", claim)
    monkeypatch.setattr(store, "give_up", lambda key, holder: freed.append(holder))
    monkeypatch.setattr(pipeline, "WRITTEN_FIRST", 1)
    monkeypatch.setattr(pipeline, "WRITTEN_AT_ONCE", 1)
    pipeline.rescore_library(owner.pk, behind.revision, by="score.1@host")
    assert claims == ["score.1@host"] * 5  # before the first of four photos, and after each
    assert freed == ["score.1@host"]
