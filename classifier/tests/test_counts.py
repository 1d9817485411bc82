"""Counts over a library are kept as long as they hold, and no longer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from classifier import pipeline, services
from classifier.counts import count_photos, count_predictions, kept, outdate, spread_of_scores
from classifier.library import FEEDBACKS, STATUSES, VERDICTS, LibraryFilter, list_photos
from classifier.models import Photo, Taste
from classifier.tests.factories import PhotoFactory, ResultFactory, jpeg, scored_photo
from training.models import ModelVersion

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]
OnCommit = Any  # pytest-django's fixture, which has no type


@pytest.fixture
def library(owner: User, stranger: User) -> list[Photo]:
    """Some of every kind; and one of somebody else."""
    scored_photo(stranger, 0.9, is_match=True)
    PhotoFactory.create(owner=owner, status=Photo.Status.QUEUED)
    PhotoFactory.create(owner=owner, status=Photo.Status.UNREADABLE, unreadable_reason="It is cut off")
    photos = [scored_photo(owner, score, is_match=score >= 0.6, is_super_match=score >= 0.9) for score in SCORES]
    photos.append(scored_photo(owner, None))
    for photo, feedback in zip(photos, ("like", "dislike", "super_like"), strict=False):
        services.give_feedback(photo=photo, feedback=feedback)
    services.trash_photos([photos[0], photos[-2]])
    return photos


SCORES = (0.0, 0.2, 0.59, 0.6, 0.7, 0.9, 0.95, 1.0)


def test_each_filter_lists_as_many_as_were_counted(owner: User, library: list[Photo]) -> None:
    counts = count_photos(owner)
    assert counts["all"] == len(list_photos(owner, LibraryFilter()).rows) == 9
    for name, values in (("status", STATUSES), ("verdict", VERDICTS), ("feedback", FEEDBACKS)):
        for value in values:
            for order in ("newest", "score"):
                rows = list_photos(owner, LibraryFilter(**{name: value}, order=order)).rows
                without_result = 0 if order == "newest" or name == "verdict" else len(_without_result(owner, value))
                assert len(rows) + without_result == counts[value], (value, order)


def _without_result(owner: User, value: str) -> list[Photo]:
    """In the order by score only photos that have a result are listed, unless a status is asked for."""
    photos = Photo.objects.owned_by(owner).filter(results=None)
    return list(photos) if value == "none" else []


def test_scores_and_predictions_are_counted(owner: User, library: list[Photo]) -> None:
    spread = spread_of_scores(owner)
    assert {place: count for place, count in enumerate(spread) if count} == {20: 1, 59: 1, 60: 1, 70: 1, 90: 1, 95: 1}
    second = ModelVersion.objects.create(
        owner=owner, version_number=2, model_type="fine_tuned", backbone="starter/1", file="models/1/version_2.pt"
    )
    ResultFactory.create(photo=library[1], model_version=second, is_current=False)
    assert sorted(count_predictions(owner).values()) == [1, 9]


@pytest.mark.usefixtures("kept_in_memory")
def test_they_are_counted_once(owner: User, library: list[Photo]) -> None:
    first = count_photos(owner)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert count_photos(owner) == first
    asked = [query["sql"] for query in queries]
    assert not [sql for sql in asked if "user_feedback" not in sql and "deleted_at" not in sql and " IN " not in sql]


def _add(owner: User, photo: Photo) -> None:
    services.store_photos(owner=owner, files=[ContentFile(jpeg("red"), name="red.jpg")])


def _rescore(owner: User, photo: Photo) -> None:
    services.request_rescoring(owner=owner)
    pipeline.rescore_library(owner.pk, Taste.objects.get(owner=owner).revision)


WRITES: dict[str, Callable[[User, Photo], object]] = {
    "a photo came in": _add,
    "a photo was deleted": lambda owner, photo: services.delete_photo(photo=photo),
    "it was hidden": lambda owner, photo: services.trash_photos([photo]),
    "all were scored": _rescore,
    "one was answered": lambda owner, photo: services.give_feedback(photo=photo, feedback="like"),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
@pytest.mark.usefixtures("kept_in_memory")
def test_whatever_is_written_they_are_right(
    owner: User,
    photos: list[Photo],
    write: Callable[[User, Photo], object],
    django_capture_on_commit_callbacks: OnCommit,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = [count(owner) for count in (count_photos, spread_of_scores, count_predictions)]
    with django_capture_on_commit_callbacks(execute=True):
        write(owner, photos[0])
    after = [count(owner) for count in (count_photos, spread_of_scores, count_predictions)]
    monkeypatch.setattr("wizard.store.get_many", lambda *keys: [None] * len(keys))
    assert after == [count(owner) for count in (count_photos, spread_of_scores, count_predictions)]
    assert after != before


@pytest.mark.usefixtures("kept_in_memory")
def test_a_count_that_was_begun_before_a_write_is_not_taken_for_one_of_after(
    owner: User, django_capture_on_commit_callbacks: OnCommit
) -> None:
    def count() -> int:
        with django_capture_on_commit_callbacks(execute=True):
            outdate(owner.pk)
        return 1

    assert kept(owner.pk, "some", count) == 1
    assert kept(owner.pk, "some", lambda: 2) == 2
    assert kept(owner.pk, "some", lambda: 3) == 2
