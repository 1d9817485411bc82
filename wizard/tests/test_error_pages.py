"""Pages for what went wrong: what happened, that nothing is lost, and a way on."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from django.template.loader import render_to_string
from django.test import Client

PAGES = ["400", "403", "403_csrf", "404", "405", "413", "429", "500", "503"]
KEPT = re.compile("Nothing was changed|are kept|Nothing is lost")


@pytest.mark.parametrize("name", PAGES)
def test_it_says_what_happened_and_what_was_kept_and_leads_on(name: str) -> None:
    page = render_to_string(f"{name}.html", {"sentence": "The disk is full."})
    content = page.split('id="content"')[1]
    heading = re.search(r"<h1>([^<]+)</h1>", content)
    assert heading
    assert f"<title>{heading[1]} " in page
    assert KEPT.search(content)
    assert re.search(r'<a class="button[^"]*" href="/', content)


def test_a_form_that_is_out_of_date_leads_back_to_its_page(owner: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner)
    page = client.post("/taste/phrases/", {}, headers={"Referer": "http://testserver/taste/"}).content.decode()
    assert 'href="http://testserver/taste/">Open the page anew' in page


@pytest.mark.parametrize("address", ["http://evil.example/", "javascript:alert(1)", ""])
def test_it_leads_to_no_other_site(owner: User, address: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner)
    page = client.post("/taste/phrases/", {}, headers={"Referer": address}).content.decode()
    assert "Open the page anew" not in page
    assert 'href="/library/"' in page
    assert "evil" not in page
    assert "javascript:" not in page


def test_whoever_signs_in_on_the_way_from_a_form_is_told_to_send_it_once_more(client: Client, owner: User) -> None:
    sent = client.post("/training/start/")
    assert sent["Location"] == "/accounts/sign-in/?next=/training/start/"
    client.force_login(owner)
    led = client.get("/training/start/")
    assert led.status_code == 405
    assert led["Allow"] == "POST"
    assert "Send this once more" in led.content.decode()
    assert owner.get_username() in led.content.decode()  # in the usual frame


def test_the_api_says_it_in_json(owner_client: Client) -> None:
    refused = owner_client.put("/api/stats")
    assert refused.status_code in (403, 405)
    assert refused["Content-Type"] == "application/json"
