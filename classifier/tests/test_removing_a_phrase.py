"""A phrase that is removed can be brought back, and no other row moves under the pointer."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Locator, Page, expect
from pytest_django.asserts import assertContains

from classifier.models import TextPreference
from classifier.tests.factories import TextPreferenceFactory
from wizard.tests.browser import Opener

pytestmark = pytest.mark.django_db


def phrases(owner: User) -> list[TextPreference]:
    kept = {"owner": owner, "kind": "avoid", "weight": 2.0, "is_dealbreaker": True}
    return [TextPreferenceFactory.create(phrase=phrase, **kept) for phrase in ("a tent", "a boat", "a car")]


def remove_button(page: Page, phrase: str) -> Locator:
    return page.get_by_role("button", name=f"Remove “{phrase}”")


def place_in_list(page: Page, phrase: str) -> tuple[float, float]:
    """Of its button; a notice that comes above the list, as without a worker here, moves the whole list."""
    button, rows = remove_button(page, phrase).bounding_box(), page.locator(".phrases").bounding_box()
    assert button
    assert rows
    return button["x"] - rows["x"], button["y"] - rows["y"]


def test_without_a_script_it_says_so(owner: User, owner_client: Client) -> None:
    tent, *_ = phrases(owner)
    assertContains(owner_client.post(f"/taste/phrases/{tent.pk}/delete/", follow=True), "“a tent” is removed.")


def test_a_stranger_removes_nothing(owner: User, stranger: User) -> None:
    tent, *_ = phrases(owner)
    client = Client()
    client.force_login(stranger)
    assert client.post(f"/taste/phrases/{tent.pk}/delete/").status_code == 404
    assert TextPreference.objects.count() == 3


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
class TestInTheBrowser:
    def test_the_next_button_stays_where_it_was(self, open_page: Opener, owner: User) -> None:
        phrases(owner)
        page = open_page("/taste/")
        before = place_in_list(page, "a boat")
        remove_button(page, "a tent").click()
        expect(page.locator(".phrase-removed")).to_contain_text("“a tent” is removed.")
        assert place_in_list(page, "a boat") == before
        assert TextPreference.objects.count() == 2

    def test_it_is_brought_back_as_it_was(self, open_page: Opener, owner: User) -> None:
        phrases(owner)
        page = open_page("/taste/")
        remove_button(page, "a tent").click()
        page.locator(".phrase-removed").get_by_role("button", name="Undo").click()
        expect(remove_button(page, "a tent")).to_be_visible()
        again = TextPreference.objects.get(phrase="a tent")
        assert (again.kind, again.weight, again.is_dealbreaker) == ("avoid", 2.0, True)

    def test_the_message_brings_it_back_too(self, open_page: Opener, owner: User) -> None:
        phrases(owner)
        page = open_page("/taste/")
        remove_button(page, "a tent").click()
        expect(page.locator(".toast")).to_contain_text("is removed.")
        page.locator(".toast").get_by_role("button", name="Undo").click()
        expect(remove_button(page, "a tent")).to_be_visible()
        assert TextPreference.objects.count() == 3
