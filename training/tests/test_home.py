"""The home page: figures whose answer is known, the next step in every state, the thresholds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from playwright.sync_api import expect
from rest_framework.test import APIClient

from classifier.counts import count_photos
from classifier.models import ClassificationResult, Photo, Taste, TextPreference
from classifier.services import change_taste, give_feedback
from classifier.tests.factories import scored_photo
from training import versions
from training.models import ModelVersion, TrainingJob
from training.stats import stats_of
from training.tests.job_samples import job_of, version_of
from training.tests.test_versions import ACCURATE, scored
from wizard.tests.browser import Opener

pytestmark = pytest.mark.django_db


def answered_photos(owner: User, count: int = 20, *, liked: int = 10) -> list[Photo]:
    """Half of them scored as a match."""
    photos = scored(owner, ModelVersion.objects.active_of(owner), count, matches=count // 2)
    for number, photo in enumerate(photos):
        give_feedback(photo=photo, feedback="like" if number < liked else "dislike")
    return photos


def heading(client: Client) -> str:
    page = client.get("/").content.decode()
    return page.split('id="next-title">')[1].split("</h")[0]


def test_the_figures_are_those_of_the_results(owner: User) -> None:
    answered_photos(owner, liked=12)
    stats = stats_of(owner)
    assert (stats.photos, stats.answers, stats.matches) == (20, 20, 10)
    assert stats.until_auto == 30
    assert stats.accuracy is None
    assert stats.like_rate_of_matches is not None
    assert stats.like_rate_of_matches.value == 1.0
    assert [(each.version.version_number, each.like_rate.value, each.answers) for each in stats.by_version] == [
        (1, 0.6, 20)
    ]
    assert {place: count for place, count in enumerate(stats.scores) if count} == {10: 10, 90: 10}
    assert [(round(each.said, 6), each.liked.value, each.photos) for each in stats.calibration] == [
        (0.1, 0.2, 10),
        (0.9, 1.0, 10),
    ]
    assert [event.text for event in stats.events] == ["20 answers", "20 photos added"]


def test_a_long_history_is_told_by_weeks(owner: User) -> None:
    answered_photos(owner, 4, liked=2)
    now = timezone.now()
    for days, photo in zip((0, 1, 30, 31), Photo.objects.order_by("pk"), strict=True):
        ClassificationResult.objects.filter(photo=photo).update(feedback_at=now - timedelta(days=days))
    periods = stats_of(owner).over_time
    assert all(period.start.weekday() == 0 for period in periods)
    assert sum(period.answers for period in periods) == 4
    assert [period.start for period in periods] == sorted(period.start for period in periods)
    ClassificationResult.objects.filter(feedback_at__lt=now - timedelta(days=20)).update(feedback_at=now)
    assert len(stats_of(owner).over_time) == 2


def test_the_next_step_follows_what_was_done(owner: User, owner_client: Client) -> None:
    assert heading(owner_client) == "Say what you like"
    TextPreference.objects.create(owner=owner, phrase="at the beach")
    assert heading(owner_client) == "Add photos"
    scored(owner, ModelVersion.objects.active_of(owner), 30)
    assert heading(owner_client) == "Answer some photos"
    answered_photos(owner)
    assert heading(owner_client) == "Let it learn from you"
    version = version_of(owner)
    ModelVersion.objects.filter(pk=version.pk).update(figures=ACCURATE)
    versions.activate_version(version=version)
    assert heading(owner_client) == "Look at your matches"
    page = owner_client.get("/").content.decode()
    assert '81 % <span class="doubt">(74-87)</span>' in page
    assert "You chose version 2" in page


def test_what_happened_is_told_newest_first(owner: User, owner_client: Client) -> None:
    answered_photos(owner)
    job_of(owner, TrainingJob.Status.COMPLETED, outcome="Version 2: 81 % accurate (74-87).")
    job_of(owner, TrainingJob.Status.FAILED, error="The disk is full.")
    texts = [event.text for event in stats_of(owner).events]
    assert texts[:2] == ["A training failed. The disk is full.", "Version 2: 81 % accurate (74-87)."]
    assert "The disk is full." in owner_client.get("/").content.decode()


def test_photos_of_a_day_are_those_of_the_local_day(owner: User) -> None:
    evening, night = datetime(2026, 11, 25, 22, 30, tzinfo=UTC), datetime(2026, 11, 25, 23, 30, tzinfo=UTC)
    for photo, at in zip(answered_photos(owner, 2), (evening, night), strict=True):
        Photo.objects.filter(pk=photo.pk).update(created_at=at)
        ClassificationResult.objects.filter(photo=photo).update(feedback_at=at)
    with timezone.override("Europe/Berlin"):  # where one of them came after midnight
        assert [event.text for event in stats_of(owner).events] == ["1 answer", "1 photo added"] * 2
    assert [event.text for event in stats_of(owner).events] == ["2 answers", "2 photos added"]


def test_the_page_costs_the_same_however_much_there_is(owner: User, owner_client: Client) -> None:
    answered_photos(owner, 20)
    owner_client.get("/")
    with CaptureQueriesContext(connection) as few:
        owner_client.get("/")
    for number in range(2, 8):
        scored(owner, version_of(owner, number), 5, is_current=False)
    answered_photos(owner, 30)
    with CaptureQueriesContext(connection) as many:
        owner_client.get("/")
    assert len(many) == len(few) <= 32


def test_thresholds_are_saved_and_a_senseless_pair_is_refused(owner: User, owner_client: Client) -> None:
    answered_photos(owner)
    saved = owner_client.post("/home/thresholds/", {"match_threshold": "0.5", "super_like_threshold": "0.7"})
    assert saved.headers["Location"] == "/"
    taste = Taste.objects.of(owner)
    assert (taste.match_threshold, taste.super_like_threshold) == (0.5, 0.7)
    refused = owner_client.post("/home/thresholds/", {"match_threshold": "0.9", "super_like_threshold": "0.2"})
    assert "be below the match threshold." in refused.content.decode()
    assert Taste.objects.of(owner).match_threshold == 0.5


@pytest.mark.parametrize(("threshold", "matches"), [(0.605, 2), (0.6049, 3), (0.6051, 1)])
def test_it_counts_the_matches_of_the_library(
    owner: User, owner_client: Client, threshold: float, matches: int
) -> None:
    change_taste(taste=Taste.objects.of(owner), match_threshold=threshold)
    for score in (0.6, 0.6049, 0.605, 0.606):
        scored_photo(owner, score, is_match=score >= threshold)
    assert count_photos(owner)["match"] == matches
    assert f"{matches} of 4 photos match, 0 of them super." in owner_client.get("/").content.decode()


def test_the_api_says_the_same(owner: User, api: APIClient, strangers_api: APIClient) -> None:
    answered_photos(owner)
    body = api.get("/api/stats").json()
    assert (body["photos"], body["answers"], body["active_version_number"]) == (20, 20, 1)
    assert body["by_version"][0]["like_rate"]["value"] == 0.5
    assert sum(body["scores"]) == 20
    assert strangers_api.get("/api/stats").json()["photos"] == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [390, 1280])
def test_dragging_a_threshold_says_at_once_how_many_would_match(open_page: Opener, owner: User, width: int) -> None:
    answered_photos(owner)
    page = open_page("/", viewport={"width": width, "height": 850})
    expect(page.locator("#matching")).to_have_text("10 of 20 photos match, 10 of them super.")
    page.locator("#match_threshold").fill("0.95")
    expect(page.locator("#matching")).to_have_text("0 of 20 photos match, 0 of them super.")
    expect(page.locator('output[for="super_like_threshold"]')).to_have_text("95")
    page.locator("#match_threshold").fill("0.05")
    expect(page.locator("#matching")).to_have_text("20 of 20 photos match, 0 of them super.")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. Your matches")).to_be_visible()
    assert Taste.objects.of(owner).match_threshold == 0.05
