from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from classifier.models import Photo
from classifier.services import give_feedback, trash_photos
from classifier.tests.factories import PhotoFactory, ResultFactory, TextPreferenceFactory, scored_photo
from wizard.tests.browser import Opener

pytestmark = pytest.mark.browser


def count_of(page: Page, name: str) -> str:
    return page.locator(f"#filter-{name} .count").inner_text()


def test_keys_answer_the_photo_one_stands_on_and_undo(open_page: Opener, owner: User) -> None:
    best, next_best = scored_photo(owner, 0.9), scored_photo(owner, 0.8)
    page = open_page("/library/")
    page.keyboard.press("ArrowRight")
    expect(page.locator(f"#photo-{best.pk}-open")).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("2")
    tile = page.locator(f"#photo-{next_best.pk}")
    expect(tile.locator(".given-like")).to_be_visible()
    expect(page.locator(f"#photo-{next_best.pk}-open")).to_be_focused()
    assert count_of(page, "like") == "1"
    page.keyboard.press("3")
    expect(tile.locator(".given-super_like")).to_be_visible()
    page.keyboard.press("z")
    expect(tile.locator(".given-like")).to_be_visible()
    page.keyboard.press("z")
    expect(tile.locator(".tile-given")).to_have_count(0)
    assert Photo.objects.get(pk=next_best.pk).answer is None


def test_a_click_answers_and_another_takes_it_back(open_page: Opener, owner: User) -> None:
    photo = scored_photo(owner)
    page = open_page("/library/")
    tile = page.locator(f"#photo-{photo.pk}")
    tile.hover()
    tile.get_by_role("button", name="Dislike").click()
    expect(tile.locator(".given-dislike")).to_be_visible()
    tile.get_by_role("button", name="Dislike").click()
    expect(tile.locator(".tile-given")).to_have_count(0)


@pytest.mark.parametrize("place", ["tile", "page"])
def test_a_double_click_is_one_answer(open_page: Opener, owner: User, place: str) -> None:
    photo = scored_photo(owner)
    page = open_page("/library/" if place == "tile" else photo.page_url)
    answers = page.locator(f"[data-answers={place}]")
    answers.hover()
    answers.locator("button[data-answer=like]").dblclick()
    expect(answers.locator("button[data-answer=like]")).to_have_attribute("aria-pressed", "true")
    page.wait_for_timeout(300)  # for a second answer, if there was one
    assert Photo.objects.get(pk=photo.pk).answer == "like"


def test_keys_answer_on_a_layout_without_latin_letters(open_page: Opener, owner: User) -> None:
    photo = scored_photo(owner)
    page = open_page(photo.page_url)
    key = {"key": "\u00e9", "code": "Digit2", "bubbles": True}
    page.evaluate("(key) => document.body.dispatchEvent(new KeyboardEvent('keydown', key))", key)
    expect(page.locator("button[data-answer=like]")).to_have_attribute("aria-pressed", "true")
    undo = {"key": "\u044f", "code": "KeyZ", "bubbles": True}
    page.evaluate("(key) => document.body.dispatchEvent(new KeyboardEvent('keydown', key))", undo)
    expect(page.locator("button[data-answer=like]")).to_have_attribute("aria-pressed", "false")


