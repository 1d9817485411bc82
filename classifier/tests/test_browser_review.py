"""The review in a real browser: thirty photos by keyboard, five by touch, undo, two tabs."""

from __future__ import annotations

from functools import partial

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, Route, expect

from classifier.models import Photo, ReviewAnswer
from classifier.review.queue import replace
from classifier.review.reasons import Why
from classifier.tests.factories import scored_photo
from classifier.tests.memory_store import change_in
from wizard.tests.browser import Opener, PageErrors, wait_on

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SHOWN = ".review-card:not([inert]):not(.leaving)"


@pytest.fixture
def photos(owner: User, monkeypatch: pytest.MonkeyPatch) -> list[Photo]:
    """Forty photos in a queue of their own: the tests have no Redis."""
    kept: dict[str, object] = {}
    monkeypatch.setattr("wizard.store.put", lambda key, value, seconds: kept.update({key: value}))
    monkeypatch.setattr("wizard.store.change", partial(change_in, kept))
    monkeypatch.setattr("wizard.store.get", kept.get)
    monkeypatch.setattr("wizard.store.is_first", lambda key, seconds: False)
    made = [scored_photo(owner) for _ in range(40)]
    replace(owner.pk, [(photo.pk, Why.RANDOM) for photo in made], is_whole=True)
    return made


def answer_of(photo: Photo) -> str | None:
    return Photo.objects.get(pk=photo.pk).answer


def sent(page: Page, count: int) -> None:
    """Waits until so many answers are in the database."""
    expect(page.locator("#review-progress")).to_contain_text(f"{count} today")


@pytest.mark.slow("thirty answers, and each is waited for")
def test_thirty_photos_by_keyboard(open_page: Opener, owner: User, photos: list[Photo]) -> None:
    page = open_page("/review/")
    keys = ["1", "2", "3", "ArrowLeft", "ArrowRight", "ArrowUp"] * 5
    for photo, key in zip(photos, keys, strict=False):
        expect(page.locator(SHOWN)).to_have_attribute("data-photo", str(photo.pk))
        page.keyboard.press(key)
    sent(page, 30)
    assert [answer_of(photo) for photo in photos[:3]] == ["dislike", "like", "super_like"]
    assert [answer_of(photo) for photo in photos[27:30]] == ["dislike", "like", "super_like"]
    for _ in range(10):
        page.keyboard.press("z")
    sent(page, 20)
    expect(page.locator(SHOWN)).to_have_attribute("data-photo", str(photos[20].pk))
    assert [answer_of(photo) for photo in photos[20:30]] == [None] * 10
    page.keyboard.press("u")
    page.keyboard.press("s")
    expect(page.locator(SHOWN)).to_have_attribute("data-photo", str(photos[22].pk))
    sent(page, 21)  # a skip is no answer
    assert list(ReviewAnswer.objects.values_list("answer", flat=True)[:2]) == ["skip", "unsure"]
    page.keyboard.press("?")
    expect(page.locator("#keys-help")).to_be_visible()


def test_whoever_is_faster_than_the_server_is_asked_about_each_photo_once(
    open_page: Opener, owner: User, photos: list[Photo]
) -> None:
    page = open_page("/review/")

    def late(route: Route) -> None:
        page.wait_for_timeout(250)
        route.continue_()

    page.route("**/review/answer/", late)
    for _ in range(4):  # all that the page holds, before the server heard of the first
        page.keyboard.press("2")
    for _ in range(4):
        expect(page.locator(SHOWN)).to_have_count(1)
        page.keyboard.press("2")
    sent(page, 8)
    assert [answer_of(photo) for photo in photos[:8]] == ["like"] * 8
    assert ReviewAnswer.objects.count() == 8


