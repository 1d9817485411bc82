"""Nothing moves under the reader's eyes while tiles load and fill in."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, Route, expect

from classifier.models import Photo, Taste
from classifier.tests.factories import PhotoFactory, ResultFactory, TextPreferenceFactory, scored_photo
from wizard.tests.browser import wait_on
from wizard.tests.states import Stage

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("width", [1280, 390])]

MOST = 0.02  # a fifth of what is called good
OBSERVE = """window.shifts = [];
new PerformanceObserver((list) => {
  for (const { value, sources } of list.getEntries()) {
    shifts.push([value, ...sources.map(({ node }) => node?.id || node?.className || node?.nodeName)]);
  }
}).observe({ type: "layout-shift", buffered: true });"""
ALL_LOADED = "() => [...document.querySelectorAll('#grid img')].slice(0, 4).every((image) => image.complete)"


def library(stage: Stage, width: int) -> Page:
    """Its pictures come after the first paint, as from a far or a busy machine."""
    page = stage.open("/accounts/", viewport={"width": width, "height": 800})
    held: list[Route] = []
    page.context.route("**/thumbnail*", lambda route: held.append(route))
    page.add_init_script(OBSERVE)
    page.goto("/library/", wait_until="domcontentloaded")
    wait_on(page, lambda: held, "the pictures are asked for")
    page.wait_for_timeout(300)  # the first paint
    for route in held:
        route.continue_()
    page.context.unroute("**/thumbnail*")
    page.wait_for_function(ALL_LOADED)
    return page


def assert_nothing_moved(page: Page) -> None:
    page.wait_for_timeout(300)
    shifts = page.evaluate("shifts")
    assert sum(value for value, *_ in shifts) < MOST, shifts


def test_tiles_that_load_move_nothing(stage: Stage, owner: User, width: int) -> None:
    TextPreferenceFactory.create(owner=owner)
    for number in range(24):
        scored_photo(owner, number / 24, is_match=number > 12)
    assert_nothing_moved(library(stage, width))


def test_tiles_that_fill_in_move_nothing(stage: Stage, owner: User, width: int) -> None:
    TextPreferenceFactory.create(owner=owner)
    waiting = [PhotoFactory.create(owner=owner, status=Photo.Status.QUEUED) for _ in range(8)]
    Taste.objects.filter(owner=owner).update(revision=7)  # scores are being updated
    page = library(stage, width)
    for number, photo in enumerate(waiting):
        ResultFactory.create(photo=photo, score=number / 8, is_match=number > 4)
        Photo.objects.filter(pk=photo.pk).update(status=Photo.Status.READY)
    expect(page.locator("#grid .ring")).to_have_count(len(waiting))
    Taste.objects.filter(owner=owner).update(scored_revision=7)
    expect(page.locator("#poller[hx-trigger]")).to_have_count(0)
    assert_nothing_moved(page)
