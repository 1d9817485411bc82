"""Only the page of a service that is away shows the icon of one."""

from __future__ import annotations

import pytest
from django.template.loader import render_to_string
from django.test import Client

OFFLINE = "#cloud-off"
PAGES = ["400.html", "403.html", "403_csrf.html", "404.html", "405.html", "413.html", "500.html"]


@pytest.mark.parametrize("page", PAGES)
def test_an_error_is_not_drawn_as_being_offline(page: str) -> None:
    assert OFFLINE not in render_to_string(page)


def test_a_service_that_is_away_is_drawn_so() -> None:
    assert OFFLINE in render_to_string("503.html")


@pytest.mark.django_db
def test_an_address_that_does_not_exist(owner_client: Client) -> None:
    page = owner_client.get("/account/")
    assert page.status_code == 404
    assert OFFLINE not in page.content.decode()
