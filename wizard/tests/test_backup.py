"""A backup is its owner's alone, overwrites nothing, and names what was gone."""

from __future__ import annotations

import io
import sqlite3
import stat
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models.fields.files import FieldFile

from classifier.models import Photo
from classifier.tests.factories import scored_photo
from wizard.tests.backups import made, media_in, restore
from wizard.tests.buckets import Bucket

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_a_backup_is_its_owners_alone_and_overwrites_nothing(backup: Path, tmp_path: Path) -> None:
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    with pytest.raises(CommandError, match="is there already"):
        call_command("backup", str(backup))
    with pytest.raises(CommandError, match="There is no folder"):
        call_command("backup", str(tmp_path / "nowhere" / "monday.tar"))
    assert [path.name for path in tmp_path.iterdir()] == ["monday.tar"]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="pg_dump says it in its own words")
def test_where_there_is_no_room_for_the_database_it_says_so_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def small(path: Path) -> sqlite3.Connection:
        database = sqlite3.Connection(path)
        database.execute("PRAGMA max_page_count = 2")
        return database

    monkeypatch.setattr("wizard.backup.sqlite3.connect", small)
    with pytest.raises(CommandError, match="The database could not be copied: database or disk is full"):
        call_command("backup", str(tmp_path / "monday.tar"))
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_gone_is_named_and_left_out(owner: User, tmp_path: Path) -> None:
    photo = scored_photo(owner)
    default_storage.delete(str(photo.image.name))
    said = io.StringIO()
    call_command("backup", str(tmp_path / "monday.tar"), stdout=said)
    assert f"left out, since it was gone: {photo.image.name}" in said.getvalue()
    assert "Restored" in restore(tmp_path / "monday.tar", tmp_path / "new").stdout


def files_of(photo: Photo) -> list[FieldFile]:
    return [photo.image, photo.thumbnail]


def test_it_has_the_files_of_a_bucket_too(bucket: Bucket, owner: User, tmp_path: Path) -> None:
    names = sorted(str(file.name) for photo in (scored_photo(owner), scored_photo(owner)) for file in files_of(photo))
    assert sorted(media_in(made(tmp_path / "monday.tar"))) == names == sorted(bucket.keys())


def test_there_is_none_while_the_bucket_is_away(bucket: Bucket, owner: User, tmp_path: Path) -> None:
    photo = scored_photo(owner)
    for file in files_of(photo):
        default_storage.delete(str(file.name))
    bucket.client.delete_bucket(Bucket=bucket.name)
    with pytest.raises(CommandError, match=r"could not be written. The storage .* does not answer .*\)\.$"):
        made(tmp_path / "monday.tar")
    assert list(tmp_path.iterdir()) == []
