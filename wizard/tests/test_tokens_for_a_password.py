"""Signing in over the API: a token for a username and a password."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client

from wizard.models import ApiToken
from wizard.tests.token_samples import READ, caller, make
from wizard.tokens import MOST_TOKENS

PASSWORD = "seven green lanterns"


@pytest.fixture
def robin(db: None) -> User:
    cache.clear()  # the throttle counts there
    return User.objects.create_user("robin", password=PASSWORD)


def sign_in(client: Client, content_type: str = "application/json", **more: str) -> Any:
    given = {"username": "robin", "password": PASSWORD, **more}
    if content_type == "application/json":
        return client.post("/api/auth/token", given, content_type=content_type)
    return client.post("/api/auth/token", "&".join(f"{k}={v}" for k, v in given.items()), content_type=content_type)


@pytest.mark.parametrize("content_type", ["application/json", "application/x-www-form-urlencoded"])
def test_a_password_gets_a_token_that_opens_the_api(client: Client, robin: User, content_type: str) -> None:
    answer = sign_in(client, content_type)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    body = answer.json()
    assert (body["name"], body["scope"], set(body)) == (
        "Signed in over the API",
        "read-write",
        {"token", "id", "name", "scope"},
    )
    for scheme in ("Token", "Bearer", "bearer"):
        assert caller(body["token"], scheme).get("/api/photos").status_code == 200, scheme


def test_name_and_scope_can_be_chosen(client: Client, robin: User) -> None:
    body = sign_in(client, name="Backup", scope="read").json()
    token = ApiToken.objects.get(owner=robin)
    assert (body["id"], token.name, token.scope) == (token.pk, "Backup", READ)


@pytest.mark.parametrize(
    "wrong", [{"password": "no"}, {"username": "nobody"}, {"scope": "admin"}, {"name": "\u2060"}, {"name": "n" * 61}]
)
def test_what_is_wrong_is_said_and_makes_no_token(client: Client, robin: User, wrong: dict[str, str]) -> None:
    answer = sign_in(client, **wrong)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert answer.json()["detail"]
    assert not ApiToken.objects.exists()


def test_a_decomposed_name_signs_in_as_it_does_on_the_pages(client: Client, db: None) -> None:
    cache.clear()
    User.objects.create_user("J\u00fcrgen", password=PASSWORD)
    for name in ("J\u00fcrgen", "Ju\u0308rgen"):
        assert client.post("/accounts/sign-in/", {"username": name, "password": PASSWORD}).status_code == 302
        client.logout()
        assert sign_in(client, username=name).status_code == 200


def test_a_revoked_token_sent_along_does_not_stop_a_sign_in(client: Client, robin: User) -> None:
    client.defaults["HTTP_AUTHORIZATION"] = "Token wz_long-gone"
    assert sign_in(client).status_code == 200


def test_a_script_at_the_cap_of_tokens_still_signs_in(client: Client, robin: User) -> None:
    for _ in range(MOST_TOKENS):
        make(robin, is_sign_in=True)
    text = sign_in(client).json()["token"]
    assert caller(text).get("/api/preferences").status_code == 200
    assert ApiToken.objects.count() == MOST_TOKENS


def test_tokens_made_by_hand_are_never_taken_for_a_sign_in(client: Client, robin: User) -> None:
    for _ in range(MOST_TOKENS):
        make(robin)
    answer = sign_in(client)
    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_tokens")


def test_no_token_makes_another_one(robin: User) -> None:
    _, text = make(robin)
    assert caller(text).post("/api/auth/tokens", {"name": "More"}, format="json").status_code == 405
    assert caller(text).post("/api/auth/token", {"name": "More"}, format="json").status_code == 400
    assert ApiToken.objects.count() == 1
