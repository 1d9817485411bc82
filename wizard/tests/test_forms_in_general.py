"""Whatever is typed into a form, put into an address or sent as JSON, is answered: no 5xx, and no row out of bounds."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote_from_bytes

import pytest
from django.contrib.auth.models import User
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from classifier.models import Photo, Taste, TextPreference
from classifier.tests.factories import scored_photo

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore")]

# The rows of one test are those of all its examples: what came before is part of what is asked.
thorough = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
HTMX = {"HTTP_HX_REQUEST": "true", "HTTP_HX_CURRENT_URL": "/library/?sort=x"}
FORM = "application/x-www-form-urlencoded"
ODD_WORDS = (
    *("", " ", "0", "-1", "1", "1.5", "nan", "inf", "-inf", "1e999", "9" * 30, "9" * 5000, "0x10", "١٢", "²", "1_0"),
    *("true", "on", "want", "avoid", "like", "none", "score", "newest", "12:like", "1:none,2:like", "null", "[]", "{}"),
    *("../..", "%00", "'; --", "<script>", "//example.org", "\u202e", "\u200b", "\ud800", "\0", "\r\n"),
    *("é" * 300, "x" * 6000),
)
words = st.one_of(
    st.sampled_from([word.encode("utf-8", "surrogatepass") for word in ODD_WORDS]),
    st.text(max_size=40).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.binary(max_size=12),
)

PAGES = {
    "/taste/phrases/": ("phrase", "kind", "weight", "is_dealbreaker", "next"),
    "/taste/phrases/{phrase}/": ("phrase", "weight", "is_dealbreaker", "next"),
    "/taste/weights/": (
        *("semantic_weight", "reference_weight", "learned_weight", "match_threshold", "super_like_threshold"),
    ),
    "/home/first-steps/": ("shown",),
    "/home/thresholds/": ("match_threshold", "super_like_threshold"),
    "/training/auto/": ("auto_train", "auto_train_every"),
    "/photos/{photo}/bio/": ("bio", "next"),
    "/photos/{photo}/answer/": ("answer", "undo", "next"),
    "/photos/answer/": ("ids", "answer", "was", "next"),
    "/photos/restore/": ("ids", "next"),
    "/photos/delete/": ("ids", "next"),
    "/review/answer/": ("photo", "answer", "asked_as", "next"),
    "/review/choose/": ("ids", "next"),
    "/versions/1/activate/": ("sure", "next"),
    "/versions/1/pin/": ("pinned", "next"),
    "/versions/import/": ("file",),
    "/upload/": ("files", "bio"),
    "/accounts/tokens/": ("name", "scope", "form_id"),
    "/accounts/password/": ("old_password", "new_password1", "new_password2"),
}
ADDRESSES = {
    "/library/": ("verdict", "feedback", "status", "sort", "after", "arriving", "like"),
    "/library/updates/": ("ids", "round", "quiet", "verdict", "sort"),
    "/photos/{photo}/": ("verdict", "feedback", "status", "sort"),
    "/photos/{photo}/image": ("v", "size"),
    "/taste/status/": ("round",),
    "/review/": ("ids", "round", "kind"),
    "/review/next/": ("round", "ids", "shown"),
    "/map/": ("x", "y"),
    "/training/": ("page", "job"),
    "/training/live/": ("round", "job", "after"),
    "/versions/": ("page", "a", "b"),
    "/versions/compare/": ("a", "b"),
    "/versions/progress/": ("round",),
    "/accounts/sign-in/": ("next",),
}
DOORS = (
    ("PATCH", "/api/preferences"),
    ("POST", "/api/preferences/texts"),
    ("PATCH", "/api/preferences/texts/{phrase}"),
    ("POST", "/api/preferences/references"),
    ("POST", "/api/results/{result}/feedback"),
    ("POST", "/api/review/answers"),
    ("POST", "/api/training/jobs"),
    ("POST", "/api/auth/token"),
    ("POST", "/api/models/versions/1/activate"),
)
NAMES = (
    *("phrase", "kind", "weight", "is_dealbreaker", "photo_id", "category", "description", "feedback", "answer"),
    *(
        "semantic_weight",
        "match_threshold",
        "auto_train_every",
        "epochs",
        "batch_size",
        "username",
        "password",
        "scope",
    ),
)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30) | st.sampled_from(ODD_WORDS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@pytest.fixture
def lived_in(owner: User) -> dict[str, int]:
    """The ids that addresses are filled with."""
    photo = scored_photo(owner, 0.7)
    phrase = TextPreference.objects.create(owner=owner, phrase="at the beach")
    result = photo.current_result
    assert result is not None
    return {"photo": photo.pk, "phrase": phrase.pk, "result": result.pk}


def encoded(fields: list[tuple[str, bytes]]) -> str:
    return "&".join(f"{name}={quote_from_bytes(value)}" for name, value in fields)


@pytest.mark.parametrize("page", PAGES)
def test_a_form_takes_or_refuses_whatever_is_typed(
    owner: User, owner_client: Client, lived_in: dict[str, int], page: str
) -> None:
    @thorough
    @given(st.lists(st.tuples(st.sampled_from(PAGES[page]), words), max_size=6), st.booleans())
    def asked(fields: list[tuple[str, bytes]], by_htmx: bool) -> None:
        headers: dict[str, Any] = HTMX if by_htmx else {}
        owner_client.force_login(owner)
        address = page.format(**lived_in)
        answer = owner_client.generic("POST", address, encoded(fields), content_type=FORM, **headers)
        assert answer.status_code < 500
        assert not answer.headers.get("Location", "").startswith(("//", "http"))

    asked()
    for row in (*TextPreference.objects.all(), *Taste.objects.all(), *Photo.objects.filter(owner=owner)):
        row.full_clean()


@pytest.mark.parametrize("page", ADDRESSES)
def test_an_address_shows_something_whatever_is_asked_of_it(
    owner_client: Client, lived_in: dict[str, int], page: str
) -> None:
    @thorough
    @given(st.lists(st.tuples(st.sampled_from(ADDRESSES[page]), words), max_size=5), st.booleans())
    def asked(fields: list[tuple[str, bytes]], by_htmx: bool) -> None:
        headers: dict[str, Any] = HTMX if by_htmx else {}
        answer = owner_client.generic("GET", page.format(**lived_in), QUERY_STRING=encoded(fields), **headers)
        assert answer.status_code in (200, 204, 286, 302, 400, 404)

    asked()


def test_searches_for_anything_are_answered(
    owner_client: Client, lived_in: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("classifier.views.listing.WAIT_SECONDS", 0)

    @thorough
    @given(words)
    def asked(word: bytes) -> None:
        answer = owner_client.generic("GET", "/library/", QUERY_STRING=encoded([("q", word)]))
        assert answer.status_code == 200

    asked()


@pytest.mark.parametrize("page", ["/accounts/sign-up/", "/accounts/sign-in/"])
def test_nobody_gets_in_by_typing_anything(client: Client, page: str) -> None:
    names = ("username", "password1", "password2", "password", "is_adult", "next")

    @thorough
    @given(st.lists(st.tuples(st.sampled_from(names), words), max_size=7))
    def asked(fields: list[tuple[str, bytes]]) -> None:
        client.logout()
        assert client.generic("POST", page, encoded(fields), content_type=FORM).status_code < 500

    asked()
    for person in User.objects.all():
        person.full_clean()


@pytest.mark.parametrize(("method", "door"), DOORS)
def test_the_api_takes_or_refuses_whatever_is_sent(
    owner: User, api: APIClient, lived_in: dict[str, int], method: str, door: str
) -> None:
    @thorough
    @given(st.one_of(st.dictionaries(st.sampled_from(NAMES), values, max_size=4), values))
    def asked(body: Any) -> None:
        answer = api.generic(method, door.format(**lived_in), json.dumps(body), content_type="application/json")
        assert answer.status_code < 500
        if answer.status_code >= 400:
            said = json.loads(answer.content)
            assert {"detail", "code"} <= said.keys()
            assert str(said["detail"]).endswith(".")

    asked()
    for row in (*TextPreference.objects.all(), *Taste.objects.filter(owner=owner)):
        row.full_clean()
