"""How often one person may ask: counted in one place for all processes, and not at all when that is away."""

from __future__ import annotations

from collections import Counter

import pytest
from django.contrib.auth.models import User
from django.test import Client, override_settings
from rest_framework.test import APIClient

from wizard import store, throttles

SIGN_IN = {"username": "robin", "password": "wrong"}


@pytest.fixture
def counts(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """What Redis would count, in a minute that does not end."""
    kept: Counter[str] = Counter()

    def count(key: str, *, seconds: int) -> int:
        kept[key] += 1
        return kept[key]

    monkeypatch.setattr(store, "count", count)
    monkeypatch.setattr(throttles, "_window", lambda: 0)
    return kept


@override_settings(WIZARD_API_RATE=2)
def test_who_asks_too_often_is_told_when_to_come_back(
    api: APIClient, strangers_api: APIClient, counts: Counter[str]
) -> None:
    assert [api.get("/api/stats").status_code for _ in range(3)] == [200, 200, 429]
    refused = api.get("/api/preferences")
    assert (refused.status_code, refused.json()["code"]) == (429, "throttled")
    assert 1 <= int(refused["Retry-After"]) <= 61
    assert refused.json()["detail"] == f"Too many requests; try again in {refused['Retry-After']} s."
    assert strangers_api.get("/api/stats").status_code == 200


def test_what_occupies_a_worker_has_a_tighter_rate_of_its_own(api: APIClient, counts: Counter[str]) -> None:
    for _ in range(throttles.SCOPES["train"]):
        assert api.post("/api/training/jobs", {}, format="json").status_code == 422
    assert api.post("/api/training/jobs", {}, format="json").status_code == 429
    assert api.get("/api/training/jobs").status_code == 200


@pytest.mark.parametrize("scope", ["search", "compare", "import"])
def test_searches_comparisons_and_imports_are_counted(api: APIClient, counts: Counter[str], scope: str) -> None:
    if scope == "import":
        api.post("/api/models/versions/import", {})
    else:
        api.get({"search": "/api/search?q=x&page_size=0", "compare": "/api/models/compare"}[scope])
    assert [key.split(":")[2] for key in counts] == ["all", scope]


@override_settings(WIZARD_API_RATE=0)
def test_no_rate_is_no_limit_but_for_guessing_passwords(api: APIClient, client: Client, counts: Counter[str]) -> None:
    api.get("/api/stats")
    api.get("/api/models/compare")
    assert not counts
    names = [{**SIGN_IN, "username": f"robin-{number}"} for number in range(21)]
    answers = [client.post("/api/auth/token", given, content_type="application/json") for given in names]
    assert [answer.status_code for answer in answers] == [400] * 20 + [429]


def test_a_guesser_is_known_by_the_address_and_cannot_make_one_up(
    client: Client, db: None, counts: Counter[str]
) -> None:
    for number in range(3):
        forged = {"x-forwarded-for": f"203.0.113.{number}"}
        client.post("/api/auth/token", SIGN_IN, content_type="application/json", headers=forged)
    assert set(counts) == {f"wizard:rate:{scope}:address-127.0.0.1:0" for scope in ("all", "sign_in")}


@override_settings(WIZARD_API_RATE=1)
def test_without_redis_nobody_is_held_up(api: APIClient, owner: User) -> None:
    assert store.count("wizard:rate:test", seconds=1) == 0
    assert [api.get("/api/stats").status_code for _ in range(3)] == [200] * 3
