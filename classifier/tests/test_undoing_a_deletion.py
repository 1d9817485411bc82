"""Undo leads back to where somebody was when they deleted."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils.html import escape
from pytest_django.asserts import assertContains, assertRedirects

from classifier.templatetags.ui import restores
from classifier.tests.factories import scored_photo

pytestmark = pytest.mark.django_db


def undo(client: Client, deleting: str, fields: dict[str, object]) -> str:
    """Delete, press Undo in the message that comes; where that leads."""
    page = client.post(deleting, fields, follow=True)
    (message,) = page.context["messages"]
    values: dict[str, list[str]] = {}
    for name, value in restores(message):
        assertContains(page, f'<input type="hidden" name="{name}" value="{escape(value)}">')
        values.setdefault(name, []).append(value)
    return str(client.post("/photos/restore/", values).headers["Location"])


@pytest.mark.parametrize("query", ["", "?verdict=match&sort=newest"])
def test_it_leads_back_to_the_photo(owner: User, owner_client: Client, query: str) -> None:
    photo, _ = scored_photo(owner, 0.9, is_match=True), scored_photo(owner, 0.8, is_match=True)
    address = f"/photos/{photo.pk}/{query}"
    assert undo(owner_client, f"/photos/{photo.pk}/delete/{query}", {}) == address
    assert owner_client.get(address).status_code == 200


def test_it_leads_back_to_the_list(owner: User, owner_client: Client) -> None:
    photo = scored_photo(owner, 0.9)
    came_from = "/library/?q=a:b"
    fields: dict[str, object] = {"ids": [photo.pk], "sure": "yes", "next": came_from}
    assert undo(owner_client, "/photos/delete/", fields) == came_from


def test_the_next_photo_is_shown_after_a_deletion(owner: User, owner_client: Client) -> None:
    first, second = scored_photo(owner, 0.9), scored_photo(owner, 0.8)
    assertRedirects(owner_client.post(f"/photos/{first.pk}/delete/"), f"/photos/{second.pk}/")
