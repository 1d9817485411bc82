"""Deleting one's account, on its page and over the API: asked with the password, and only of oneself."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client

from wizard.models import ApiToken, Leaving
from wizard.tests.leaving_samples import PASSWORD
from wizard.tests.token_samples import READ, caller, make

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> User:
    return User.objects.create_user("robin", password=PASSWORD)


def test_the_page_asks_for_the_password(owner: User, owner_client: Client) -> None:
    page = owner_client.get("/accounts/delete/").content.decode()
    assert "the next start of Dating Wizard makes a new one" in page
    refused = owner_client.post("/accounts/delete/", {"password": "six green lanterns"})
    assert refused.status_code == 422
    assert "That is not your password" in refused.content.decode()
    assert not Leaving.objects.exists()
    answer = owner_client.post("/accounts/delete/", {"password": PASSWORD})
    assert answer["Clear-Site-Data"] == '"cache"'  # the browser forgets the pictures too
    assert "Your account is deleted" in owner_client.get(answer["Location"]).content.decode()
    assert Leaving.objects.get().person == owner.pk
    refused = Client().post("/accounts/sign-in/", {"username": "robin", "password": PASSWORD})
    assert settings.SESSION_COOKIE_NAME not in refused.cookies


def test_the_only_administrator_is_told_what_that_means(owner: User, owner_client: Client, stranger: User) -> None:
    assert "only administrator" not in owner_client.get("/accounts/delete/").content.decode()
    User.objects.filter(pk=owner.pk).update(is_superuser=True)
    assert "only administrator" in owner_client.get("/accounts/delete/").content.decode()


def test_guessing_is_slowed_down(owner_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wizard.store.count", lambda key, seconds: 21)
    refused = owner_client.post("/accounts/delete/", {"password": PASSWORD})
    assert "Too many tries" in refused.content.decode()
    assert not Leaving.objects.exists()


def test_over_the_api_it_takes_the_password_and_a_token_that_may_write(owner: User) -> None:
    writes, reads = caller(make(owner)[1]), caller(make(owner, scope=READ)[1])
    given = {"password": PASSWORD}
    assert reads.delete("/api/account", given, format="json").status_code == 403
    refused = writes.delete("/api/account", {"password": "wrong"}, format="json")
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid")
    assert writes.delete("/api/account", {}, format="json").status_code == 400
    assert not Leaving.objects.exists()
    assert writes.delete("/api/account", given, format="json").status_code == 202
    assert not ApiToken.objects.exists()
    assert writes.get("/api/photos").status_code == 401


def test_nobody_deletes_another_ones_account(owner: User, stranger: User) -> None:
    assert Client().get("/accounts/delete/").status_code == 302
    assert Client().delete("/api/account", {"password": PASSWORD}, "application/json").status_code == 401
    theirs = caller(make(stranger)[1])
    assert theirs.delete("/api/account", {"password": PASSWORD}, format="json").status_code == 400
    assert User.objects.filter(is_active=True).count() == 2
