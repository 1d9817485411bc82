"""Which language a page is in: the one that was chosen, else the browser's, else English."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.utils import translation
from rest_framework.test import APIClient

from classifier.tests.factories import PhotoFactory
from training.models import ModelVersion
from wizard.words import grouped

pytestmark = pytest.mark.django_db
GERMAN = {"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}


def language_of(page: str) -> str:
    return page.split('<html lang="')[1].split('"')[0]


def test_a_page_speaks_the_language_that_the_browser_asks_for(client: Client) -> None:
    page = client.get("/accounts/sign-in/", headers=GERMAN)
    assert language_of(page.content.decode()) == "de"
    assert "Lernt deinen Geschmack" in page.content.decode()
    assert "Accept-Language" in page["Vary"]


@pytest.mark.parametrize("asked", [{}, {"Accept-Language": "fr"}, {"Accept-Language": "en-US,en;q=0.9"}])
def test_it_is_english_for_everybody_else(client: Client, asked: dict[str, str]) -> None:
    page = client.get("/accounts/sign-in/", headers=asked).content.decode()
    assert language_of(page) == "en"
    assert "Learns your taste" in page


def test_a_choice_is_remembered_whatever_the_browser_asks_for(client: Client) -> None:
    chosen = client.post("/language/", {"language": "de", "next": "/accounts/sign-in/"})
    assert chosen["Location"] == "/accounts/sign-in/"
    cookie = client.cookies[settings.LANGUAGE_COOKIE_NAME]
    assert cookie["max-age"] == 365 * 24 * 3600
    assert cookie["httponly"]
    assert language_of(client.get("/accounts/sign-in/", headers={"Accept-Language": "en"}).content.decode()) == "de"
    client.post("/language/", {"language": "en", "next": "/accounts/sign-in/"})
    assert language_of(client.get("/accounts/sign-in/", headers=GERMAN).content.decode()) == "en"


def test_the_choice_leads_back_to_our_own_pages_alone(client: Client) -> None:
    sent = client.post("/language/", {"language": "de", "next": "https://elsewhere.example/"})
    assert "elsewhere" not in sent["Location"]


@pytest.mark.parametrize("address", ["/accounts/sign-in/", "/accounts/sign-up/", "/nowhere/"])
def test_the_choice_is_on_signed_out_pages(client: Client, address: str) -> None:
    page = client.get(address).content.decode()
    assert re.search(r'name="language" value="en" lang="en" aria-pressed="true">English<', page)
    assert re.search(r'name="language" value="de" lang="de" aria-pressed="false">Deutsch<', page)


def test_the_choice_is_on_the_account_page(owner_client: Client) -> None:
    assert owner_client.get("/accounts/").content.decode().count('value="de" lang="de"') == 2  # in the menu, too


def test_days_and_numbers_are_written_the_readers_way(owner: User, owner_client: Client) -> None:
    photo = PhotoFactory.create(owner=owner)
    type(photo).objects.filter(pk=photo.pk).update(created_at=datetime(2026, 3, 7, 9, 5, tzinfo=UTC))
    address = f"/photos/{photo.pk}/"
    assert ">7. März 2026, 09:05<" in owner_client.get(address, headers=GERMAN).content.decode()
    assert ">7 March 2026, 09:05<" in owner_client.get(address).content.decode()
    with translation.override("de"):
        assert grouped(1234567) == "1.234.567"
    with translation.override("en"):
        assert grouped(1234567) == "1,234,567"


def test_fields_hold_numbers_as_browsers_send_them(owner: User, owner_client: Client) -> None:
    ModelVersion.objects.active_of(owner)
    page = owner_client.get("/taste/", headers=GERMAN).content.decode()
    assert 'value="0.6"' in page
    assert not re.search(r'(?:value|x|y|width|height|d)="[^"]*\d,\d[^"]*"', page)


def test_an_api_client_hears_its_language_and_codes_stay(api: APIClient) -> None:
    refused = api.get("/api/photos/1", headers=GERMAN)
    assert refused.json() == {"detail": "So etwas gibt es hier nicht, oder es gehört nicht dir.", "code": "not_found"}


def test_the_schema_is_in_english_for_everybody(api: APIClient) -> None:
    assert api.get("/api/schema", headers=GERMAN).content == api.get("/api/schema").content


def test_scripts_get_their_sentences_at_an_address_that_may_be_kept(client: Client) -> None:
    page = client.get("/accounts/sign-in/", headers=GERMAN).content.decode()
    address = re.search(r'<script src="(/language/de-\w+\.js)">', page)
    assert address
    script = client.get(address[1])
    assert "Fotos werden hinzugef" in script.content.decode()
    assert script["Cache-Control"] == "private, max-age=31536000, immutable"
    assert script["Content-Type"].startswith("text/javascript")
    assert client.get("/language/fr-123.js").status_code == 404
