"""A backup goes into a bucket and out of it again; what fails half-way leaves nothing there."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage, storages

from classifier.tests.factories import scored_photo
from wizard.backup import BackupFailed
from wizard.files import StorageAway
from wizard.restoring import _move_in
from wizard.tests.backups import Members, made, media_in, restore, tables
from wizard.tests.buckets import Bucket, new_bucket

pytestmark = pytest.mark.django_db(transaction=True)


def stored(bucket: Bucket) -> Members:
    return {
        key: bucket.client.get_object(Bucket=bucket.name, Key=f"wizard/{key}")["Body"].read()
        for key in bucket.keys()  # noqa: SIM118  (no dictionary)
    }


def test_from_a_disk_into_a_bucket(backup: Path, s3_endpoint: str, tmp_path: Path) -> None:
    target = new_bucket(s3_endpoint)
    ran = restore(backup, tmp_path / "new", STORAGE_URL=target.url)
    assert "Restored" in ran.stdout, ran.stderr
    assert len(stored(target)) == 2
    assert stored(target) == media_in(backup)
    assert not (tmp_path / "new" / "media").exists()
    assert "classifier_photo" in tables(tmp_path / "new")


def test_from_a_bucket_onto_a_disk(bucket: Bucket, owner: User, tmp_path: Path) -> None:
    scored_photo(owner)
    ran = restore(made(tmp_path / "monday.tar"), tmp_path / "new")
    assert "Restored" in ran.stdout, ran.stderr
    media = tmp_path / "new" / "media"
    found = {str(path.relative_to(media)): path.read_bytes() for path in media.rglob("*") if path.is_file()}
    assert found == stored(bucket)


def test_a_bucket_that_holds_something_or_is_not_there_is_refused(backup: Path, bucket: Bucket, tmp_path: Path) -> None:
    default_storage.save("photos/1/other.jpg", ContentFile(b"another instance's"))
    full = restore(backup, tmp_path / "new", STORAGE_URL=bucket.url)
    assert "There are files here already" in full.stderr
    assert bucket.keys() == ["photos/1/other.jpg"]
    away = restore(backup, tmp_path / "new", STORAGE_URL=bucket.url.replace(bucket.name, "no-such-bucket"))
    assert "does not answer as it should" in away.stderr
    assert "Traceback" not in full.stderr + away.stderr
    assert tables(tmp_path / "new") == []


def test_what_fails_half_way_leaves_nothing(bucket: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some are there, some are on their way, and one is refused."""
    photos = tmp_path / "media" / "photos" / "1"
    photos.mkdir(parents=True)
    for name in "abcdefgh":
        (photos / f"{name}.jpg").write_bytes(b"a picture")
    storage = storages["default"]
    save = storage.save

    def slow_or_refused(name: str, file: Any) -> str:
        if name.endswith("c.jpg"):
            time.sleep(0.2)
            raise StorageAway("SlowDown")
        time.sleep(0.0 if name < "photos/1/c.jpg" else 0.4)
        return save(name, file)

    monkeypatch.setattr(storage, "save", slow_or_refused)
    with pytest.raises(BackupFailed, match=r"does not answer as it should \(SlowDown\)\.$"):
        _move_in(tmp_path, tmp_path / "database")
    assert bucket.keys() == []
    time.sleep(0.5)
    assert bucket.keys() == []
