"""A page where somebody waits says so when nobody works, in one sentence, and works without Redis."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from redis.exceptions import RedisError

from classifier.models import Photo, Taste, TextPreference
from classifier.tests.factories import PhotoFactory, scored_photo
from training.tests.job_samples import job_of
from wizard import store, tasks, workers

SCORE, TRAIN, REDIS = "The score worker is away", "The train worker is away", "Redis does not answer"


class Keys:
    """As much of Redis as is asked."""

    def __init__(self) -> None:
        self.kept: dict[str, int] = {}

    def set(self, key: str, value: str, ex: int, nx: bool = False) -> bool:
        self.kept[key] = ex
        return True

    def exists(self, key: str) -> int:
        return int(key in self.kept)

    def get(self, key: str) -> None:
        return None

    def __getattr__(self, name: str) -> Any:
        raise RedisError(f"{name} is not needed here")


@pytest.fixture
def redis(monkeypatch: pytest.MonkeyPatch) -> Keys:
    keys = Keys()
    monkeypatch.setattr(store, "redis", lambda: keys)
    return keys


@pytest.fixture
def waiting(owner: User) -> Photo:
    Taste.objects.create(owner=owner, revision=2, scored_revision=1)
    return PhotoFactory.create(owner=owner, status=Photo.Status.QUEUED)


def addresses(photo: Photo) -> list[str]:
    """Where one waits for the score worker."""
    return [
        "/library/",
        "/library/updates/",
        "/library/?arriving=1",
        "/review/",
        "/taste/",
        "/taste/status/",
        f"/photos/{photo.pk}/",
        "/versions/",
    ]


def test_a_worker_leaves_word_under_its_queue_and_not_for_long(redis: Keys) -> None:
    for name in ("score.1@host", "train@host"):
        tasks.leave_word(SimpleNamespace(eventer=SimpleNamespace(hostname=name)))
    assert redis.kept == {"wizard:worker:score": 30, "wizard:worker:train": 30}
    assert workers.trouble_of("score") == workers.trouble_of("train") == ""


def test_where_one_waits_for_scores_the_page_says_that_nobody_works(
    owner_client: Client, waiting: Photo, redis: Keys
) -> None:
    for address in addresses(waiting):
        assert SCORE in owner_client.get(address).content.decode(), address
    workers.leave_word("score")
    for address in addresses(waiting):
        assert SCORE not in owner_client.get(address).content.decode(), address


def test_a_training_that_waits_says_that_nobody_trains(owner_client: Client, owner: User, redis: Keys) -> None:
    job_of(owner, "pending")
    workers.leave_word("score")
    for address in ("/training/", "/training/live/"):
        assert TRAIN in owner_client.get(address).content.decode()
    workers.leave_word("train")
    assert "It starts in a moment" in owner_client.get("/training/live/").content.decode()


def test_without_redis_pages_that_wait_say_so(owner_client: Client, owner: User, waiting: Photo) -> None:
    for address in addresses(waiting):
        assert REDIS in owner_client.get(address).content.decode(), address
    job_of(owner, "pending")
    assert REDIS in owner_client.get("/training/").content.decode()


def test_without_redis_every_page_works_and_one_can_go_on(owner_client: Client, owner: User) -> None:
    photo = scored_photo(owner)
    for address in ("/", "/library/", "/review/", "/taste/", "/training/", "/versions/", "/upload/", "/accounts/"):
        answer = owner_client.get(address)
        assert answer.status_code == 200, address
        assert REDIS not in answer.content.decode(), address  # nobody waits
    owner_client.post("/taste/phrases/", {"phrase": "at the beach", "kind": "want"})
    assert TextPreference.objects.owned_by(owner).exists()
    owner_client.post("/review/answer/", {"photo": photo.pk, "answer": "like", "why": "start"})
    assert Photo.objects.get(pk=photo.pk).answer == "like"


def test_a_page_on_which_nobody_waits_does_not_ask(
    owner_client: Client, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    scored_photo(owner)
    asked: list[str] = []

    def trouble_of(queue: str) -> str:
        asked.append(queue)
        return ""

    monkeypatch.setattr(workers, "trouble_of", trouble_of)
    for address in ("/library/", "/library/updates/", "/taste/", "/training/", "/versions/"):
        owner_client.get(address)
    assert asked == []
