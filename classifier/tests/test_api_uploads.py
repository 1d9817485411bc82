"""Requests with files as programs write them, byte by byte: every part is reported."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from rest_framework.test import APIClient

from classifier.api.uploads import Utf8Headers
from classifier.models import Photo
from classifier.tests.factories import jpeg

BOUNDARY = b"edge"


def part(field: str, content: bytes, name: bytes | None = None) -> bytes:
    """A file if it has a name, otherwise a text."""
    file_name = b"" if name is None else b'; filename="%s"' % name
    head = b'--%s\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n'
    return head % (BOUNDARY, field.encode(), file_name) + content + b"\r\n"


def sent(api: APIClient, *parts: bytes) -> Any:
    body = b"".join(parts) + b"--%s--\r\n" % BOUNDARY
    # Typed as text, but bytes are what a name in another encoding needs.
    kind = f"multipart/form-data; boundary={BOUNDARY.decode()}"
    return api.generic("POST", "/api/photos", body, content_type=kind)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd.jpg", "passwd.jpg"),
        ("..\\..\\boot.jpg", "boot.jpg"),
        ("..", "picture"),
        ("A: first date.jpg", "A: first date.jpg"),
        ("half%2Fhalf.jpg", "half%2Fhalf.jpg"),
        ("tab\there.jpg", "tab here.jpg"),
        ("say %22cheese%22.jpg", 'say "cheese".jpg'),
        ("\u00e9t\u00e9.jpg", "\u00e9t\u00e9.jpg"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_any_name_is_accepted_and_shown_cleaned(
    api: APIClient, owner: User, name: str, shown: str, encoding: str
) -> None:
    outcome = sent(api, part("files", jpeg(), name.encode(encoding))).json()
    assert [each["source_name"] for each in outcome["created"]] == [shown]
    assert Photo.objects.get(owner=owner).source_name == shown


@pytest.mark.parametrize("size", [1, 7, 64, 65_536])
def test_names_are_read_however_the_body_arrives(size: int) -> None:
    body = part("files", jpeg("gold") + b"\r\n--ed", b"\xe9.jpg") + part("bio", b"Sails.") + b"--%s--\r\n" % BOUNDARY
    stream = Utf8Headers(BytesIO(body), BOUNDARY)
    read = b"".join(iter(lambda: stream.read(size), b""))
    assert read == body.replace(b"\xe9.jpg", "\u00e9.jpg".encode())
    assert stream.parts == 2
