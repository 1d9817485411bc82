"""The versions page in a real browser: sorted, compared, used, with and without JavaScript, wide and narrow."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from playwright.sync_api import expect

from classifier.models import Photo, Taste
from classifier.sample import sample_photos
from training.models import LearnedAnswer, ModelVersion
from training.tests.job_samples import Status, job_of, version_of
from training.tests.test_home import answered_photos
from training.tests.test_versions import ACCURATE, LESS_SO
from wizard.tests.browser import Opener

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def versions(owner: User) -> None:
    """Versions 2 and 3 learned from the same twenty answers; 2 was measured as better."""
    photos = answered_photos(owner)
    (sample, *_) = sample_photos()
    thumbnail = default_storage.save("thumbnails/sample.webp", ContentFile(sample.file.read_bytes()))
    Photo.objects.update(thumbnail=thumbnail)
    for number, figures in ((2, ACCURATE), (3, LESS_SO)):
        version = version_of(owner, number)
        ModelVersion.objects.filter(pk=version.pk).update(figures=figures)
        job = job_of(owner, Status.COMPLETED, version=version)
        LearnedAnswer.objects.bulk_create(
            LearnedAnswer(job=job, photo_sha256=photo.sha256, feedback="like", chance=0.8 if number == 2 else 0.3)
            for photo in photos
        )


def test_two_ticks_and_a_click_compare(open_page: Opener) -> None:
    page = open_page("/versions/")
    page.get_by_label("Compare Version 3").check()
    page.get_by_label("Compare Version 2").check()
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("heading", name="Version 3 and version 2")).to_be_visible()
    expect(page.locator("#comparison")).to_contain_text("Version 3 is right about 10 that version 2 is wrong about")


def test_columns_sort_by_their_heads(open_page: Opener) -> None:
    page = open_page("/versions/")
    page.get_by_role("link", name="Accuracy").click()
    names = page.locator("tr.version .version-tick")
    expect(names).to_have_text(["Compare Version 2", "Compare Version 3", "Compare Version 1"])
    page.get_by_role("link", name="Accuracy").click()
    expect(names).to_have_text(["Compare Version 3", "Compare Version 2", "Compare Version 1"])
    expect(page.locator("th[aria-sort=ascending]")).to_contain_text("Accuracy")


def test_one_click_uses_it_and_the_page_says_how_far_the_scores_are(open_page: Opener, owner: User) -> None:
    page = open_page("/versions/")
    page.locator("#version-2").get_by_role("button", name="Use").click()
    expect(page.locator("#rescoring")).to_contain_text("Version 2 is scoring your photos: 0 of 20.")
    Taste.objects.filter(owner=owner).update(scored_revision=10**6)  # as the score worker does when it is done
    expect(page.locator("#rescoring")).to_be_empty()
    expect(page.locator("#version-2")).to_contain_text("Active")
    page.locator("#version-3").get_by_role("button", name="Use").click()
    expect(page.get_by_role("heading", name="Use version 3?")).to_be_visible()
    page.get_by_role("link", name="Keep version 2").click()
    expect(page.locator("#version-2")).to_contain_text("Active")


@pytest.mark.parametrize("width", [320, 390, 1280])
@pytest.mark.parametrize("address", ["/versions/", "/versions/compare/?v=2&v=3", "/versions/3/delete/"])
def test_it_fits_the_window(open_page: Opener, width: int, address: str) -> None:
    page = open_page(address, viewport={"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_without_javascript_everything_is_there(open_page: Opener) -> None:
    page = open_page("/versions/compare/?v=2&v=3", java_script_enabled=False)
    expect(page.locator("#comparison")).to_contain_text("Version 3 is right about 10")
    page.goto(page.url.split("/versions/")[0] + "/versions/")
    page.locator("#version-2").get_by_role("button", name="Use").click()
    expect(page.locator("#version-2")).to_contain_text("Active")
