"""What is refused before anything of it is read; and every error of the API has one shape, whoever raised it."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client, RequestFactory, override_settings
from rest_framework.test import APIClient

from classifier.tests.factories import jpeg
from wizard import door

JSON = "application/json"
TEXTS = "/api/preferences/texts"


def said(answer: Any) -> tuple[int, str]:
    assert answer["Content-Type"] == JSON
    assert answer.json()["detail"].endswith(".")
    return answer.status_code, answer.json()["code"]


def test_a_body_of_more_than_a_megabyte_is_not_read(api: APIClient) -> None:
    body = f'{{"phrase": "{"x" * door.MOST_IN_A_BODY}"}}'
    assert said(api.generic("POST", TEXTS, body, content_type=JSON)) == (413, "too_large")


@pytest.mark.parametrize("address", ["/api/photos", "/api/models/versions/import"])
def test_more_than_a_gigabyte_of_files_is_not_read(api: APIClient, address: str) -> None:
    kind = "multipart/form-data; boundary=edge"
    answer = api.generic("POST", address, "x", content_type=kind, CONTENT_LENGTH=str(door.MOST_IN_AN_UPLOAD + 1))
    assert said(answer) == (413, "too_large")


def test_the_upload_page_says_it_too(owner_client: Client) -> None:
    kind = "multipart/form-data; boundary=edge"
    length = str(door.MOST_IN_AN_UPLOAD + 1)
    answer = owner_client.generic("POST", "/upload/", "x", content_type=kind, CONTENT_LENGTH=length)
    assert answer.status_code == 413
    assert "That was too large" in answer.content.decode()


def test_a_body_in_chunks_is_not_taken_for_an_empty_one(api: APIClient) -> None:
    answer = api.generic("PATCH", "/api/preferences", "", HTTP_TRANSFER_ENCODING="chunked", CONTENT_LENGTH="")
    assert said(answer) == (411, "length_required")


@pytest.mark.parametrize("charset", ["latin-1", "no-such"])
def test_a_body_in_another_encoding_is_refused(api: APIClient, charset: str) -> None:
    answer = api.generic("POST", f"{TEXTS}?q=x", "{}", content_type=f"{JSON}; charset={charset}")
    assert said(answer) == (415, "unsupported_media_type")


def test_an_encoding_that_is_none_of_text_is_refused_too(db: None) -> None:
    """Django's own request fails on it before any middleware, so this asks as gunicorn does."""
    environ = RequestFactory()._base_environ(  # type: ignore[attr-defined]  # not in the stubs
        REQUEST_METHOD="POST", PATH_INFO=TEXTS, QUERY_STRING="q=x", CONTENT_TYPE=f"{JSON}; charset=hex"
    )
    statuses: list[str] = []
    door.Handler()(environ, lambda status, headers: statuses.append(status))  # type: ignore[arg-type]  # enough for this
    assert statuses == ["415 Unsupported Media Type"]


@pytest.mark.parametrize(
    "body",
    [
        '{"phrase": "a\\u0000b"}',
        '{"phrase": "a\\ud800b"}',
        '{"kind": "\\ud800"}',
        '{"\\udfff": 1}',
        '{"weight": NaN}',
        '{"weight": -Infinity}',
        '{"weight": 1e999}',
        f'{{"weight": {"9" * 5000}}}',
        '{"phrase": "a", "phrase": "b"}',
        f'{{"phrase": {"[" * 20}1{"]" * 20}}}',
        f'{{"phrase": {"[" * 900}1{"]" * 900}}}',
    ],
)
def test_json_that_holds_what_is_no_json_is_refused(api: APIClient, body: str) -> None:
    assert said(api.generic("POST", TEXTS, body, content_type=JSON)) == (400, "parse_error")


@pytest.mark.parametrize(
    ("method", "address", "more", "expected"),
    [
        ("PUT", "/api/preferences", {}, (405, "method_not_allowed")),
        ("POST", "/api/schema", {}, (405, "method_not_allowed")),
        ("GET", "/api/stats", {"HTTP_ACCEPT": "text/csv"}, (406, "not_acceptable")),
        ("POST", TEXTS, {"content_type": "text/plain", "data": "x"}, (415, "unsupported_media_type")),
        ("GET", "/api/stats", {"HTTP_HOST": "elsewhere.example"}, (400, "bad_request")),
        ("GET", "/api/photos", {"HTTP_IF_MATCH": '"other"'}, (412, "precondition_failed")),
        ("GET", "/api/nothing", {}, (404, "not_found")),
    ],
)
def test_every_error_has_the_same_shape(
    api: APIClient, method: str, address: str, more: dict[str, Any], expected: tuple[int, str]
) -> None:
    assert said(api.generic(method, address, **more)) == expected


def test_a_session_without_the_csrf_header_is_told_so(owner: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner)
    assert said(client.patch("/api/preferences", "{}", content_type=JSON)) == (403, "csrf_failed")


@override_settings(DATA_UPLOAD_MAX_NUMBER_FIELDS=3)
def test_too_many_fields_are_a_sentence(api: APIClient) -> None:
    answer = api.post("/api/photos", {f"field{number}": "x" for number in range(9)}, format="multipart")
    assert said(answer) == (400, "bad_request")


def test_an_error_of_our_own_says_that_nothing_is_lost(api: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("training.api_stats.stats_of", broken)
    api.raise_request_exception = False
    assert said(api.get("/api/stats")) == (500, "error")


def test_a_bio_that_no_database_keeps_is_a_400(api: APIClient) -> None:
    answer = api.post("/api/photos", {"files": [io.BytesIO(jpeg())], "bio": "a\0b"}, format="multipart")
    assert said(answer) == (400, "invalid")
