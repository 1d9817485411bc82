"""The schema's page, in a real browser, under the policy that all pages have."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import User
from django.test import Client

from classifier.models import TextPreference
from wizard.tests.browser import Opener


@pytest.mark.parametrize("query", ["", "?format=json"])
def test_schema_and_docs_are_open_to_everybody(client: Client, db: None, query: str) -> None:
    schema = client.get(f"/api/schema{query}")
    assert schema.status_code == 200
    assert b"/api/photos" in schema.content
    assert client.get(f"/api/schema{query}", headers={"If-None-Match": schema["ETag"]}).status_code == 304
    assert client.get("/api/docs").status_code == 200


def test_an_error_of_the_schemas_address_is_json_too(client: Client, db: None) -> None:
    answer = client.get("/api/schema", headers={"accept": "image/png"})
    assert (answer.status_code, answer.json()["code"]) == (406, "not_acceptable")


@pytest.mark.browser
def test_the_page_lists_the_operations_and_asks_no_other_host(open_page: Opener) -> None:
    page = open_page("/accounts/sign-in/")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/api/docs")
    page.locator(".opblock").first.wait_for()
    assert page.locator(".opblock").count() > 30
    assert page.locator(".opblock-tag").count() == 9
    assert {urlsplit(url).hostname for url in asked if not url.startswith(("data:", "blob:"))} == {"localhost"}


@pytest.mark.browser
def test_try_it_out_works_for_whoever_is_signed_in(open_page: Opener, owner: User) -> None:
    page = open_page("/api/docs")
    operation = page.locator("#operations-Preferences-phrases_add")
    operation.locator(".opblock-summary-control").click()
    operation.get_by_role("button", name="Execute").click()
    operation.locator(".live-responses-table .response-col_status", has_text="201").wait_for()
    assert TextPreference.objects.get(owner=owner).phrase == "at the beach"
