"""Download everything: complete, one's own alone, and never more in memory than a part of it."""

from __future__ import annotations

import io
import json
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import StreamingHttpResponse
from django.test import Client
from rest_framework.test import APIClient

from classifier import services
from classifier.models import Photo
from classifier.tests.factories import scored_photo
from wizard import store, takeout
from wizard.tests.leaving_samples import somebody
from wizard.tests.token_samples import READ, caller, make

pytestmark = pytest.mark.django_db


def unpack(response: Any) -> zipfile.ZipFile:
    assert response.status_code == 200
    assert response["Content-Type"] == "application/zip"
    archive = zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))
    assert archive.testzip() is None
    return archive


def test_everything_is_in_it() -> None:
    quagga = somebody("quagga")
    photo = Photo.objects.owned_by(quagga).order_by("pk")[0]
    services.give_feedback(photo=photo, feedback="super_like")
    archive = unpack(caller(make(quagga, scope=READ)[1]).get("/api/account/export"))
    photos = json.loads(archive.read("photos.json"))
    assert [each["name"] for each in photos] == ["quagga-0.jpg", "quagga-1.jpg", "quagga-2.jpg"]
    assert (photos[0]["bio"], photos[0]["answer"], photos[0]["scores"][0]["score"]) == (
        "quagga was there",
        "super_like",
        0.5,
    )
    assert photos[0]["answered_at"]
    for each in photos:
        assert (
            archive.read(each["file"]) == default_storage.open(str(Photo.objects.get(pk=each["id"]).image.name)).read()
        )
    preferences = json.loads(archive.read("preferences.json"))
    assert preferences["account"]["name"] == "quagga"
    assert preferences["taste"]["match_threshold"] == 0.6
    assert [each["phrase"] for each in preferences["phrases"]] == ["quagga by the sea"]
    assert [each["category"] for each in preferences["references"]] == ["quagga"]
    assert "quagga's script" in [each["name"] for each in preferences["api_tokens"]]
    assert len(json.loads(archive.read("review.json"))) == 3
    training = json.loads(archive.read("training.json"))
    assert [each["version_number"] for each in training["versions"]] == [1, 2]
    assert training["trainings"][0]["outcome"] == "quagga learned"
    with zipfile.ZipFile(io.BytesIO(archive.read("versions/dating-wizard-version-2.wizard"))) as version:
        assert version.read("version.pt") == b"quagga"
    told = archive.read("README.txt").decode()
    assert all(name.partition("/")[0] in told for name in archive.namelist() if name != "README.txt")


def test_a_stranger_gets_their_own_alone(owner_client: Client, strangers_api: APIClient) -> None:
    somebody("quagga")
    for response in (owner_client.get("/accounts/export/"), strangers_api.get("/api/account/export")):
        archive = unpack(response)
        assert json.loads(archive.read("photos.json")) == []
        assert not [name for name in archive.namelist() if name.startswith(("photos/", "versions/"))]
        assert not any(b"quagga" in archive.read(name) for name in archive.namelist())
    assert Client().get("/accounts/export/").status_code == 302
    assert Client().get("/api/account/export").status_code == 401


def test_names_that_are_alike_or_lead_elsewhere_are_files_of_their_own(owner: User) -> None:
    for name in ("me.jpg", "me.jpg", "../../me.png", "a:b?.jpg", "…"):
        scored_photo(owner, photo__source_name=name)
    names = [name for name, _ in takeout._members(owner) if name.startswith("photos/")]
    assert len(set(names)) == 5
    assert not [name for name in names if ".." in name or ":" in name or name.count("/") > 1]


def test_long_names_of_any_script_can_be_unpacked(owner: User, api: APIClient, tmp_path: Path) -> None:
    for name in ("か" * 250, "\U0001f600" * 200, "か" * 250 + ".jpeg", "é" * 120, "\U0001f469\u200d\U0001f467" * 60):
        photo = scored_photo(owner)
        Photo.objects.filter(pk=photo.pk).update(source_name=name)
    archive = unpack(api.get("/api/account/export"))
    archive.extractall(tmp_path)
    unpacked = {path.name for path in (tmp_path / "photos").iterdir()}
    assert len(unpacked) == 5
    assert all(name.endswith(".jpg") and len(name.encode()) <= 143 for name in unpacked)
    assert {each["file"] for each in json.loads(archive.read("photos.json"))} == {f"photos/{name}" for name in unpacked}


def test_a_picture_that_was_deleted_in_the_meantime_is_left_out(owner: User, api: APIClient) -> None:
    gone, here = scored_photo(owner), scored_photo(owner)
    default_storage.delete(str(gone.image.name))
    archive = unpack(api.get("/api/account/export"))
    assert [name for name in archive.namelist() if name.startswith("photos/")] == [takeout.path_of(here)]


def test_it_is_made_while_it_is_read(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    big = 4 * 2**20
    for _ in range(12):
        photo = scored_photo(owner)
        default_storage.save(str(photo.image.name), ContentFile(bytes(big)))
    opened: list[str] = []
    open_ = default_storage.open

    def noted(name: str, mode: str = "rb") -> Any:
        opened.append(name)
        return open_(name, mode)

    monkeypatch.setattr(default_storage, "open", noted)
    parts = iter(takeout.Takeout(owner))
    next(parts)
    assert len(opened) == 1  # of twelve
    tracemalloc.start()
    size = sum(len(part) for part in parts)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size > 12 * big
    assert most < big


def test_one_at_a_time_until_it_ends_or_the_client_goes_away(
    owner: User, owner_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: set[str] = set()
    monkeypatch.setattr(store, "is_first", lambda key, seconds: key not in taken and not taken.add(key))  # type: ignore[func-returns-value]  # None
    monkeypatch.setattr(store, "forget", lambda *keys: taken.difference_update(keys))
    first = owner_client.get("/accounts/export/")
    assert isinstance(first, StreamingHttpResponse)
    refused = owner_client.get("/accounts/export/", follow=True)
    assert "Your last download is still under way" in refused.content.decode()
    assert caller(make(owner)[1]).get("/api/account/export").json()["code"] == "busy"
    first.close()  # unread, as when the client has gone
    takeout.Takeout(owner)
    taken -= {f"wizard:export:{owner.pk}"}
    takeout.Takeout(owner)
    taken -= {f"wizard:export:{owner.pk}"}
    with pytest.raises(takeout.Busy, match="Others are downloading"):
        takeout.Takeout(owner)
