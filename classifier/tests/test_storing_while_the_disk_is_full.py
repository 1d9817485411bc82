"""A full disk, or a database that somebody holds: nothing half is left, and the answer says what is in the way."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from typing import Never

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import OperationalError
from django.test import Client
from rest_framework.test import APIClient

from classifier import services
from classifier.models import Photo, Taste
from classifier.tests.factories import jpeg
from wizard.errors import NO_DATABASE, NO_ROOM
from wizard.orphans import _files

pytestmark = pytest.mark.django_db(transaction=True)
NO_SPACE = OSError(errno.ENOSPC, "No space left on device")


def refuse(error: Exception) -> Never:
    raise error


def locked() -> OperationalError:
    cause = sqlite3.OperationalError("database is locked")
    cause.sqlite_errorcode = sqlite3.SQLITE_BUSY
    error = OperationalError("database is locked")
    error.__cause__ = cause
    return error


def stored() -> set[str]:
    return {name for folder in ("photos", "thumbnails") for name in _files(folder)}


@pytest.fixture
def second_file_finds_no_room(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    written: list[str] = []
    real = FileSystemStorage._save  # type: ignore[attr-defined]  # not in the stubs

    def save(self: FileSystemStorage, name: str, content: object) -> str:
        written.append(real(self, name, content))
        return refuse(NO_SPACE) if len(written) == 4 else written[-1]

    with monkeypatch.context() as full:
        full.setattr(FileSystemStorage, "_save", save)
        yield


@pytest.mark.usefixtures("second_file_finds_no_room")
def test_what_came_before_the_disk_was_full_is_kept_and_queued_and_the_rest_leaves_nothing(
    owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[int] = []
    monkeypatch.setattr(services, "queue_photos", sent.extend)
    before = stored()
    files = [ContentFile(jpeg(colour), name=f"{colour}.jpg") for colour in ("red", "blue")]
    with pytest.raises(OSError, match="No space"):
        services.add_photos(owner=owner, files=files)
    (photo,) = Photo.objects.all()
    assert sent == [photo.pk]
    assert stored() - before == {str(photo.image.name), str(photo.thumbnail.name)}


def test_a_row_that_cannot_be_written_takes_its_files_along(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Photo, "save", lambda self, *given, **named: refuse(locked()))
    before = stored()
    with pytest.raises(OperationalError):
        services.add_photos(owner=owner, files=[ContentFile(jpeg(), name="one.jpg")])
    assert stored() == before


@pytest.mark.parametrize(("error", "sentence"), [(NO_SPACE, NO_ROOM), (locked(), NO_DATABASE)])
def test_the_api_and_the_pages_say_what_is_in_the_way(
    api: APIClient, owner_client: Client, monkeypatch: pytest.MonkeyPatch, error: Exception, sentence: str
) -> None:
    monkeypatch.setattr(type(Taste.objects), "of", lambda self, owner: refuse(error))
    for client in (api, owner_client):
        client.raise_request_exception = False
    told = api.get("/api/preferences")
    assert (told.status_code, told.json()) == (503, {"detail": sentence, "code": "unavailable"})
    assert int(told["Retry-After"]) > 0
    page = owner_client.get("/taste/")
    assert page.status_code == 503
    assert sentence in page.content.decode()


def test_an_error_that_will_not_pass_is_still_the_wizards_own(api: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    missing = OperationalError("no such column: score")
    missing.__cause__ = sqlite3.OperationalError("no such column: score")
    missing.__cause__.sqlite_errorcode = sqlite3.SQLITE_ERROR
    monkeypatch.setattr(type(Taste.objects), "of", lambda self, owner: refuse(missing))
    api.raise_request_exception = False
    assert api.get("/api/preferences").status_code == 500


def test_a_file_is_there_whole_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    default_storage.save("stems/7/one.npy", ContentFile(b"as it was"))
    real = FileSystemStorage._save  # type: ignore[attr-defined]  # not in the stubs

    def half(self: FileSystemStorage, name: str, content: object) -> Never:
        real(self, name, ContentFile(b"as i"))
        refuse(NO_SPACE)

    monkeypatch.setattr(FileSystemStorage, "_save", half)
    with pytest.raises(OSError, match="No space"):
        default_storage.save("stems/7/one.npy", ContentFile(b"as it is now"))
    with default_storage.open("stems/7/one.npy") as file:
        assert file.read() == b"as it was"
    assert default_storage.listdir("stems/7")[1] == ["one.npy"]
