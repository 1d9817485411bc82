"""A request that makes no sense is answered with a sentence and leaves one line in the log, never a traceback."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from rest_framework.test import APIClient

from classifier import services
from classifier.models import TextPreference
from wizard.errors import CallersMistake


@pytest.mark.parametrize("address", ["/api/auth/token", "/api/preferences/texts"])
@pytest.mark.parametrize("body", ["[" * 100_000, "{", "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"), ""])
def test_json_that_cannot_be_read_is_a_400(api: APIClient, address: str, body: str) -> None:
    answer = api.generic("POST", address, body, content_type="application/json")
    assert answer.status_code == 400
    assert {"detail", "code"} <= set(answer.json())


@pytest.mark.parametrize("address", ["/api/photos/-1", "/api/photos/%00", "/api/nothing", "/api/photos/" + "9" * 30])
def test_what_is_not_there_is_said_in_json_under_the_api(api: APIClient, address: str) -> None:
    answer = api.get(address)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_too_many_files_at_once_are_refused_with_the_number_that_fits(api: APIClient) -> None:
    files = [SimpleUploadedFile("a.jpg", b"x") for _ in range(1001)]
    answer = api.post("/api/photos", {"files": files}, format="multipart")
    assert answer.status_code == 400
    assert "1,000" in answer.json()["detail"]


@pytest.mark.parametrize("phrase", ["\u200b\u200b", "\u2060", "\u202e "])
def test_a_phrase_of_invisible_characters_is_refused_and_an_emoji_is_not(api: APIClient, phrase: str) -> None:
    assert api.post("/api/preferences/texts", {"phrase": phrase}, format="json").status_code == 400
    assert api.post("/api/preferences/texts", {"phrase": "👩‍🚀"}, format="json").status_code == 201


@pytest.mark.django_db(transaction=True)
def test_the_same_phrase_sent_many_times_at_once_is_kept_once_and_explained(transactional_db: None) -> None:
    owner = User.objects.create_user("somebody")

    def add(_: int) -> str:
        try:
            services.add_phrase(owner=owner, phrase="at the beach")
        except ValidationError as error:
            return str(error.messages[0])
        finally:
            connection.close()
        return "added"

    with ThreadPoolExecutor(6) as pool:
        said = sorted(pool.map(add, range(6)))
    assert said == ["You have this phrase already."] * 5 + ["added"]
    assert TextPreference.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "status", "level"),
    [
        ("django.security.DisallowedHost", None, "WARNING"),
        ("django.request", 500, "ERROR"),
    ],
)
def test_the_log_tells_callers_mistakes_from_our_own(name: str, status: int | None, level: str) -> None:
    record = logging.LogRecord(name, logging.ERROR, __file__, 1, "said", None, (ValueError, ValueError(), None))
    if status:
        record.status_code = status
    assert CallersMistake().filter(record)
    assert record.levelname == level
    assert bool(record.exc_info) is (level == "ERROR")


def test_a_refusal_that_the_requests_own_line_tells_is_not_told_twice() -> None:
    record = logging.LogRecord("django.request", logging.WARNING, __file__, 1, "Not Found: /secret", None, None)
    record.status_code = 404
    assert not CallersMistake().filter(record)
