"""Files in a bucket behave as files on a disk do, for everything that the product asks of them."""

from __future__ import annotations

import socket
import time
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage, storages
from pytest_django import Settings

from wizard import erasing, files
from wizard.files import StorageAway
from wizard.health import readiness
from wizard.storage_url import storage_of
from wizard.tests.buckets import Bucket


def test_what_is_saved_is_read_listed_and_deleted_under_its_name(bucket: Bucket) -> None:
    assert default_storage.save("models/7/version_2.pt", ContentFile(b"first")) == "models/7/version_2.pt"
    assert default_storage.save("models/7/version_2.pt", ContentFile(b"again")) == "models/7/version_2.pt"
    with default_storage.open("models/7/version_2.pt") as file:
        assert file.read() == b"again"
        file.seek(1)
        assert file.read(2) == b"ga"
    assert bucket.keys() == ["models/7/version_2.pt"]
    assert default_storage.listdir("models") == (["7"], [])
    assert default_storage.listdir("models/7") == ([], ["version_2.pt"])
    assert default_storage.size("models/7/version_2.pt") == 5
    default_storage.delete("models/7/version_2.pt")
    default_storage.delete("models/7/version_2.pt")
    assert not default_storage.exists("models/7/version_2.pt")
    assert bucket.keys() == []


def test_a_file_that_is_not_there_is_missing_as_on_a_disk(bucket: Bucket) -> None:
    for ask in (default_storage.open, default_storage.size, default_storage.get_modified_time):
        with pytest.raises(FileNotFoundError):
            ask("photos/1/none.jpg")
    assert default_storage.listdir("photos/1") == ([], [])
    with files.on_disk("models/1/version_2.pt") as path:
        assert not path.exists()


def test_many_are_asked_for_side_by_side_and_come_in_order(bucket: Bucket) -> None:
    names = [f"stems/1/x/{number}.npy" for number in range(100)]
    files.do_each(lambda name: default_storage.save(name, ContentFile(name.encode())), names)
    assert [opened().read() for opened in files.openers(names)] == [name.encode() for name in names]
    assert list(files.on_each(default_storage.size, names)) == [len(name) for name in names]


def test_nothing_is_under_way_any_more_when_one_of_many_has_failed(bucket: Bucket) -> None:
    def save(number: int) -> None:
        if number == 0:
            raise ZeroDivisionError
        time.sleep(0.3)
        default_storage.save(f"stems/1/x/{number}.npy", ContentFile(b"late"))

    with pytest.raises(ZeroDivisionError):
        files.do_each(save, range(40))
    there = bucket.keys()
    time.sleep(0.6)
    assert bucket.keys() == there


def test_a_file_goes_through_a_path_where_one_is_needed_and_nothing_stays(bucket: Bucket, tmp_path: Path) -> None:
    with files.written("models/1/version_3.pt") as path:
        path.write_bytes(b"weights")
    assert not path.exists()
    with files.on_disk("models/1/version_3.pt") as copy:
        assert (copy.name, copy.read_bytes()) == ("version_3.pt", b"weights")
    assert not copy.exists()
    with pytest.raises(ZeroDivisionError), files.written("models/1/version_4.pt") as path:
        path.write_bytes(b"half of it" * (1 // 0))
    assert bucket.keys() == ["models/1/version_3.pt"]


def test_a_folder_is_removed_with_all_that_is_in_it(bucket: Bucket) -> None:
    for number in range(40):
        default_storage.save(f"stems/1/{number % 2}/{number}.npy", ContentFile(b"x"))
    default_storage.save("stems/11/0/1.npy", ContentFile(b"another's"))
    assert erasing.remove_folder("stems/1", until=time.monotonic() + 60)
    assert bucket.keys() == ["stems/11/0/1.npy"]


@pytest.mark.parametrize("what", ["nobody listens", "no such bucket"])
def test_a_bucket_that_is_away_is_told_from_a_file_that_is_gone(bucket: Bucket, settings: Settings, what: str) -> None:
    with socket.socket() as bound:  # taken, and nobody listens
        bound.bind(("127.0.0.1", 0))
        away = f"s3://k:hush@x?endpoint=http://127.0.0.1:{bound.getsockname()[1]}&region=x"
        nowhere = f"s3://k:hush@no-such-bucket?endpoint={bucket.endpoint}&region=x"
        url = {"nobody listens": away, "no such bucket": nowhere}[what]
        settings.STORAGES = {**bucket.storages, "default": storage_of(url)}
        for ask in (default_storage.open, lambda name: default_storage.save(name, ContentFile(b"x"))):
            with pytest.raises(StorageAway) as told:
                ask("photos/1/some.jpg")
            assert "hush" not in str(told.value)
        with pytest.raises(StorageAway):
            files.check()
        files.delete_if_possible("photos/1/some.jpg")


@pytest.mark.django_db
def test_readiness_tells_of_the_bucket_when_there_is_one(bucket: Bucket, settings: Settings) -> None:
    assert readiness()["storage"] == "ok"
    bucket.client.delete_bucket(Bucket=bucket.name)
    assert "does not answer as it should" in readiness()["storage"]
    settings.STORAGES = {**bucket.storages, "default": storage_of("")}
    assert storages["default"].path("x")
    assert "storage" not in readiness()
