"""When the queue is made anew: before it runs dry, when answers taught something, and when nothing is left."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone

from classifier import pipeline, services, tasks
from classifier.models import Photo, ReviewAnswer
from classifier.review import queue
from classifier.review.filling import fill
from classifier.review.reasons import Why
from classifier.review.services import answer_review
from classifier.tests.factories import PhotoFactory, jpeg
from classifier.tests.memory_store import change_in
from classifier.tests.test_review import asked
from wizard import store

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def fills(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Owners whose queue was asked for; what is kept in Redis is kept in a dictionary, and no key there ends."""
    values: dict[str, Any] = {}
    sent: list[int] = []

    def is_first(key: str, seconds: int) -> bool:
        is_new = key not in values
        values[key] = 1
        return is_new

    monkeypatch.setattr(store, "put", lambda key, value, seconds: values.update({key: value}))
    monkeypatch.setattr(store, "get", values.get)
    monkeypatch.setattr(store, "change", partial(change_in, values))
    monkeypatch.setattr(store, "is_first", is_first)
    monkeypatch.setattr(store, "forget", lambda *keys: [values.pop(key, None) for key in keys])
    monkeypatch.setattr(tasks.fill_review, "apply_async", lambda owners: sent.extend(owners))
    return sent


def test_a_queue_that_redis_lost_is_asked_for_once(owner: User, photos: list[Photo], fills: list[int]) -> None:
    assert asked(owner, 3)
    assert asked(owner, 3)
    assert fills == [owner.pk]


def test_five_answers_make_it_anew_and_four_do_not(owner: User, photos: list[Photo], fills: list[int]) -> None:
    fill(owner)
    order = asked(owner)
    for photo in order[:4]:
        answer_review(photo=Photo.objects.get(pk=photo), answer="like", why=Why.START)
    asked(owner)
    assert fills == []
    answer_review(photo=Photo.objects.get(pk=order[4]), answer="like", why=Why.START)
    asked(owner)
    assert fills == [owner.pk]


def test_deleted_photos_are_not_ordered_and_do_not_make_it_anew_again_and_again(
    owner: User,
    photos: list[Photo],
    fills: list[int],
) -> None:
    services.trash_photos(photos[:20])
    fill(owner)
    assert set(asked(owner)) == {photo.pk for photo in photos[20:]}
    assert fills == []


def test_while_photos_come_in_the_end_is_not_the_end(
    owner: User, owner_client: Client, photos: list[Photo], fills: list[int]
) -> None:
    for photo in photos:
        answer_review(photo=photo, answer="skip", why=Why.START)
    late = PhotoFactory.create(owner=owner, sha256="e" * 64)  # the score worker has not read it yet
    fill(owner)
    assert "That was all of them" not in owner_client.get("/review/").content.decode()
    Photo.objects.filter(pk=late.pk).update(status=Photo.Status.UNREADABLE, unreadable_reason="It is damaged.")
    fill(owner)
    assert "That was all of them" in owner_client.get("/review/").content.decode()


def test_photos_that_came_in_after_the_last_are_asked_about(owner: User, fills: list[int]) -> None:
    fill(owner)
    assert not queue.has_more(owner.pk)
    photo = PhotoFactory.create(owner=owner, image=ContentFile(jpeg(), "photo.jpg"))
    pipeline.take_turn([photo.pk])
    assert queue.has_more(owner.pk)
    asked(owner)
    assert fills == [owner.pk]
    fill(owner)
    assert asked(owner) == [photo.pk]


def test_skipped_photos_come_back_on_another_day_by_themselves(
    owner: User,
    owner_client: Client,
    photos: list[Photo],
    fills: list[int],
) -> None:
    for photo in photos:
        answer_review(photo=photo, answer="skip", why=Why.START)
    fill(owner)
    assert asked(owner) == []
    assert asked(owner) == []
    assert fills == [owner.pk]  # looked for, and not at every look
    ReviewAnswer.objects.update(at=timezone.now() - timedelta(days=2))
    fill(owner)  # as the worker does when it is asked a minute later
    assert len(asked(owner)) == len(photos)


def test_a_second_look_is_offered_until_it_was_taken(owner: User, photos: list[Photo], fills: list[int]) -> None:
    answer_review(photo=photos[0], answer="like", why=Why.START)
    item = [(photos[0].pk, Why.AGAIN)]
    assert queue.askable(owner, item) == {photos[0].pk}
    answer_review(photo=Photo.objects.get(pk=photos[0].pk), answer="like", why=Why.AGAIN)
    assert queue.askable(owner, item) == set()
    services.give_feedback(photo=Photo.objects.get(pk=photos[0].pk), feedback=None)
    assert queue.askable(owner, [(photos[0].pk, Why.START)]) == {photos[0].pk}  # without an answer it is open


def test_what_was_chosen_is_told_and_can_be_let_go(owner_client: Client, owner: User, photos: list[Photo]) -> None:
    fill(owner)
    owner_client.post("/review/choose/", {"ids": ",".join(str(photo.pk) for photo in photos[:7])})
    assert "7 of the photos you chose are left" in owner_client.get("/review/").content.decode()
    owner_client.post("/review/choose/", {"ids": ""})
    page = owner_client.get("/review/")
    assert "what you chose" not in page.content.decode()
    assert page.context["cards"]
