"""A read-only token opens everything there is to see, and changes nothing anywhere under /api."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from classifier.models import Photo, TextPreference
from classifier.tests.factories import scored_photo
from wizard.models import ApiToken
from wizard.tests.token_samples import READ, WRITE, caller, make

ANYONES = {"/api/auth/token", "/api/schema", "/api/docs"}  # asked without signing in


def addresses(patterns: list[URLPattern | URLResolver], before: str = "/") -> Iterator[str]:
    for each in patterns:
        address = before + re.sub(r"<[^>]+>", "1", str(each.pattern))
        if isinstance(each, URLResolver):
            yield from addresses(each.url_patterns, address)
        else:
            yield address


API = sorted({address for address in addresses(get_resolver().url_patterns) if address.startswith("/api/")} - ANYONES)


def test_every_address_of_the_api_is_tried() -> None:
    assert {"/api/photos", "/api/photos/1", "/api/preferences/texts/1", "/api/auth/tokens/1"} <= set(API)


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("address", API)
def test_it_changes_nothing(owner: User, address: str, method: str) -> None:
    _, text = make(owner, scope=READ)
    answer = getattr(caller(text), method)(address)
    assert answer.status_code == 403
    assert answer.json() == {"detail": "This token may only read.", "code": "read_only_token"}


@pytest.mark.parametrize("address", ["/api/photos", "/api/preferences", "/api/stats", "/api/auth/tokens"])
def test_it_reads_what_its_owner_may_read(owner: User, address: str) -> None:
    _, text = make(owner, scope=READ)
    assert caller(text).get(address).status_code == 200
    assert caller(text).head(address).status_code == 200
    assert caller(text).options(address).status_code == 200


def test_it_reads_nothing_of_a_strangers(owner: User, stranger: User) -> None:
    photo = scored_photo(owner)
    _, text = make(stranger, scope=READ)
    assert caller(text).get(f"/api/photos/{photo.pk}").status_code == 404


def test_it_does_not_even_revoke_itself(owner: User) -> None:
    token, text = make(owner, scope=READ)
    assert caller(text).delete(f"/api/auth/tokens/{token.pk}").status_code == 403
    assert ApiToken.objects.filter(pk=token.pk).exists()


def test_a_token_for_both_and_a_browser_may_write(owner: User, owner_client: Client) -> None:
    photo = scored_photo(owner)
    make(owner, scope=READ)
    _, text = make(owner, scope=WRITE)
    assert caller(text).post("/api/preferences/texts", {"phrase": "at the beach"}, format="json").status_code == 201
    assert owner_client.delete(f"/api/photos/{photo.pk}").status_code == 204
    assert TextPreference.objects.count() == 1
    assert not Photo.objects.exists()
