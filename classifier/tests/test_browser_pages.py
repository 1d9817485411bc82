from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from playwright.sync_api import expect

from classifier.models import Taste, TextPreference
from classifier.tests.factories import ReferencePhotoFactory, TextPreferenceFactory, scored_photo
from wizard.tests.browser import Opener, PageErrors

pytestmark = pytest.mark.browser


def test_a_phrase_is_saved_at_once(open_page: Opener, owner: User) -> None:
    page = open_page("/taste/")
    page.fill("#new-want", "at the beach")
    page.keyboard.press("Enter")
    phrase = page.get_by_label("Phrase")
    expect(phrase).to_have_value("at the beach")
    expect(page.locator("#new-want")).to_be_focused()
    expect(page.locator("#scoring")).to_contain_text("Updating your scores")
    page.get_by_label("How much it counts").select_option("A lot")
    expect(page.locator("option[selected]")).to_have_text("A lot")
    assert TextPreference.objects.get(owner=owner).weight == 2.0
    Taste.objects.filter(owner=owner).update(scored_revision=100)
    expect(page.locator("#scoring")).to_contain_text("Scores are up to date")


def test_a_slider_shows_and_saves_its_value(open_page: Opener, owner: User) -> None:
    page = open_page("/taste/")
    page.locator("#match_threshold").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("output[for=match_threshold]")).to_have_text("61")
    expect(page.locator("#scoring")).to_contain_text("Updating your scores")
    assert Taste.objects.get(owner=owner).match_threshold == 0.61


def test_the_theme_is_remembered(open_page: Opener) -> None:
    page = open_page("/accounts/", color_scheme="light")
    page.locator("main").get_by_role("button", name="Dark").click()
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(12, 10, 9)"
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.locator("main").get_by_role("button", name="Auto").click()
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(250, 250, 249)"


def test_the_keys_are_listed_and_the_delete_dialog_asks(
    open_page: Opener, owner: User, page_errors: PageErrors
) -> None:
    # The page that is left may still be asking what is like the photo: there is none any more.
    page_errors.provoke("404")
    photo = scored_photo(owner)
    page = open_page(f"/photos/{photo.pk}/")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Delete").click()
    page.get_by_role("button", name="Delete photo").click()
    page.wait_for_url("**/library/")
    expect(page.locator("#toasts")).to_contain_text("is deleted")


def test_whoever_was_signed_out_meanwhile_signs_in_and_comes_back(open_page: Opener, owner: User) -> None:
    photo = scored_photo(owner)
    page = open_page(f"/photos/{photo.pk}/?verdict=miss")
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    page.keyboard.press("2")
    expect(page).to_have_url(re.compile(rf"/accounts/sign-in/\?next=/photos/{photo.pk}/%3Fverdict%3Dmiss$"))


@pytest.mark.parametrize("width", [320, 390, 768, 1440])
def test_no_page_is_wider_than_the_window(open_page: Opener, owner: User, width: int) -> None:
    photo = scored_photo(owner, 0.7, is_match=True, photo__source_name="a-very-long-name-" * 8 + ".jpg")
    TextPreferenceFactory.create(owner=owner, phrase="an uncommonly long phrase " * 4, kind="avoid")
    ReferencePhotoFactory.create(photo=photo)
    page = open_page("/library/", viewport={"width": width, "height": 800})
    for address in ("/library/", f"/photos/{photo.pk}/", "/taste/", "/upload/", "/accounts/", "/accounts/password/"):
        page.goto(address)
        too_wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert too_wide == 0, address