def test_arrow_keys_go_through_the_list_and_numbers_answer(open_page: Opener, owner: User) -> None:
    first, second = scored_photo(owner, 0.9, is_match=True), scored_photo(owner, 0.8, is_match=True)
    page = open_page(f"/photos/{first.pk}/?verdict=match")
    page.keyboard.press("ArrowRight")
    page.wait_for_url(f"**/photos/{second.pk}/?verdict=match")
    page.keyboard.press("1")
    expect(page.locator("#answer-dislike")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#answer-dislike")).to_have_attribute("aria-pressed", "false")


def test_tiles_fill_in_by_themselves(open_page: Opener, owner: User) -> None:
    TextPreferenceFactory.create(owner=owner)
    waiting = PhotoFactory.create(owner=owner, status=Photo.Status.QUEUED)
    broken = PhotoFactory.create(owner=owner, status=Photo.Status.QUEUED)
    page = open_page("/library/")
    expect(page.locator(f"#photo-{waiting.pk}")).to_contain_text("Waiting")
    ResultFactory.create(photo=waiting, score=0.83, is_match=True)
    Photo.objects.filter(pk=waiting.pk).update(status=Photo.Status.READY)
    Photo.objects.filter(pk=broken.pk).update(status=Photo.Status.UNREADABLE, unreadable_reason="It is damaged.")
    expect(page.locator(f"#photo-{waiting.pk} .ring")).to_have_text("83")
    expect(page.locator(f"#photo-{broken.pk}")).to_contain_text("It is damaged.")
    expect(page.locator("#poller[hx-trigger]")).to_have_count(0)


def test_everything_works_without_javascript(open_page: Opener, owner: User) -> None:
    photo = scored_photo(owner, 0.9, is_match=True)
    scored_photo(owner, 0.1)
    page = open_page("/library/", java_script_enabled=False)
    page.get_by_role("link", name="Matches 1").click()
    expect(page.locator(".tile")).to_have_count(1)
    page.locator(f"#photo-{photo.pk}").hover()
    page.locator(f"#photo-{photo.pk}-like").click()
    expect(page.locator(f"#photo-{photo.pk} .given-like")).to_be_visible()
    assert page.url.endswith(f"/library/?verdict=match#photo-{photo.pk}")
    page.locator(f"#photo-{photo.pk}-open").click()
    page.get_by_role("button", name="Super like").click()
    expect(page.locator("#answer-super_like")).to_have_attribute("aria-pressed", "true")


def test_several_photos_are_chosen_and_answered_at_once(open_page: Opener, owner: User) -> None:
    photos = [scored_photo(owner, (9 - index) / 10) for index in range(4)]
    page = open_page("/library/")
    bar = page.locator("#selection")
    expect(bar).to_be_hidden()
    page.locator(f"#photo-{photos[0].pk}").hover()
    page.locator(f"#photo-{photos[0].pk}-pick").click()
    page.locator(f"#photo-{photos[2].pk}-pick").click(modifiers=["Shift"])
    expect(bar).to_contain_text("3 chosen")
    bar.get_by_role("button", name="Like", exact=True).click()
    expect(page.locator("#toasts")).to_contain_text("3 photos liked.")
    expect(page.locator(".given-like")).to_have_count(3)
    expect(bar).to_be_hidden()
    page.keyboard.press("z")
    expect(page.locator(".tile-given")).to_have_count(0)


def test_while_choosing_a_tap_on_a_photo_chooses_it(open_page: Opener, owner: User) -> None:
    photo = scored_photo(owner)
    page = open_page("/library/", has_touch=True, is_mobile=True, viewport={"width": 390, "height": 844})
    page.get_by_role("button", name="Choose", exact=True).tap()
    page.locator(f"#photo-{photo.pk}-open").tap()
    expect(page.locator("#selection")).to_contain_text("1 chosen")
    page.locator("#selection").get_by_role("button", name="Delete").tap()
    expect(page.locator("#toasts")).to_contain_text("1 photo deleted.")
    assert not Photo.objects.owned_by(owner).exists()


def test_going_back_shows_what_was_answered_since(open_page: Opener, owner: User) -> None:
    photo = scored_photo(owner)
    page = open_page("/library/")
    give_feedback(photo=photo, feedback="like")
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    expect(page.locator(f"#photo-{photo.pk} .given-like")).to_be_visible()


@pytest.mark.usefixtures("no_similar_photos")
def test_going_back_takes_away_what_was_deleted_since(open_page: Opener, owner: User) -> None:
    photos = [scored_photo(owner, 0.9 - 0.1 * number) for number in range(3)]
    page = open_page("/library/")
    page.locator(f"#photo-{photos[0].pk}-open").click()
    expect(page).to_have_url(re.compile(rf"/photos/{photos[0].pk}/"))
    page.wait_for_load_state("networkidle")  # all parts of the photo's page are there
    trash_photos(photos[:2])
    give_feedback(photo=photos[2], feedback="like")
    page.go_back()
    expect(page.locator("#grid .tile")).to_have_count(1)
    expect(page.locator(f"#photo-{photos[2].pk} .given-like")).to_be_visible()
    expect(page.locator("#filter-all")).to_contain_text("1")
