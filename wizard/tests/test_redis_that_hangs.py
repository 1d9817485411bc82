"""A Redis that neither answers nor refuses: whoever works waits a moment, once, and what they said is kept."""

from __future__ import annotations

import socket
import tempfile
import time
from collections.abc import Iterator
from typing import Any

import pytest
from celery import Celery, Task
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from classifier import tasks
from classifier.models import Photo, Taste
from classifier.tests.factories import scored_photo
from wizard import store
from wizard.sending import send

PATIENCE = 12.0  # seconds. By the settings it is about four, with every try made again thirty


@pytest.fixture(autouse=True)
def hanging(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A socket that takes connections and says nothing. In a folder of its own: a socket's path must be short."""
    with tempfile.TemporaryDirectory(prefix="wizard-") as folder, socket.socket(socket.AF_UNIX) as silent:
        silent.bind(f"{folder}/s")
        silent.listen(64)
        settings.REDIS_URL = f"unix://{folder}/s"
        monkeypatch.setattr(store, "_rests_until", 0.0)
        store.redis.cache_clear()
        yield f"{folder}/s"
    store.redis.cache_clear()


@pytest.fixture
def message(hanging: str) -> Task[..., Any]:
    """Of an application like ours, whose broker hangs."""
    app = Celery("hanging", set_as_current=False)
    app.config_from_object("django.conf:settings", namespace="CELERY")
    app.conf.update(broker_url=f"redis+socket://{hanging}")
    task: Task[..., Any] = app.task(nothing)
    return task


def nothing() -> None:
    """What the message asks for."""


def seconds_since(began: float) -> float:
    return time.monotonic() - began


def test_of_all_that_is_asked_of_it_the_first_alone_waits() -> None:
    began = time.monotonic()
    for key in "abcdefgh":
        assert store.get(key) is None
        store.put(key, 1, seconds=60)
        assert store.count(key, seconds=60) == 0
        assert store.is_first(key, seconds=60)
    assert 0.9 < seconds_since(began) < PATIENCE  # 32 would wait for as many seconds


def test_after_a_moment_it_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "REST_SECONDS", 0.1)
    store.get("a")
    time.sleep(0.2)
    began = time.monotonic()
    store.get("a")
    assert seconds_since(began) > 0.9


def test_a_message_is_tried_once_and_the_next_ones_not_at_all(message: Task[..., Any]) -> None:
    began = time.monotonic()
    for _ in range(5):
        assert not send(message)
    assert seconds_since(began) < PATIENCE


@pytest.mark.django_db(transaction=True)
def test_somebody_who_answers_in_the_review_hardly_waits(
    owner: User, owner_client: Client, message: Task[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = scored_photo(owner)
    monkeypatch.setattr(tasks.fill_review, "apply_async", lambda _: message.apply_async())
    began = time.monotonic()
    sent = {"photo": photo.pk, "answer": "like", "why": "start", "held": ""}
    assert owner_client.post("/review/answer/", sent).status_code == 200
    assert seconds_since(began) < PATIENCE
    assert Photo.objects.get(pk=photo.pk).answer == "like"


@pytest.mark.django_db(transaction=True)
def test_a_phrase_whose_message_cannot_leave_is_kept_and_still_to_be_scored(
    owner: User, owner_client: Client, message: Task[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks.rescore_library, "apply_async", lambda *_, **__: message.apply_async())
    began = time.monotonic()
    owner_client.post("/taste/phrases/", {"phrase": "at the beach", "kind": "want"})
    assert seconds_since(began) < PATIENCE
    assert Taste.objects.get(owner=owner).is_being_scored
