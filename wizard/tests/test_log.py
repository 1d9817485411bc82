"""One line a request, with an id that goes on to the workers; and nothing in it that anybody wrote."""

from __future__ import annotations

import io
import json
import logging
import logging.config
from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from rest_framework.test import APIClient

from classifier.models import Photo
from classifier.tests.factories import jpeg, scored_photo
from wizard import env, logs, request_log
from wizard.celery import app
from wizard.tests.access import routes
from wizard.tests.access_world import made_world

SECRET = "secret-39f2"
OWN = "a-proxys.id_7"


@pytest.fixture
def written(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    """What the log's own handlers write, in the format that the test asks for."""
    kind = getattr(request, "param", "json")
    out = io.StringIO()
    usual: dict[str, Any] = settings.LOGGING
    handlers = {name: {**handler, "formatter": kind, "stream": out} for name, handler in usual["handlers"].items()}
    logging.config.dictConfig({**usual, "handlers": handlers})
    yield out
    logging.config.dictConfig(usual)


def lines(out: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_a_request_is_one_line_with_who_and_what(owner: User, owner_client: Client, written: io.StringIO) -> None:
    photo = scored_photo(owner)
    answer = owner_client.get(f"/photos/{photo.pk}/?next={SECRET}")
    (line,) = lines(written)
    assert (line["level"], line["message"]) == ("INFO", f"GET /photos/{photo.pk}/")
    assert (line["status"], line["user"], line["request_id"]) == (200, owner.pk, answer["X-Request-ID"])


@pytest.mark.parametrize("written", ["plain"], indirect=True)
def test_plain_lines_say_the_same(owner: User, owner_client: Client, written: io.StringIO) -> None:
    answer = owner_client.get("/library/")
    said = written.getvalue()
    assert said.startswith("INFO wizard.requests: GET /library/ status=200 ms=")
    assert said.endswith(f"user={owner.pk} id={answer['X-Request-ID']}\n")


@pytest.mark.parametrize("given", ["", "a b", "x" * 65, "a\tb", '{"a":1}', "naïve"])
def test_only_a_harmless_id_is_taken_over(client: Client, given: str) -> None:
    assert client.get("/healthz", headers={"x-request-id": OWN})["X-Request-ID"] == OWN
    made = client.get("/healthz", headers={"x-request-id": given})["X-Request-ID"]
    assert made != given
    assert logs.HARMLESS.fullmatch(made)


def test_a_slow_request_is_told(owner_client: Client, written: io.StringIO) -> None:
    with mock.patch.object(request_log, "SLOW_SECONDS", 0.0):
        owner_client.get("/library/")
    assert (lines(written)[0]["level"], lines(written)[0]["message"]) == ("WARNING", "GET /library/, slow")


def test_a_task_carries_the_id_of_the_request_that_sent_it(api: APIClient, written: io.StringIO) -> None:
    seen: list[str] = []

    @app.task(name="wizard.tests.look")
    def look() -> None:
        seen.append(logs.request_id.get())

    token = logs.request_id.set(OWN)
    try:
        with mock.patch("celery.app.task.Task.apply_async") as sent:
            look.apply_async(headers={"other": "1"})
    finally:
        logs.request_id.reset(token)
    headers = sent.call_args.kwargs["headers"]
    assert headers == {"other": "1", "wizard_request_id": OWN}
    look.apply(headers=headers)
    look.apply()
    assert seen == [OWN, ""]
    assert [(line["message"], line["request_id"]) for line in lines(written)] == [("wizard.tests.look", OWN)]


@pytest.mark.slow("sends everything that a person can send, and reads the whole log")
def test_nothing_that_anybody_sends_is_in_the_log(db: None, written: io.StringIO) -> None:
    """Every address, read and written, a secret in every place; signed in and not."""
    with made_world() as world:
        for user in (None, world.owner):
            for route in routes():
                for method in ("GET", "POST", "PATCH"):
                    client = Client(raise_request_exception=False)
                    if user:
                        client.force_login(user)
                    client.cookies["other"] = SECRET
                    sent = world.body(route, method)
                    if "data" in sent:
                        sent["data"] = sent["data"].replace("new", SECRET).replace("wrong", SECRET)
                    headers = {"authorization": f"Token wz_{SECRET}", "x-request-id": f"{SECRET} x", "referer": SECRET}
                    client.generic(method, f"{world.fill(route)}?q={SECRET}&next={SECRET}", headers=headers, **sent)
    Client().get(f"/nowhere/{SECRET}")
    Client().get(f"/admin/auth/user/{SECRET}/change/")
    assert len(written.getvalue().splitlines()) > 500
    assert SECRET not in written.getvalue()


def test_neither_the_right_password_nor_a_file_name_nor_a_new_token_is(db: None, written: io.StringIO) -> None:
    robin = User.objects.create_user("robin", password=SECRET)
    client = Client()
    client.post("/accounts/sign-in/", {"username": "robin", "password": SECRET})
    client.post("/upload/", {"files": SimpleUploadedFile(f"{SECRET}.jpg", jpeg()), "bio": SECRET})
    client.post("/upload/", {"files": SimpleUploadedFile(f"{SECRET}.jpg", b"no picture")})
    given = {"username": "robin", "password": SECRET, "name": SECRET}
    token = Client().post("/api/auth/token", given, content_type="application/json").json()["token"]
    Client().get("/api/photos", headers={"authorization": f"Token {token}"})
    assert Photo.objects.filter(owner=robin).count() == 1
    said = written.getvalue()
    assert len(said.splitlines()) == 5
    assert not [
        secret for secret in (SECRET, token, client.cookies[settings.SESSION_COOKIE_NAME].value) if secret in said
    ]


def test_a_format_that_does_not_exist_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOG_FORMAT", "xml")
    with pytest.raises(Exception, match="LOG_FORMAT must be one of plain, json"):
        env.choice("LOG_FORMAT", ["plain", "json"])
