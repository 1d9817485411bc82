"""The account, its gates, and what staff and programmers see."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from wizard.tests.states import Stage, state
from wizard.tests.token_samples import READ, make


def signed_out(stage: Stage, address: str) -> Page:
    page = stage.open("/library/")
    page.context.clear_cookies()
    page.goto(address)
    return page


def sent(stage: Stage, page: Page, **typed: str) -> Page:
    """As it comes back when something is wrong with it."""
    for name, text in typed.items():
        page.fill(f"main [name={name}]", text)
    page.locator("main form").last.evaluate("form => { form.noValidate = true; }")
    stage.page_errors.provoke("a status of 4")
    with page.expect_navigation():
        page.locator("main form button").last.click()
    return page


@state("account")
def account(stage: Stage) -> Page:
    make(stage.owner, "n" * 60, READ)
    make(stage.owner, "Old laptop")
    page = stage.open("/accounts/")
    page.fill("#token-name", "w" * 60)
    page.keyboard.press("Enter")
    expect(page.locator("#new-token")).to_be_focused()
    return page


@state("account")
def account_with_a_token_refused(stage: Stage) -> Page:
    stage.page_errors.provoke("a status of 4")
    page = stage.open("/accounts/")
    page.fill("#token-name", "\u2060")
    page.keyboard.press("Enter")
    expect(page.locator("#token-more .field-error")).to_be_visible()
    return page


@state("token_revoke")
def token_to_revoke(stage: Stage) -> Page:
    token, _ = make(stage.owner, "Old laptop")
    return stage.open(f"/accounts/tokens/{token.pk}/revoke/")


@state("password_change")
def password_to_change(stage: Stage) -> Page:
    return stage.open("/accounts/password/")


@state("password_change")
def password_refused(stage: Stage) -> Page:
    return sent(stage, stage.open("/accounts/password/"), old_password="wrong", new_password1="x", new_password2="y")


@state("account_delete")
def account_to_delete(stage: Stage) -> Page:
    return stage.open("/accounts/delete/")


@state("account_delete")
def account_to_delete_with_a_wrong_password(stage: Stage) -> Page:
    return sent(stage, stage.open("/accounts/delete/"), password="wrong")


@state("login")
def sign_in(stage: Stage) -> Page:
    return signed_out(stage, "/accounts/sign-in/")


@state("login")
def sign_in_refused(stage: Stage) -> Page:
    return sent(stage, signed_out(stage, "/accounts/sign-in/"), username="robin", password="wrong")


@state("signup")
def sign_up(stage: Stage) -> Page:
    return signed_out(stage, "/accounts/sign-up/")


@state("signup")
def sign_up_refused(stage: Stage) -> Page:
    page = signed_out(stage, "/accounts/sign-up/")
    return sent(stage, page, username=stage.owner.username, password1="short", password2="other")


@state("signup")
def sign_up_that_is_closed(stage: Stage) -> Page:
    stage.settings.SIGN_UP_OPEN = False
    stage.page_errors.provoke("a status of 4")
    return signed_out(stage, "/accounts/sign-up/")


@state("status")
def status(stage: Stage) -> Page:
    stage.owner.is_staff = True
    stage.owner.save(update_fields=["is_staff"])
    return stage.open("/status/")


@state("api_docs")
def api_docs(stage: Stage) -> Page:
    page = stage.open("/api/docs")
    page.locator(".opblock").first.wait_for()
    return page
