"""The score worker's work, with the real starter model, on pictures made here."""

from __future__ import annotations

import errno
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from classifier import pipeline, services
from classifier.models import ClassificationResult, Photo, PhotoEmbedding, Taste
from classifier.stems import stem_path
from classifier.tests.factories import jpeg

COLOURS = ["red", "green", "blue", "white", "black", "orange"]


@pytest.fixture
def queued(owner: User) -> list[Photo]:
    files = [ContentFile(jpeg(colour), name=f"{colour}.jpg") for colour in COLOURS]
    return services.add_photos(owner=owner, files=files).created


def run(photos: list[Photo]) -> None:
    pipeline.embed_photos([photo.pk for photo in photos])


def test_queued_photos_become_ready_with_a_vector_stem_activations_and_a_result(queued: list[Photo]) -> None:
    run(queued)
    assert not Photo.objects.exclude(status=Photo.Status.READY).exists()
    embedding = PhotoEmbedding.objects.get(photo=queued[0])
    vector = np.frombuffer(embedding.vector, dtype="<f2").astype(np.float32)
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-2)
    with default_storage.open(stem_path(queued[0].owner_id, embedding.backbone, queued[0].pk)) as handle:
        assert np.load(handle).dtype == np.float16
    assert ClassificationResult.objects.filter(is_current=True).count() == len(COLOURS)


def test_running_it_again_changes_nothing(queued: list[Photo]) -> None:
    run(queued)
    before = list(PhotoEmbedding.objects.values_list("pk", flat=True))
    run(queued)
    assert list(PhotoEmbedding.objects.values_list("pk", flat=True)) == before


def test_without_a_taste_photos_are_unrated_and_with_a_phrase_they_are_scored(owner: User, queued: list[Photo]) -> None:
    run(queued)
    assert set(ClassificationResult.objects.values_list("score", flat=True)) == {None}
    services.add_phrase(owner=owner, phrase="the colour red")
    pipeline.rescore_library(owner.pk, Taste.objects.of(owner).revision)
    scores = ClassificationResult.objects.values_list("score", flat=True)
    assert all(score is not None and 0 <= score <= 1 for score in scores)
    assert not Taste.objects.of(owner).is_being_scored


def test_a_superseded_rescoring_leaves_the_work_to_the_newer_one(owner: User, queued: list[Photo]) -> None:
    run(queued)
    services.add_phrase(owner=owner, phrase="red")
    stale = Taste.objects.of(owner).revision
    services.add_phrase(owner=owner, phrase="blue")
    pipeline.rescore_library(owner.pk, stale)
    assert Taste.objects.of(owner).is_being_scored


def test_a_photo_that_cannot_be_read_says_why_and_holds_up_nobody(queued: list[Photo]) -> None:
    broken = queued[2]
    Path(broken.image.path).write_bytes(b"not a picture any more")
    run(queued)
    broken.refresh_from_db()
    assert broken.status == Photo.Status.UNREADABLE
    assert broken.unreadable_reason
    assert Photo.objects.filter(status=Photo.Status.READY).count() == len(COLOURS) - 1


def test_a_photo_whose_reading_never_ended_is_given_up_after_some_attempts(queued: list[Photo]) -> None:
    Photo.objects.filter(pk=queued[0].pk).update(attempts=pipeline.ATTEMPTS)
    Photo.objects.filter(pk=queued[1].pk).update(attempts=1)  # it shared the fatal batch
    run(queued)
    statuses = dict(Photo.objects.values_list("pk", "status"))
    assert statuses.pop(queued[0].pk) == Photo.Status.UNREADABLE
    assert set(statuses.values()) == {Photo.Status.READY}


def test_a_photo_deleted_before_its_turn_ends_the_work_quietly(queued: list[Photo]) -> None:
    services.delete_photo(photo=queued[0])
    run(queued)
    assert PhotoEmbedding.objects.count() == len(COLOURS) - 1


def test_a_reference_photo_lifts_its_like(owner: User, queued: list[Photo]) -> None:
    run(queued)
    services.add_reference(photo=queued[0])
    pipeline.rescore_library(owner.pk, Taste.objects.of(owner).revision)
    results = ClassificationResult.objects.order_by("-score")
    assert results[0].photo == queued[0]
    assert results[0].components["reference"]["value"] > 0.5


def test_what_a_lost_message_left_behind_is_handed_over_again(
    queued: list[Photo], monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[int] = []
    monkeypatch.setattr(pipeline, "queue_photos", sent.extend)
    pipeline.requeue_forgotten()
    assert sent == []  # they came in just now: their message is on its way
    pipeline.requeue_forgotten(at_once=True)
    assert sent == [photo.pk for photo in queued]


def test_a_photo_from_the_future_is_handed_over_again_too(queued: list[Photo], monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[int] = []
    monkeypatch.setattr(pipeline, "queue_photos", sent.extend)
    Photo.objects.filter(pk=queued[0].pk).update(created_at=timezone.now() + timedelta(hours=1))
    pipeline.requeue_forgotten()
    assert sent == [queued[0].pk]


def test_a_full_disk_counts_against_no_photo(queued: list[Photo], monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*given: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(pipeline, "keep_stem", refuse)
        for _ in range(pipeline.ATTEMPTS + 1):
            with pytest.raises(OSError, match="No space"):
                run(queued)
    run(queued)
    assert set(Photo.objects.values_list("status", flat=True)) == {Photo.Status.READY}
