"""What the score worker's messages lead to, also when their owner has left or the worker is another one."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

import training.tasks
from classifier import claiming, services, tasks, vectors
from classifier.models import Photo
from classifier.questions import answering
from classifier.review import filling
from classifier.tests.factories import scored_photo
from training.models import Chance
from wizard import forgetting

pytestmark = pytest.mark.django_db

NOBODY = 10**9
Calls = list[Any]


@pytest.fixture
def requeued(monkeypatch: pytest.MonkeyPatch) -> Calls:
    """What was asked of `requeue_forgotten`."""
    calls: Calls = []
    monkeypatch.setattr(tasks.requeue_forgotten, "delay", lambda **given: calls.append(given))
    return calls


def test_the_review_is_filled_for_whoever_is_still_there(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    filled: Calls = []
    monkeypatch.setattr(filling, "fill", filled.append)
    tasks.fill_review(NOBODY)
    tasks.fill_review(owner.pk)
    assert filled == [owner]


def test_a_question_is_answered_to_whoever_is_still_there(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    answered: Calls = []
    monkeypatch.setattr(answering, "answer", lambda *given: answered.append(given))
    tasks.answer_question(NOBODY, "search", {"q": "dog"}, "key", "slot")
    tasks.answer_question(owner.pk, "search", {"q": "dog"}, "key", "slot")
    assert answered == [(owner, "search", {"q": "dog"}, "key", "slot")]


def test_whose_trash_is_emptied_is_dropped_from_memory(
    owner: User, stranger: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    dropped: Calls = []
    monkeypatch.setattr(vectors, "drop_library", dropped.append)
    photo, kept = scored_photo(owner), scored_photo(stranger)
    services.trash_photos([photo])
    Photo.objects.filter(pk=photo.pk).update(deleted_at=timezone.now() - timedelta(days=31))
    tasks.empty_trash()
    assert dropped == [owner.pk]
    assert list(Photo.objects.all()) == [kept]


def test_the_sample_library_is_handed_over_once(owner: User, requeued: Calls, monkeypatch: pytest.MonkeyPatch) -> None:
    added = [3, 0]
    monkeypatch.setattr(services, "add_sample_library", lambda *, owner: added.pop(0))
    tasks.import_sample_library(NOBODY)
    assert added == [3, 0]
    tasks.import_sample_library(owner.pk)
    tasks.import_sample_library(owner.pk)  # all are there already
    assert requeued == [{"at_once": True}]


@pytest.mark.parametrize("told", [[], [7]])
def test_a_worker_forgets_before_a_task_what_others_deleted(told: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    dropped: Calls = []
    versions: Calls = []
    monkeypatch.setattr(forgetting, "told", lambda: told)
    monkeypatch.setattr(vectors, "drop_library", dropped.append)
    monkeypatch.setattr("classifier.learned.forget_versions", lambda: versions.append(True))
    tasks.forget_what_others_deleted()
    assert (dropped, versions) == (told, [True] if told else [])


def test_a_score_worker_that_starts_takes_up_what_waits_and_no_other_does(
    requeued: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    released: Calls = []
    monkeypatch.setattr(claiming, "release", released.append)
    monkeypatch.setattr("classifier.tasks.connection.close", lambda: None)  # the test's own
    for name in ("train.1@here", "score.1@here"):
        tasks.take_up_work(SimpleNamespace(hostname=name))
    assert (released, requeued) == (["score.1@here"], [{"at_once": True}])


def test_a_train_worker_that_starts_looks_after_jobs_and_no_other_does(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: Calls = []
    monkeypatch.setattr(training.tasks, "_step_back", lambda: None)
    monkeypatch.setattr(training.tasks.look_after_jobs, "delay", lambda: looked.append(True))
    for name in ("score.1@here", "train.1@here"):
        training.tasks.take_up_work(SimpleNamespace(hostname=name))
    assert looked == [True]


def test_nothing_is_said_by_a_version_that_was_deleted() -> None:
    training.tasks.score_answered_photos(NOBODY)
    assert not Chance.objects.exists()
