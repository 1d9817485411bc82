"""Somebody answers while a version of theirs is being saved."""

from __future__ import annotations

import threading

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction

from classifier.review.services import answer_review
from classifier.tests.factories import scored_photo
from training.versions import lock_versions

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]


def test_an_answer_does_not_wait_for_a_version_that_is_being_saved(owner: User) -> None:
    photo = scored_photo(owner)
    is_locked, is_answered = threading.Event(), threading.Event()

    def save() -> None:
        with transaction.atomic():
            lock_versions(owner.pk)
            is_locked.set()
            is_answered.wait(20)
        connection.close()

    saving = threading.Thread(target=save)
    saving.start()
    assert is_locked.wait(10)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '2s'")
        assert answer_review(photo=photo, answer="like", why="random").answer == "like"
    finally:
        is_answered.set()
        saving.join()
        connection.close()
