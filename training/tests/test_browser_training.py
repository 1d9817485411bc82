"""The training page in Chromium: it lives while a job runs, and comes to rest when it has ended."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import Page, expect

from classifier.models import Taste
from training import live
from training.models import ModelVersion, TrainingJob
from training.tests.conftest import Answer
from training.tests.job_samples import Status, epochs_of, job_of, version_of
from wizard.tests.browser import Opener

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def news(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The live view, which comes from Redis otherwise."""
    said: dict[str, Any] = {}
    monkeypatch.setattr(live, "read", lambda job_id: dict(said))
    return said


def points(page: Page, curve: str = "loss") -> int:
    return int(page.locator(f"[data-curve={curve}]").get_attribute("data-points") or 0)


def ended(job: TrainingJob, status: str = Status.COMPLETED, **fields: Any) -> None:
    TrainingJob.objects.filter(pk=job.pk).update(status=status, finished_at=timezone.now(), **fields)


def test_the_curves_grow_with_the_news_and_survive_a_reload(
    open_page: Opener, owner: User, news: dict[str, Any]
) -> None:
    job = job_of(owner, phase=TrainingJob.Phase.FOLDS, history=epochs_of(0, 1))
    page = open_page("/training/")
    expect(page.locator("[data-curve=loss]")).to_have_attribute("data-points", "1")
    canvas = page.locator("[data-curve=loss] canvas").element_handle()
    news |= {"fold": 0, "epoch": 2, "loss": 0.4, "accuracy": 0.75, "done": 0.3, "eta_s": 41.0, "phase": "folds"}
    expect(page.locator("[data-curve=loss]")).to_have_attribute("data-points", "2")
    expect(page.locator("[data-curve=accuracy]")).to_have_attribute("data-points", "2")
    expect(page.get_by_text("about 40 seconds left")).to_be_visible()
    TrainingJob.objects.filter(pk=job.pk).update(history=epochs_of(0, 5))
    expect(page.locator("[data-curve=loss]")).to_have_attribute("data-points", "5")
    assert canvas is not None
    assert canvas.evaluate("canvas => canvas.isConnected"), "the same canvas is drawn on, without a flicker"
    page.reload()
    expect(page.locator("[data-curve=loss]")).to_have_attribute("data-points", "5")


def test_the_table_beside_the_curves_stays_open(open_page: Opener, owner: User) -> None:
    job = job_of(owner, history=epochs_of(0, 1))
    page = open_page("/training/")
    page.get_by_text("As a table").click()
    TrainingJob.objects.filter(pk=job.pk).update(history=epochs_of(0, 3))
    expect(page.locator("#epochs tbody tr")).to_have_count(3)
    expect(page.locator("#epochs tbody tr").nth(2)).to_be_visible()


def test_the_outcome_comes_by_itself_and_the_page_comes_to_rest(open_page: Opener, owner: User) -> None:
    ModelVersion.objects.active_of(owner)
    job = job_of(owner, history=epochs_of(0, 3))
    page = open_page("/training/")
    expect(page.locator("#running-title")).to_contain_text("Learning from 20 likes")
    sentence = "Version 2: 81 % accurate (74-87), version 1 was 76 % on the same photos."
    ended(job, outcome=sentence, version=version_of(owner))
    expect(page.locator("#outcome")).to_contain_text(sentence)
    expect(page.get_by_role("button", name="Use version 2 anyway")).to_be_visible()
    assert points(page) == 3
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(1500)  # longer than from one look to the next
    assert asked == []


def test_two_tabs_tell_the_same_and_one_cancels_for_both(open_page: Opener, owner: User) -> None:
    job = job_of(owner, history=epochs_of(0, 2))
    one, other = open_page("/training/"), open_page("/training/")
    one.get_by_role("button", name="Cancel").click()
    for page in (one, other):
        expect(page.locator("#running-title")).to_have_text("Cancelling")
        expect(page.get_by_role("button", name="Cancel")).to_be_disabled()
    ended(job, Status.CANCELLED)
    for page in (one, other):
        expect(page.locator("#outcome")).to_contain_text("Nothing was changed")


def test_train_is_greyed_with_the_reason(open_page: Opener) -> None:
    page = open_page("/training/")
    button = page.get_by_role("button", name="Train", exact=True)
    expect(button).to_be_disabled()
    expect(button).to_have_accessible_description(
        "Training needs at least 10 photos you like and 10 you do not; so far there are 0 and 0."
    )


@pytest.mark.django_db(transaction=True)
def test_train_starts_a_job(open_page: Opener, owner: User, answer: Answer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("training.services.queue_job", lambda job: None)
    monkeypatch.setattr("wizard.workers.trouble_of", lambda queue: "")
    answer()
    page = open_page("/training/")
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.locator("#phase")).to_have_text("It starts in a moment")
    assert TrainingJob.objects.open().get().owner == owner


def test_training_by_itself_is_saved_at_once(open_page: Opener, owner: User) -> None:
    page = open_page("/training/")
    page.get_by_label("After so many new or changed answers").fill("12")
    page.keyboard.press("Tab")
    expect(page.locator("#until-auto")).to_have_text("12 more answers until it trains by itself.")
    page.get_by_label("Train by itself").uncheck()
    expect(page.locator("#until-auto")).to_have_text("It waits until you press Train.")
    taste = Taste.objects.get(owner=owner)
    assert (taste.auto_train, taste.auto_train_every) == (False, 12)


@pytest.mark.parametrize("width", [320, 390, 768, 1440])
@pytest.mark.parametrize("status", [Status.RUNNING, Status.FAILED])
def test_it_fits_the_window(open_page: Opener, owner: User, width: int, status: str) -> None:
    job_of(owner, status, history=epochs_of(0, 4), error="Out_of_memory" * 12 if status == Status.FAILED else "")
    page = open_page("/training/", viewport={"width": width, "height": 800})
    expect(page.locator("[data-curve=loss] canvas")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0


def test_the_curves_follow_the_theme(open_page: Opener, owner: User) -> None:
    job_of(owner, Status.FAILED, history=epochs_of(0, 6))
    page = open_page("/training/", color_scheme="light")
    canvas = page.locator("[data-curve=loss] canvas")
    light = canvas.screenshot()
    page.emulate_media(color_scheme="dark")
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    colours = page.evaluate(
        """() => { const canvas = document.querySelector("[data-curve=loss] canvas");
        const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
        const found = new Set();
        for (let at = 0; at < pixels.length; at += 4)
            if (pixels[at + 3] > 250) found.add([...pixels.slice(at, at + 3)].join());
        return [...found]; }"""
    )
    assert "167,139,250" in colours, "the accent of the dark theme"
    assert canvas.screenshot() != light
