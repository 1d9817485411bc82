"""What screen readers are told of what changes by itself: each news once, and no stream of them."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import Page, expect

from classifier.models import Photo, Taste
from classifier.services import give_feedback
from classifier.tests.factories import PhotoFactory, ResultFactory, scored_photo
from classifier.tests.test_browser_upload import picture
from training import live
from training.models import TrainingJob
from training.tests.job_samples import Status, job_of
from wizard.tests.states import Stage

pytestmark = pytest.mark.browser

LISTEN = """() => {
  window.heard = [];
  const hear = (nodes) => heard.push(...[...nodes].map((node) => node.textContent.trim()));
  const ear = new MutationObserver((changes) => changes.forEach(({ addedNodes }) => hear(addedNodes)));
  for (const region of document.querySelectorAll("[role=status], [aria-live]")) {
    ear.observe(region, { childList: true, characterData: true, subtree: true });
  }
}"""


def listening(page: Page) -> Page:
    page.evaluate(LISTEN)
    return page


def hears(page: Page, *sentences: str) -> None:
    """These and no others, once each, within a few looks of the page's pollers."""
    try:
        page.wait_for_function("count => heard.length >= count", arg=len(sentences))
    finally:
        assert page.evaluate("heard") == list(sentences)


def test_a_training_is_told_by_its_phases_and_by_quarters(stage: Stage, owner: User) -> None:
    job = job_of(owner, phase=TrainingJob.Phase.FOLDS)
    live.publish(job.pk, {"phase": "folds", "done": 0.05, "eta_s": 90.0})
    page = listening(stage.open("/training/"))
    page.locator("#cancel").focus()
    for done in (0.1, 0.2, 0.27):
        live.publish(job.pk, {"phase": "folds", "done": done, "eta_s": 90 - 80 * done})
        expect(page.locator("#progress")).to_have_attribute("value", f"{done:.3f}")
    hears(page, "Progress of the training: 25 %")
    TrainingJob.objects.filter(pk=job.pk).update(phase=TrainingJob.Phase.SAVING)
    live.publish(job.pk, {"phase": "saving", "done": 0.3})
    hears(page, "Progress of the training: 25 %", str(TrainingJob.Phase.SAVING.label))
    expect(page.locator("#cancel")).to_be_focused()  # through all the looks
    TrainingJob.objects.filter(pk=job.pk).update(status=Status.CANCELLED, finished_at=timezone.now())
    said = "The last training was cancelled. Nothing was changed."
    hears(page, "Progress of the training: 25 %", str(TrainingJob.Phase.SAVING.label), said)


def test_scores_that_are_updated_are_told_when_it_begins_and_when_it_ends(stage: Stage, owner: User) -> None:
    page = stage.open("/taste/")
    expect(page.locator("#words-title")).to_be_visible()
    listening(page)
    page.locator("#match_threshold").press("ArrowRight")
    hears(page, "Updating your scores")
    page.wait_for_timeout(1500)  # some looks
    Taste.objects.filter(owner=owner).update(scored_revision=100)
    hears(page, "Updating your scores", "Scores are up to date")


def test_a_score_that_comes_is_told(stage: Stage, owner: User) -> None:
    photo = PhotoFactory.create(owner=owner, status=Photo.Status.QUEUED)
    page = listening(stage.open(f"/photos/{photo.pk}/"))
    ResultFactory.create(photo=photo, score=0.83, is_match=True)
    Photo.objects.filter(pk=photo.pk).update(status=Photo.Status.READY)
    hears(page, "83·match")


def test_an_upload_is_told_by_quarters_and_by_what_came_of_it(stage: Stage) -> None:
    files = [picture(number) for number in range(96)]
    page = listening(stage.open("/upload/"))
    page.set_input_files("#files-js", files)
    expect(page.locator("[data-part=close]")).to_be_visible(timeout=30_000)
    page.wait_for_function("() => heard.includes('96 of 96 added')")
    heard = page.evaluate("heard")
    assert heard[0] == "Adding photos"
    quarters = {f"Photos dealt with: {share} %" for share in (25, 50, 75, 100)}
    assert set(heard) <= {"Adding photos", "Done", "96 of 96 added"} | quarters
    assert len(heard) == len(set(heard))


def test_toasts_and_choices_are_told(stage: Stage, owner: User) -> None:
    first, second = scored_photo(owner, 0.9), scored_photo(owner, 0.8)
    give_feedback(photo=second, feedback="like")
    page = listening(stage.open("/library/"))
    page.locator(f"#photo-{first.pk}-open").focus()
    page.keyboard.press("x")
    page.wait_for_function("() => heard.includes('1 chosen')")
    page.keyboard.press("2")
    page.wait_for_function("() => heard.some((said) => said.startsWith('1 photo liked.'))")
