"""Several score workers: whose photos are read next, and that none are read twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone

from classifier import claiming, pipeline, services, tasks
from classifier.model import current_backbone
from classifier.models import Photo, PhotoEmbedding
from classifier.tests.factories import PhotoFactory, scored_photo

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

ONE, OTHER = "a score.1@here", "b score.2@here"


@pytest.fixture(autouse=True)
def read(monkeypatch: pytest.MonkeyPatch, kept_in_memory: dict[str, Any]) -> list[int]:
    """The ids of photos in the order they were read; nothing is embedded."""
    ids: list[int] = []

    def embed(photos: list[Photo]) -> None:
        ids.extend(photo.pk for photo in photos)
        Photo.objects.filter(pk__in=[photo.pk for photo in photos]).update(status=Photo.Status.READY)
        seen = {"backbone": current_backbone().id, "vector": b""}
        PhotoEmbedding.objects.bulk_create(PhotoEmbedding(owner=photo.owner, photo=photo, **seen) for photo in photos)

    monkeypatch.setattr(pipeline, "_embed", embed)
    monkeypatch.setattr(pipeline, "_score", lambda *_: None)
    return ids


@pytest.fixture(autouse=True)
def messages(monkeypatch: pytest.MonkeyPatch) -> list[list[int]]:
    """Those to the score workers, in their order."""
    sent: list[list[int]] = []
    monkeypatch.setattr(tasks.embed_photos, "apply_async", lambda arguments, **_: sent.append(*arguments))
    return sent


def queued(owner: User, count: int) -> list[int]:
    return ids_of(PhotoFactory.create_batch(count, owner=owner, status=Photo.Status.QUEUED))


def ids_of(photos: list[Photo]) -> list[int]:
    return [photo.pk for photo in photos]


def test_somebodys_single_photo_waits_for_one_turn_of_anothers_thousand(
    owner: User, stranger: User, read: list[int], messages: list[list[int]]
) -> None:
    thousand = queued(owner, 3 * claiming.PHOTOS_PER_TURN)
    services.queue_photos(thousand)
    pipeline.take_turn(messages.pop(0))
    (single,) = queued(stranger, 1)
    services.queue_photos([single])
    pipeline.take_turn(messages.pop(0))
    assert read == [*thousand[: claiming.PHOTOS_PER_TURN], single]
    while messages:
        pipeline.take_turn(messages.pop(0))
    assert sorted(read) == sorted([*thousand, single])


def test_what_is_read_before_its_message_came_takes_no_message_from_what_comes_after(
    owner: User, stranger: User, read: list[int], messages: list[list[int]]
) -> None:
    services.queue_photos(queued(stranger, 1))
    first = queued(owner, 2)  # the beginning of an upload whose message comes at its end
    pipeline.take_turn(messages.pop(0))
    services.queue_photos([*first, *queued(owner, 2)])
    while messages:
        pipeline.take_turn(messages.pop(0))
    assert len(read) == len(set(read)) == 5


def test_two_workers_at_once_read_every_photo_once(owner: User, stranger: User, read: list[int]) -> None:
    everything = queued(owner, 200) + queued(stranger, 100)

    def work(by: str) -> None:
        try:
            while claiming.whose_turn(by):
                pipeline.take_turn([], by=by)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, [f"{number} score.{number}@here" for number in range(4)]))
    assert sorted(read) == sorted(everything)


def test_two_workers_that_look_at_once_have_a_turn_each(owner: User, messages: list[list[int]]) -> None:
    """Both saw the same photos waiting, and the slower one went away with nothing: its message was gone for good."""
    ids = queued(owner, 2 * claiming.PHOTOS_PER_TURN)
    taken: list[list[int]] = []

    def work(by: str) -> None:
        try:
            together.wait(10)
            taken.append(ids_of(claiming.claim_next(owner.pk, by=by)))
        finally:
            connection.close()

    together = Barrier(2)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, [ONE, OTHER]))
    assert sorted(taken) == [ids[: claiming.PHOTOS_PER_TURN], ids[claiming.PHOTOS_PER_TURN :]]


def test_what_another_worker_has_in_hand_is_left_alone_until_it_was_silent_for_long(owner: User) -> None:
    ids = queued(owner, 2)
    assert ids_of(claiming.claim(Photo.objects.filter(pk=ids[0]), by=ONE)) == ids[:1]
    assert claiming.claim(Photo.objects.filter(pk=ids[0]), by=OTHER) == []
    assert ids_of(claiming.claim_next(owner.pk, by=OTHER)) == ids[1:]
    Photo.objects.filter(pk=ids[0]).update(begun_at=timezone.now() - claiming.LEASE - timedelta(seconds=1))
    assert ids_of(claiming.claim_next(owner.pk, by=OTHER)) == ids


def test_a_worker_that_comes_back_has_its_own_again_and_counts_the_attempt(owner: User) -> None:
    (photo_id,) = queued(owner, 1)
    claiming.claim(Photo.objects.all(), by=ONE)
    assert claiming.claim(Photo.objects.all(), by=OTHER) == []
    (again,) = claiming.claim(Photo.objects.all(), by=ONE)  # the same message, delivered again
    assert (again.pk, again.attempts) == (photo_id, 1)
    claiming.release("score.1@here")  # the worker, started again
    assert ids_of(claiming.claim_next(owner.pk, by=OTHER)) == [photo_id]


def test_a_claim_from_before_the_clock_was_set_back_holds_nobody_up(owner: User) -> None:
    ids = queued(owner, 1)
    claiming.claim(Photo.objects.all(), by=ONE)
    Photo.objects.update(begun_at=timezone.now() + timedelta(hours=2))
    assert ids_of(claiming.claim_next(owner.pk, by=OTHER)) == ids


def test_what_could_not_be_read_now_is_free_at_once_and_no_attempt_counts(
    owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = queued(owner, 2)

    def fail(photos: list[Photo]) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(pipeline, "_embed", fail)
    with pytest.raises(OSError, match="full"):
        pipeline.embed_photos(ids, by=ONE)
    assert not Photo.objects.exclude(attempts=0).exists()
    assert ids_of(claiming.claim_next(owner.pk, by=OTHER)) == ids


def test_photos_that_only_a_new_backbone_has_not_seen_wait_for_those_that_nobody_has(
    owner: User, stranger: User, read: list[int], messages: list[list[int]]
) -> None:
    unseen, (fresh,) = scored_photo(owner).pk, queued(stranger, 1)
    pipeline.take_turn([unseen])
    assert (read, messages) == ([fresh], [[unseen]])
    pipeline.take_turn(messages.pop())
    assert read == [fresh, unseen]
