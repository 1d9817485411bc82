"""API tokens in a real browser: made, copied, gone after a reload, revoked; with and without JavaScript."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import expect

from wizard.models import ApiToken
from wizard.tests.browser import Opener, PageErrors
from wizard.tests.token_samples import READ, caller, make

pytestmark = pytest.mark.browser


def test_a_token_is_made_copied_and_shown_once(open_page: Opener, owner: User) -> None:
    page = open_page("/accounts/", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_label("Name").fill("Backup script")
    page.get_by_label("It may").select_option("Read only")
    page.get_by_role("button", name="Make token").click()
    shown = page.get_by_label("The new token")
    expect(shown).to_be_focused()
    text = shown.input_value()
    assert page.evaluate("getSelection().toString()") == text
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == text
    assert caller(text).get("/api/photos").status_code == 200
    page.reload()
    expect(page.locator(".token-list li")).to_contain_text("Backup script")
    expect(shown).to_have_count(0)
    assert text not in page.content()
    assert ApiToken.objects.get(owner=owner).scope == READ


def test_a_page_that_is_kept_for_the_way_back_does_not_show_it_again(open_page: Opener) -> None:
    page = open_page("/accounts/")
    page.get_by_label("Name").fill("Backup script")
    page.keyboard.press("Enter")
    shown = page.get_by_label("The new token")
    text = shown.input_value()
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}))")
    expect(shown).to_have_count(0)
    page.get_by_role("link", name="Change password").click()
    page.wait_for_url("**/accounts/password/")
    page.go_back()
    expect(page.locator(".token-list li")).to_contain_text("Backup script")
    assert text not in page.content()


def test_where_there_is_no_clipboard_the_old_way_copies(open_page: Opener) -> None:
    page = open_page("/accounts/")
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.get_by_label("Name").fill("Backup script")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()


def test_a_name_that_cannot_be_seen_is_refused_beside_its_field(open_page: Opener, page_errors: PageErrors) -> None:
    page_errors.provoke("a status of 4")
    page = open_page("/accounts/")
    page.get_by_label("Name").fill("\u2060")
    page.keyboard.press("Enter")
    expect(page.locator("#token-more")).to_contain_text("Write something that can be seen.")


def test_revoking_asks_first(open_page: Opener, owner: User) -> None:
    token, text = make(owner, "Old laptop")
    page = open_page("/accounts/")
    page.get_by_role("link", name="Revoke Old laptop").click()
    page.get_by_role("link", name="Keep it").click()
    assert caller(text).get("/api/photos").status_code == 200
    page.get_by_role("link", name="Revoke Old laptop").click()
    page.get_by_role("button", name="Revoke token").click()
    expect(page.locator("#toasts")).to_contain_text("“Old laptop” is revoked.")
    expect(page.locator(f"#token-{token.pk}")).to_have_count(0)
    assert caller(text).get("/api/photos").status_code == 401


def test_without_javascript_it_is_shown_once_too(open_page: Opener, page_errors: PageErrors) -> None:
    page_errors.provoke("a status of 4")
    page = open_page("/accounts/", java_script_enabled=False)
    page.get_by_label("Name").fill("Backup script")
    page.get_by_role("button", name="Make token").click()
    shown = page.get_by_label("The new token")
    text = shown.input_value()
    expect(page.get_by_role("button", name="Copy")).to_be_hidden()
    page.reload()  # which sends the form again
    expect(page.get_by_role("alert")).to_contain_text("This form made its token already.")
    expect(shown).to_have_count(0)
    assert text not in page.content()
    assert ApiToken.objects.count() == 1


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_it_fits_the_window_and_the_new_token_is_in_sight(open_page: Opener, owner: User, width: int) -> None:
    make(owner, "n" * 60)
    page = open_page("/accounts/", viewport={"width": width, "height": 920})
    page.get_by_label("Name").fill("w" * 60)
    page.keyboard.press("Enter")
    expect(page.get_by_label("The new token")).to_be_focused()
    centre = "({x, y, width, height}) => document.elementFromPoint(x + width / 2, y + height / 2)?.id"
    assert page.evaluate(f"({centre})(document.activeElement.getBoundingClientRect())") == "new-token"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
