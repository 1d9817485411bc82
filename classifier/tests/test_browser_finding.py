"""The map and the library's place, in a real browser."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from classifier import tasks
from classifier.models import Photo
from classifier.services import give_feedback
from classifier.tests.factories import scored_photo
from classifier.views.listing import PAGE_SIZE
from wizard import store
from wizard.tests.browser import Opener

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

COLOURS = """() => {
  const canvas = document.querySelector("#map canvas");
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const found = new Set();
  for (let i = 0; i < data.length; i += 4) {
    if (data[i + 3] === 255) found.add(`${data[i]},${data[i + 1]},${data[i + 2]}`);
  }
  return [...found];
}"""


@pytest.fixture
def photos(owner: User, monkeypatch: pytest.MonkeyPatch) -> list[Photo]:
    """Nine photos on a map, three by three; the score worker's answer stands in for it."""
    made = [scored_photo(owner, 0.1 * number) for number in range(9)]
    points = [[photo.pk, (place % 3) / 2, (place // 3) / 2] for place, photo in enumerate(made)]
    monkeypatch.setattr(store, "get", lambda key: {"points": points} if "answer" in key else None)
    monkeypatch.setattr(store, "put", lambda key, value, seconds: None)
    monkeypatch.setattr(tasks.fill_review, "apply_async", lambda owners: None)
    return made


def colours(page: Page) -> set[str]:
    page.wait_for_timeout(100)  # a frame
    return set(page.evaluate(COLOURS))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_map_tells_answers_and_scores_apart_in_both_themes(
    open_page: Opener, photos: list[Photo], theme: str
) -> None:
    for photo, answer in zip(photos, ["like", "dislike", "super_like"], strict=False):
        give_feedback(photo=photo, feedback=answer)
    page = open_page("/map/", color_scheme=theme)
    expect(page.locator("#map")).to_have_attribute("data-ready", "9")
    by_score = colours(page)
    page.get_by_role("button", name="Answer").click()
    by_answer = colours(page)
    like, dislike, super_like = {
        "light": ("21,128,61", "185,28,28", "180,83,9"),
        "dark": ("74,222,128", "248,113,113", "251,191,36"),
    }[theme]
    assert {like, dislike, super_like} <= by_answer
    assert not {like, dislike, super_like} & by_score
    assert "0,0,0" not in by_score | by_answer


def test_a_region_of_the_map_is_chosen_by_keyboard(open_page: Opener, photos: list[Photo]) -> None:
    page = open_page("/map/")
    expect(page.locator("#map")).to_have_attribute("data-ready", "9")
    page.get_by_role("button", name="Choose a region").click()
    page.locator("#map canvas").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Review 9 photos")).to_be_focused()


def test_back_from_a_photo_the_library_is_as_it_was_left(open_page: Opener, owner: User) -> None:
    made = [scored_photo(owner, 0.5) for _ in range(PAGE_SIZE + 20)]
    page = open_page("/library/")
    page.mouse.wheel(0, 100_000)  # the rest comes by itself
    expect(page.locator("#grid .tile")).to_have_count(len(made))
    last = page.locator("#grid .tile").last
    last.scroll_into_view_if_needed()
    name = last.get_attribute("id")
    last.locator(".tile-open").click()
    page.wait_for_url("**/photos/**")
    page.go_back()
    expect(page.locator("#grid .tile")).to_have_count(len(made))
    expect(page.locator(f"#{name}")).to_be_in_viewport()
