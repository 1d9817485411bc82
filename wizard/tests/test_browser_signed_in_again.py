"""The session ends, and the reader signs in again in another tab: pages that are still open work again."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from playwright.sync_api import FilePayload, Page, expect

from classifier.models import ClassificationResult, Photo, ReviewAnswer
from classifier.review.queue import replace
from classifier.review.reasons import Why
from classifier.tests.factories import jpeg, scored_photo
from wizard.tests.browser import Opener, PageErrors
from wizard.tests.states import Stage

pytestmark = pytest.mark.browser

PASSWORD = "seven green lanterns"
PICTURE: FilePayload = {"name": "beach.jpg", "mimeType": "image/jpeg", "buffer": jpeg("gold")}


@pytest.fixture(autouse=True)
def complaints(page_errors: PageErrors) -> None:
    for complaint in ("a status of 401", "a status of 403", "Status Error Code 403"):
        page_errors.provoke(complaint)


def sign_in_elsewhere(page: Page, user: User) -> None:
    """In another tab. Before that the session ends, after the page has loaded all of its parts."""
    page.wait_for_load_state("networkidle")
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])
    Session.objects.all().delete()
    tab = page.context.new_page()
    tab.goto("/accounts/sign-in/")
    tab.fill("#id_username", user.username)
    tab.fill("#id_password", PASSWORD)
    tab.keyboard.press("Enter")
    expect(tab.locator("body[data-user]")).to_be_attached()
    tab.close()


def test_an_upload_can_be_tried_again(open_page: Opener, owner: User) -> None:
    page = open_page("/upload/")
    Session.objects.all().delete()
    page.set_input_files("#files-js", [PICTURE])
    expect(page.locator("[data-part=title]")).to_contain_text("You are signed out.")
    sign_in_elsewhere(page, owner)
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("[data-part=counts]")).to_have_text("1 of 1 added")
    assert Photo.objects.owned_by(owner).count() == 1


def test_nobody_adds_photos_to_the_library_of_another_person(open_page: Opener, owner: User, stranger: User) -> None:
    page = open_page("/upload/")
    sign_in_elsewhere(page, stranger)
    with page.expect_navigation():  # it is the other person's page now
        page.set_input_files("#files-js", [PICTURE])
    expect(page.locator("#upload-tray")).to_be_hidden()
    assert not Photo.objects.exists()


def test_an_answer_in_the_review_is_kept(stage: Stage, owner: User) -> None:
    photo = scored_photo(owner)
    replace(owner.pk, [(photo.pk, Why.RANDOM)], is_whole=True)
    page = stage.open("/review/")
    sign_in_elsewhere(page, owner)
    with page.expect_response(lambda response: "/review/" in response.url and response.ok):
        page.keyboard.press("2")
    assert ReviewAnswer.objects.get(owner=owner).photo == photo


@pytest.mark.usefixtures("no_similar_photos")
def test_an_answer_on_a_photos_page_is_kept(open_page: Opener, owner: User) -> None:
    photo = scored_photo(owner)
    page = open_page(photo.page_url)
    sign_in_elsewhere(page, owner)
    page.locator("[data-answers=page] button[data-answer=like]").click()
    expect(page.locator("[data-answers=page] button[data-answer=like]")).to_have_attribute("aria-pressed", "true")
    assert ClassificationResult.objects.get(photo=photo).user_feedback == "like"


def test_a_form_that_the_browser_sends_itself_is_accepted(open_page: Opener, owner: User) -> None:
    page = open_page("/accounts/password/")
    sign_in_elsewhere(page, owner)
    with page.expect_response("**/accounts/session/"):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # the reader comes back to this tab
    page.fill("#id_old_password", PASSWORD)
    page.fill("#id_new_password1", "four quiet words here")
    page.fill("#id_new_password2", "four quiet words here")
    page.keyboard.press("Enter")
    page.wait_for_url("**/accounts/")
    owner.refresh_from_db()
    assert owner.check_password("four quiet words here")


@pytest.mark.usefixtures("no_similar_photos")
def test_a_page_of_someone_signed_out_says_what_to_do(open_page: Opener, owner: User) -> None:
    page = open_page(scored_photo(owner).page_url)
    page.wait_for_load_state("networkidle")
    page.context.clear_cookies()
    page.locator("[data-answers=page] button[data-answer=like]").click()
    expect(page.locator(".toast")).to_contain_text("You are signed out. Sign in again in another tab, then try again.")
