"""Answers that no view has seen: refused at the door, broken on the way, or a static file."""

from __future__ import annotations

from pathlib import Path
from unittest import mock

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client

from wizard.tests.guarded import assert_guarded


@pytest.mark.parametrize("address", ["/upload/", "/api/photos"])
def test_what_is_too_large(owner_client: Client, address: str) -> None:
    kind = "multipart/form-data; boundary=x"
    answer = owner_client.generic("POST", address, b"x", kind, CONTENT_LENGTH=str(2**40))
    assert answer.status_code == 413
    assert_guarded(answer)


@pytest.mark.parametrize("address", ["/", "/api/stats", "/healthz", "/accounts/sign-in/"])
def test_a_host_that_is_none_of_ours(db: None, address: str) -> None:
    for name in ("evil.example", "localhost.evil.example", "localhost:80@evil.example", "[::1]evil"):
        answer = Client(headers={"host": name}).get(address)
        if address != "/healthz":
            assert answer.status_code == 400
            assert "evil" not in answer.content.decode()
        assert_guarded(answer)


@pytest.mark.parametrize("address", ["/nowhere", "/api/nowhere", "/photos/999999/", "/media/photos/1/x.jpg"])
def test_what_is_not_there(owner_client: Client, address: str) -> None:
    answer = owner_client.get(address)
    assert answer.status_code == 404
    assert_guarded(answer)


@pytest.mark.parametrize(("address", "part"), [("/", "training.views.home"), ("/api/stats", "training.api_stats")])
def test_what_broke(owner: User, address: str, part: str) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(owner)
    name = "render" if address == "/" else "Response"
    with mock.patch(f"{part}.{name}", side_effect=RuntimeError("secret-in-an-error")):
        answer = client.get(address)
    assert answer.status_code == 500
    assert b"secret" not in answer.content
    assert_guarded(answer)


def test_a_static_file(db: None) -> None:
    file = Path(settings.STATIC_ROOT, "probe.svg")
    file.write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    try:
        answer = Client().get("/static/probe.svg")
        answer.getvalue()
    finally:
        file.unlink()
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/svg+xml")
    assert_guarded(answer, is_public=True)