def test_five_photos_by_touch(open_page: Opener, owner: User, photos: list[Photo]) -> None:
    page = open_page("/review/", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    touch = page.context.new_cdp_session(page)
    ways = [(-160, 0), (160, 0), (0, -200), (0, 200), (160, 10)]
    for photo, (x, y) in zip(photos, ways, strict=False):
        card = page.locator(SHOWN)
        expect(card).to_have_attribute("data-photo", str(photo.pk))
        box = card.bounding_box()
        assert box
        start = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
        touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [start]})
        for part in (0.3, 0.6, 1.0):
            point = {"x": start["x"] + part * x, "y": start["y"] + part * y}
            touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    sent(page, 5)
    assert [answer_of(photo) for photo in photos[:5]] == ["dislike", "like", "super_like", None, "like"]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_photo_answered_in_another_tab_is_not_shown_again(
    open_page: Opener, owner: User, photos: list[Photo]
) -> None:
    page = open_page("/review/")
    expect(page.locator(SHOWN)).to_have_attribute("data-photo", str(photos[0].pk))
    other = page.context.new_page()
    other.goto(page.url)
    other.keyboard.press("2")
    sent(other, 1)
    expect(page.locator(SHOWN)).to_have_attribute("data-photo", str(photos[1].pk))


def test_after_the_last_one_it_says_so(open_page: Opener, owner: User, photos: list[Photo]) -> None:
    Photo.objects.filter(pk__in=[photo.pk for photo in photos[1:]]).delete()
    page = open_page("/review/")
    page.get_by_role("button", name="Like", exact=True).click()
    expect(page.get_by_role("heading", name="That was all of them")).to_be_visible()
    page.keyboard.press("z")
    expect(page.locator(SHOWN)).to_have_attribute("data-photo", str(photos[0].pk))


def test_undo_reaches_answers_from_before_the_page_was_loaded(
    open_page: Opener, owner: User, photos: list[Photo]
) -> None:
    page = open_page("/review/")
    page.keyboard.press("2")
    sent(page, 1)
    page.reload()
    page.keyboard.press("z")
    expect(page.locator(SHOWN)).to_have_attribute("data-photo", str(photos[0].pk))
    assert answer_of(photos[0]) is None


def test_a_photo_that_was_deleted_elsewhere_does_not_stay_in_the_way(
    open_page: Opener, owner: User, photos: list[Photo], page_errors: PageErrors
) -> None:
    page_errors.provoke("404")
    page = open_page("/review/")
    Photo.objects.filter(pk=photos[0].pk).delete()
    page.keyboard.press("2")
    expect(page.locator(".toast")).to_contain_text("no longer there")
    page.keyboard.press("1")
    sent(page, 1)
    assert answer_of(photos[1]) == "dislike"


def test_undo_of_an_answer_that_did_not_arrive_takes_nothing_else_back(
    open_page: Opener, owner: User, photos: list[Photo], page_errors: PageErrors
) -> None:
    page = open_page("/review/")
    page.keyboard.press("2")
    sent(page, 1)
    held: list[Route] = []
    page.route("**/review/answer/", lambda route: held.append(route))
    page.keyboard.press("2")
    page.keyboard.press("z")  # before it is known that the answer did not arrive
    expect(page.locator(SHOWN)).to_have_attribute("data-photo", str(photos[1].pk))
    page_errors.provoke("net::ERR_FAILED")
    wait_on(page, lambda: held, "the answer is on its way")
    held[0].abort()
    expect(page.locator(".toast")).to_contain_text("was not kept")
    expect(page.locator(SHOWN)).to_have_attribute("data-photo", str(photos[1].pk))
    page.unroute("**/review/answer/")
    page.keyboard.press("3")
    sent(page, 2)
    assert [answer_of(photo) for photo in photos[:2]] == ["like", "super_like"]


def test_words_that_are_searched_for_answer_no_photo(open_page: Opener, owner: User, photos: list[Photo]) -> None:
    page = open_page("/review/", viewport={"width": 1400, "height": 800})
    page.keyboard.press("/")
    page.keyboard.type("123 sz")
    expect(page.locator(".search-bar [data-search]")).to_have_value("123 sz")
    expect(page.locator(SHOWN)).to_have_attribute("data-photo", str(photos[0].pk))
    assert not ReviewAnswer.objects.exists()


