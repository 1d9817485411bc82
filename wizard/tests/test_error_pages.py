"""Pages for what went wrong: what happened, that nothing is lost, and a way on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.template.loader import render_to_string
from django.test import Client

from wizard.tests.conventions import assert_none, files, offenders

PAGES = files("templates/[45]*.html")
KEPT = re.compile("Nothing was changed|are kept|Nothing is lost")


def missing_parts(template: Path) -> Iterator[str]:
    """Rendered without a request, as Django does when something broke."""
    page = render_to_string(template.name)
    content = page.partition('id="content"')[2]
    heading = re.search(r"<h1>([^<]+)</h1>", content)
    if not heading or not re.search(rf"<title>{re.escape(heading[1])} .*Dating Wizard", page):
        yield "the title is not what happened"
    if not KEPT.search(content):
        yield "it does not say what was kept"
    if not re.search(r'<a class="button[^"]*" href="/', content):
        yield "it has no way on"
    if "{{" in page:
        yield "a value is not filled in"


def test_each_says_what_happened_and_leads_on() -> None:
    assert len(PAGES) >= 9
    assert_none(offenders(PAGES, missing_parts))


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


def test_after_signing_in_a_form_has_to_be_sent_once_more(client: Client, owner: User) -> None:
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
