"""Answers while somebody else has the same rows in hand. On Postgres: SQLite has one writer at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction

from classifier.models import Photo, ReviewAnswer
from classifier.review.reasons import Why
from classifier.review.services import answer_review, undo_review
from classifier.tests.factories import scored_photo
from training.versions import lock_versions

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("kept_in_memory"),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer, and nobody waits for a row"),
]
HELD_SECONDS = 1.0


@contextmanager
def somebody_who(
    takes: Callable[[], object], then: Callable[[], object] = lambda: None, seconds: float = HELD_SECONDS
) -> Iterator[threading.Thread]:
    """Another connection that `takes` rows, holds them for so long or until the block ends, and does something more."""
    has_them, may_end = threading.Event(), threading.Event()
    failed: list[Exception] = []

    def hold() -> None:
        try:
            with transaction.atomic():
                takes()
                has_them.set()
                may_end.wait(seconds)
                then()
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    has_them.wait()
    yield thread
    may_end.set()
    thread.join()
    assert failed == []


def test_an_answer_does_not_wait_for_a_training_that_writes_its_version(owner: User) -> None:
    photo = scored_photo(owner)
    with somebody_who(takes=lambda: lock_versions(owner.pk), seconds=30) as holding:
        answer_review(photo=photo, answer="like", why=Why.START)
        assert holding.is_alive()


def test_an_undo_gives_way_to_a_deletion_of_the_photo(owner: User) -> None:
    first, second = scored_photo(owner), scored_photo(owner)
    for photo in (first, second):
        answer_review(photo=photo, answer="like", why=Why.START)
    with somebody_who(
        takes=lambda: Photo.objects.select_for_update().get(pk=second.pk),
        then=lambda: Photo.objects.filter(pk=second.pk).delete(),
    ):
        taken_back = undo_review(owner=owner)
    assert taken_back is not None
    assert taken_back.photo_id == first.pk
    assert not ReviewAnswer.objects.exists()