def test_the_last_answer_can_be_taken_back_by_its_button(open_page: Opener, owner: User, photos: list[Photo]) -> None:
    Photo.objects.filter(pk__in=[photo.pk for photo in photos[1:]]).delete()
    page = open_page("/review/", viewport={"width": 390, "height": 844})
    page.get_by_role("button", name="Like", exact=True).click()
    expect(page.get_by_role("heading", name="That was all of them")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(SHOWN)).to_have_attribute("data-photo", str(photos[0].pk))


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_it_fits_the_window(open_page: Opener, photos: list[Photo], width: int) -> None:
    page = open_page("/review/", viewport={"width": width, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    expect(page.get_by_role("button", name="Like", exact=True)).to_be_in_viewport()


@pytest.mark.parametrize("touch", [False, True], ids=["mouse", "touch"])
def test_a_double_click_answers_one_photo(open_page: Opener, owner: User, photos: list[Photo], touch: bool) -> None:
    page = open_page("/review/", has_touch=touch)
    like = page.get_by_role("button", name="Like", exact=True)
    if touch:  # by place: `like.tap()` looks at the button first, and the two taps would be too far apart
        box = like.bounding_box()
        assert box
        for _ in range(2):
            page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    else:
        like.dblclick()
    sent(page, 1)
    expect(page.locator(SHOWN)).to_have_attribute("data-photo", str(photos[1].pk))
    page.wait_for_timeout(450)
    like.click()
    sent(page, 2)
    assert [answer_of(photo) for photo in photos[:3]] == ["like", "like", None]


def test_a_key_that_is_held_down_on_a_button_answers_one_photo(
    open_page: Opener, owner: User, photos: list[Photo]
) -> None:
    page = open_page("/review/")
    page.get_by_role("button", name="Like", exact=True).focus()
    for _ in range(4):  # Playwright repeats a key that is down already
        page.keyboard.down("Enter")
    page.keyboard.up("Enter")
    sent(page, 1)
    expect(page.locator(SHOWN)).to_have_attribute("data-photo", str(photos[1].pk))


LAYOUTS = {
    "Cyrillic": [("2", "Digit2", "like"), ("\u0433", "KeyU", "unsure"), ("\u044b", "KeyS", "skip")],
    "AZERTY": [("&", "Digit1", "dislike"), ("\u00e9", "Digit2", "like"), ('"', "Digit3", "super_like")],
    "Arabic": [("\u0661", "Digit1", "dislike"), ("\u0639", "KeyU", "unsure"), ("\u0633", "KeyS", "skip")],
    "Thai": [("\u0e45", "Digit1", "dislike"), ("\u0e35", "KeyU", "unsure"), ("\u0e2b", "KeyS", "skip")],
    "number pad": [("1", "Numpad1", "dislike"), ("2", "Numpad2", "like"), ("3", "Numpad3", "super_like")],
}


def press(page: Page, key: str, code: str, **more: bool) -> None:
    """As a keyboard of another layout does it; Playwright has only the one of the United States."""
    event = {"key": key, "code": code, "bubbles": True, "cancelable": True, **more}
    page.evaluate("(event) => document.body.dispatchEvent(new KeyboardEvent('keydown', event))", event)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_keys_answer_on_every_layout(open_page: Opener, owner: User, photos: list[Photo], layout: str) -> None:
    page = open_page("/review/")
    for photo, (key, code, _) in zip(photos, LAYOUTS[layout], strict=False):
        expect(page.locator(SHOWN)).to_have_attribute("data-photo", str(photo.pk))
        press(page, key, code)
    expect(page.locator(SHOWN)).to_have_attribute("data-photo", str(photos[3].pk))
    answers = [answer for *_, answer in LAYOUTS[layout]]
    sent(page, 3 - answers.count("skip"))
    assert list(ReviewAnswer.objects.order_by("pk").values_list("answer", flat=True)) == answers


def test_keys_of_other_letters_answer_nothing(open_page: Opener, owner: User, photos: list[Photo]) -> None:
    page = open_page("/review/")
    press(page, ";", "KeyZ")  # Dvorak, where Z is elsewhere
    press(page, "w", "KeyZ")  # AZERTY
    press(page, "/", "Digit2")  # Thai; it leads to the search
    press(page, "!", "Digit1", shiftKey=True)
    press(page, "o", "KeyS")  # Dvorak
    press(page, "\u00df", "KeyS", modifierAltGraph=True)
    expect(page.locator(SHOWN)).to_have_attribute("data-photo", str(photos[0].pk))
    assert not ReviewAnswer.objects.exists()
