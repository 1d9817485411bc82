"""Everything is done by the keyboard alone, and one always sees where one is."""

from __future__ import annotations

from typing import Literal

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import expect

from classifier.models import Photo
from classifier.review.queue import replace
from classifier.review.reasons import Why
from classifier.tests.factories import TextPreferenceFactory, scored_photo
from wizard.tests.keyboard import CONTROLS, assert_seen, once_around, tab_to
from wizard.tests.states import STATES, Stage, State

pytestmark = pytest.mark.browser

WALKED = (
    *("library_with_a_tile_of_each_kind", "library_with_some_chosen", "photo_with_its_reasons", "review_of_a_photo"),
    *("taste_with_everything", "home_with_everything", "training_that_runs", "versions_of_which_there_are_many"),
    *("map_with_a_photo_and_a_region", "upload_with_its_tray", "account", "sign_in_refused"),
)


@pytest.mark.slow("does the whole main job with keys")
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_main_job(stage: Stage, owner: User, theme: Literal["light", "dark"]) -> None:
    photos = [scored_photo(owner, (9 - number) / 10) for number in range(4)]
    replace(owner.pk, [(photo.pk, Why.RANDOM) for photo in photos[2:]], is_whole=True)
    page = stage.open("/library/", viewport={"width": 1280, "height": 800}, color_scheme=theme)
    press = page.keyboard.press
    # Past the frame, to the first photo, and through its answers.
    press("Tab")
    assert page.evaluate("document.activeElement.matches('.skip')")
    assert_seen(page)
    press("Enter")
    expect(page.locator("#content")).to_be_focused()
    tab_to(page, f"#photo-{photos[0].pk}-open")
    tab_to(page, f"#photo-{photos[0].pk}-like")
    press("Enter")
    expect(page.locator(f"#photo-{photos[0].pk} .given-like")).to_be_visible()
    expect(page.locator(f"#photo-{photos[0].pk}-like")).to_be_focused()
    # Two at once, by the bar.
    press("ArrowRight")
    press("x")
    press("ArrowRight")
    press("x")
    tab_to(page, "#selection [data-answer=dislike]")
    press("Enter")
    expect(page.locator(".given-dislike")).to_have_count(2)
    expect(page.locator("#content")).to_be_focused()  # the bar is gone
    # Undo, by its button in the toast.
    tab_to(page, ".toast:last-child form button")
    press("Enter")
    expect(page.locator(".given-dislike")).to_have_count(0)
    # A photo, its dialog and back.
    page.locator(f"#photo-{photos[1].pk}-open").focus()
    press("Enter")
    page.wait_for_url(f"**/photos/{photos[1].pk}/**")
    tab_to(page, "[data-dialog=delete-dialog]")
    press("Enter")
    expect(page.locator("#delete-dialog")).to_be_visible()
    for _ in range(5):
        press("Tab")
        assert page.evaluate("document.activeElement.matches('body, dialog *')")
    press("Escape")
    expect(page.locator("[data-dialog=delete-dialog]")).to_be_focused()
    # The review.
    page.goto("/review/")
    tab_to(page, "#review button[data-answer=super_like]")
    press("Enter")
    expect(page.locator("#review-progress")).to_contain_text("today")
    press("ArrowLeft")
    expect(page.locator("#review-empty")).to_be_visible()
    page.wait_for_function("() => !document.querySelector('.leaving')")
    page.goto("/library/")
    assert [Photo.objects.get(pk=photo.pk).answer for photo in photos] == ["like", None, "super_like", "dislike"]


def test_the_menu_and_its_dialog_lead_back(stage: Stage) -> None:
    page = stage.open("/library/")
    tab_to(page, ".menu > summary")
    page.keyboard.press("Enter")
    tab_to(page, ".menu a.menu-item")
    page.keyboard.press("Escape")
    expect(page.locator(".menu")).not_to_have_attribute("open", "")
    expect(page.locator(".menu > summary")).to_be_focused()
    page.keyboard.press("Enter")
    tab_to(page, "[data-dialog=keys-help]")
    page.keyboard.press("Enter")
    expect(page.locator("#keys-help")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".menu > summary")).to_be_focused()


def test_keys_of_one_character_can_be_switched_off(stage: Stage, owner: User) -> None:
    photo = scored_photo(owner)
    page = stage.open(f"/photos/{photo.pk}/")
    page.keyboard.press("?")
    page.locator("[data-single-keys]").press("Space")
    page.keyboard.press("Escape")
    page.keyboard.press("2")
    page.reload()
    page.keyboard.press("2")
    page.keyboard.press("?")
    expect(page.locator("#keys-help")).to_be_hidden()
    assert photo.answer is None
    page.locator(".menu > summary").press("Enter")
    page.locator("[data-dialog=keys-help]").press("Enter")
    page.locator("[data-single-keys]").press("Space")
    page.keyboard.press("Escape")
    page.keyboard.press("2")
    expect(page.locator("#answer-like")).to_have_attribute("aria-pressed", "true")


def test_a_part_that_is_drawn_anew_keeps_the_place(stage: Stage, owner: User) -> None:
    for phrase in ("at the beach", "sailing"):
        TextPreferenceFactory.create(owner=owner, phrase=phrase)
    page = stage.open("/taste/")
    page.locator(".phrase-delete").first.press("Enter")
    expect(page.locator(".phrase:not([inert]) .phrase-delete")).to_have_count(1)
    expect(page.locator("#phrases")).to_be_focused()


@pytest.mark.parametrize("state", [state for state in STATES if state.name in WALKED], ids=lambda state: state.name)
def test_every_control_is_reached_and_seen(state: State, stage: Stage) -> None:
    page = state.shown(stage)
    controls = page.evaluate(CONTROLS)
    assert once_around(page) >= controls
