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


def test_a_file_in_another_field_is_among_the_rejected(api: APIClient, owner: User) -> None:
    parts = [part("files", jpeg("gold"), b"a.jpg"), part("photo", jpeg("red"), b"b.jpg")]
    outcome = sent(api, *parts).json()
    assert [each["source_name"] for each in outcome["created"]] == ["a.jpg"]
    (refused,) = outcome["rejected"]
    assert (refused["name"], refused["code"]) == ("b.jpg", "unknown_field")
    assert refused["reason"] == "This file came in the field “photo”; send it in the field “files”."


@pytest.mark.parametrize(
    ("wrong", "field", "sentence"),
    [
        (part("bios", b"Sails."), "bios", "There is no such field."),
        (part("files", jpeg("red")), "files", "Send each file with a file name."),
        (part("bio", b"Sails.") + part("bio", b"Hikes."), "bio", "Give one bio; it is kept with each of the files."),
    ],
    ids=["unknown", "nameless", "twice"],
)
def test_an_unknown_field_is_named_and_nothing_is_added(
    api: APIClient, owner: User, wrong: bytes, field: str, sentence: str
) -> None:
    answer = sent(api, part("files", jpeg("gold"), b"a.jpg"), wrong)
    assert (answer.status_code, answer.json()["fields"]) == (400, {field: [sentence]})
    assert not Photo.objects.owned_by(owner).exists()


def test_a_part_of_no_field_is_an_error(api: APIClient, owner: User) -> None:
    nameless = b"--%s\r\nContent-Disposition: form-data\r\n\r\n%s\r\n" % (BOUNDARY, jpeg("red"))
    answer = sent(api, part("files", jpeg("gold"), b"a.jpg"), nameless)
    assert answer.status_code == 400
    assert answer.json()["detail"] == "The upload could not be read: a part does not say of which field it is."
    assert not Photo.objects.owned_by(owner).exists()


def test_a_form_in_which_no_file_was_chosen_says_so(api: APIClient) -> None:
    answer = sent(api, part("files", b"", b""), part("csrfmiddlewaretoken", b"x"))
    assert answer.json()["fields"] == {"files": ["Send at least one file, under the name `files`."]}


@pytest.mark.parametrize("size", [1, 7, 64, 65_536])
def test_names_are_read_however_the_body_arrives(size: int) -> None:
    body = part("files", jpeg("gold") + b"\r\n--ed", b"\xe9.jpg") + part("bio", b"Sails.") + b"--%s--\r\n" % BOUNDARY
    stream = Utf8Headers(BytesIO(body), BOUNDARY)
    read = b"".join(iter(lambda: stream.read(size), b""))
    assert read == body.replace(b"\xe9.jpg", "\u00e9.jpg".encode())
    assert stream.parts == 2
