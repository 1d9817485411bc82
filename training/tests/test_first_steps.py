"""From a new account to the first version: what is ticked, what comes next, and that nobody else's data counts."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from classifier.models import Photo, ReviewAnswer, TextPreference
from classifier.services import give_feedback
from classifier.tests.factories import PhotoFactory
from training.first_steps import first_steps
from training.models import ModelVersion, TrainingJob
from training.tests.job_samples import job_of, version_of
from training.tests.test_versions import scored

pytestmark = pytest.mark.django_db


def say(owner: User) -> None:
    TextPreference.objects.create(owner=owner, phrase="at the beach")


def answer(owner: User, likes: int, dislikes: int, *, left: int = 0) -> None:
    photos = scored(owner, ModelVersion.objects.active_of(owner), likes + dislikes + left)
    for number, photo in enumerate(photos[: likes + dislikes]):
        give_feedback(photo=photo, feedback="like" if number < likes else "dislike")


def ticks(owner: User) -> str:
    """A letter for each step: d(one), n(ext), or - for one that comes later."""
    first = first_steps(owner)
    return "".join("d" if each.is_done else "n" if each == first.current else "-" for each in first.steps)


def text(owner: User) -> str:
    current = first_steps(owner).current
    assert current
    return current.text


def test_somebody_new_begins_with_words(owner: User, owner_client: Client) -> None:
    assert ticks(owner) == "n---"
    page = owner_client.get("/").content.decode()
    assert page.count('aria-current="step"') == 1
    assert 'href="/taste/">Write it down</a>' in page


def test_after_the_words_come_photos_or_the_sample(owner: User, owner_client: Client) -> None:
    say(owner)
    assert ticks(owner) == "dn--"
    page = owner_client.get("/").content.decode()
    assert 'href="/upload/">Add photos</a>' in page
    assert 'action="/library/sample/"' in page


def test_photos_that_were_there_first_are_ticked(owner: User) -> None:
    PhotoFactory.create(owner=owner, status=Photo.Status.QUEUED)
    assert ticks(owner) == "nd--"


def test_ten_of_each_kind_are_asked_for_and_both_kinds_counted(owner: User) -> None:
    say(owner)
    answer(owner, 12, 7, left=3)
    assert ticks(owner) == "ddn-"
    assert "10 photos that you like and 10 that you do not; so far there are 12 and 7." in text(owner)
    assert "too few photos left" not in text(owner)


def test_whoever_has_too_few_photos_is_told_to_add_some(owner: User) -> None:
    say(owner)
    answer(owner, 2, 7, left=3)
    PhotoFactory.create(owner=owner, sha256="e" * 64, status="unreadable", unreadable_reason="It is damaged.")
    current = first_steps(owner).current
    assert current
    assert "There are too few photos left to answer" in current.text
    assert (current.button, current.address, current.offers_sample) == ("Answer photos", "/review/", True)


def test_whoever_has_answered_all_photos_is_led_to_adding_some(owner: User) -> None:
    say(owner)
    answer(owner, 2, 7)
    current = first_steps(owner).current
    assert current
    assert (current.button, current.address) == ("Add photos", "/upload/")


def test_a_photo_that_one_is_unsure_of_is_not_left_to_answer(owner: User) -> None:
    say(owner)
    answer(owner, 10, 9, left=1)
    assert "too few" not in text(owner)
    unsure = Photo.objects.with_feedback(owner, "none").get()
    ReviewAnswer.objects.create(owner=owner, photo=unsure, answer="unsure", why="start")
    assert "too few" in text(owner)


def test_with_enough_answers_it_is_time_to_train_also_without_words(owner: User) -> None:
    answer(owner, 10, 10)
    assert ticks(owner) == "-ddn"
    assert "You gave 20 answers." in text(owner)


def test_a_training_that_runs_is_the_step_to_watch(owner: User, owner_client: Client) -> None:
    job_of(owner, TrainingJob.Status.RUNNING)
    assert ticks(owner) == "-ddn"
    assert 'href="/training/">Watch it learn</a>' in owner_client.get("/").content.decode()


def test_after_the_first_version_the_steps_are_gone_also_when_it_does_not_serve(
    owner: User, owner_client: Client
) -> None:
    say(owner)
    answer(owner, 10, 10)
    version_of(owner)
    assert ticks(owner) == "dddd"
    page = owner_client.get("/").content.decode()
    assert "Your first steps" not in page
    assert "Look at your matches" in page


def test_what_a_stranger_has_does_not_count(owner: User, stranger: User) -> None:
    say(stranger)
    answer(stranger, 10, 10)
    job_of(stranger)
    version_of(stranger)
    assert ticks(owner) == "n---"
