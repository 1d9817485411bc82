"""Calling with a token, listing and revoking."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client
from rest_framework.test import APIClient

from wizard.tests.token_samples import READ, WRITE, caller, make


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (None, "not_authenticated"),
        ("Basic cm9iaW46eA==", "not_authenticated"),
        ("Token", "invalid_token"),
        ("Token wz_one two", "invalid_token"),
        ("Token wz_unknown", "invalid_token"),
        ("Bearer \xff", "invalid_token"),
    ],
)
def test_a_refusal_says_why(client: Client, db: None, header: str | None, code: str) -> None:
    answer = client.get("/api/photos", headers={"authorization": header} if header else {})
    assert answer.status_code == 401
    assert set(answer.json()) == {"detail", "code"}
    assert answer.json()["code"] == code
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_token_of_an_account_that_is_switched_off_opens_nothing(owner: User) -> None:
    _, text = make(owner)
    User.objects.update(is_active=False)
    answer = caller(text).get("/api/photos")
    assert (answer.status_code, answer.json()["code"]) == (401, "inactive")


def test_the_list_says_which_token_asks_and_never_a_text(owner: User, stranger: User) -> None:
    _, text = make(owner, "Here")
    other, others_text = make(owner, "Elsewhere", READ)
    make(stranger)
    answer = caller(text).get("/api/auth/tokens")
    elsewhere, here = answer.json()["results"]
    assert set(here) == {"id", "name", "hint", "scope", "created_at", "last_used_at", "is_current"}
    assert (here["name"], here["is_current"], here["last_used_at"] is None) == ("Here", True, False)
    assert elsewhere | {"created_at": None} == {
        "id": other.pk,
        "name": "Elsewhere",
        "hint": f"{others_text[:6]}…",
        "scope": "read",
        "created_at": None,
        "last_used_at": None,
        "is_current": False,
    }
    assert text not in answer.content.decode()


def test_the_list_comes_in_pages(api: APIClient, owner: User) -> None:
    for name in ("first", "second", "third"):
        make(owner, name, WRITE)
    page = api.get("/api/auth/tokens?page_size=2").json()
    assert [token["name"] for token in page["results"]] == ["third", "second"]
    assert [token["name"] for token in api.get(page["next"]).json()["results"]] == ["first"]


def test_a_revoked_token_opens_nothing_from_the_next_request_on(api: APIClient, owner: User) -> None:
    token, text = make(owner)
    assert caller(text).get("/api/photos").status_code == 200
    assert api.delete(f"/api/auth/tokens/{token.pk}").status_code == 204
    answer = caller(text).get("/api/photos")
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_token")


def test_a_strangers_token_is_not_found(strangers_api: APIClient, owner: User) -> None:
    token, text = make(owner)
    assert strangers_api.delete(f"/api/auth/tokens/{token.pk}").status_code == 404
    assert strangers_api.get("/api/auth/tokens").json()["results"] == []
    assert caller(text).get("/api/photos").status_code == 200
