"""What is refused as a backup, and where: in one sentence, with nothing changed."""

from __future__ import annotations

import io
import json
import os
import sqlite3
import stat
import subprocess
import sys
import tarfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection

from classifier.tests.factories import scored_photo
from wizard.instance import BASE_DIR

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="these restore into SQLite"),
]


def restore(archive: Path, data_dir: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "wizard.settings", "WIZARD_DATA_DIR": str(data_dir)}
    command = [sys.executable, "manage.py", "restore", str(archive)]
    return subprocess.run(command, cwd=BASE_DIR, env=environment, check=False, capture_output=True, text=True)


def tables(data_dir: Path) -> list[str]:
    with closing(sqlite3.connect(data_dir / "wizard.sqlite3")) as database:
        return [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]


def as_found(data_dir: Path, *there: str) -> bool:
    """An instance that was empty but for this, and for the key that every command of manage.py makes sure of."""
    return {path.name for path in data_dir.iterdir()} == {"secret_key", *there}


@pytest.fixture
def backup(owner: User, tmp_path: Path) -> Path:
    scored_photo(owner)
    file = tmp_path / "monday.tar"
    call_command("backup", str(file), stdout=io.StringIO())
    return file


def changed(backup: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """The same archive with other members."""
    with tarfile.open(backup) as tar:
        members = {name: tar.extractfile(name).read() for name in tar.getnames()}  # type: ignore[union-attr]  # files all
    change(members)
    other = backup.with_name("other.tar")
    with tarfile.open(other, "w") as tar:
        for name, content in members.items():
            header = tarfile.TarInfo(name)
            header.size = len(content)
            tar.addfile(header, io.BytesIO(content))
    return other


def without_manifest(members: dict[str, bytes]) -> None:
    del members["manifest.json"]


def another_picture(members: dict[str, bytes]) -> None:
    members[next(name for name in members if name.startswith("media/photos/"))] += b"!"


def a_picture_less(members: dict[str, bytes]) -> None:
    del members[next(name for name in members if name.startswith("media/photos/"))]


def out_of_the_folder(members: dict[str, bytes]) -> None:
    members["media/photos/../../../../evil.jpg"] = b"evil"


def into_the_code(members: dict[str, bytes]) -> None:
    members["beat-schedule"] = b"evil"


def of_the_future(members: dict[str, bytes]) -> None:
    manifest = json.loads(members["manifest.json"])
    members["manifest.json"] = json.dumps({**manifest, "migrations": ["wizard.9999_later"]}).encode()


def of_another_database(members: dict[str, bytes]) -> None:
    manifest = json.loads(members["manifest.json"])
    members["manifest.json"] = json.dumps({**manifest, "database": "postgresql"}).encode()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (without_manifest, "has no manifest"),
        (another_picture, "is damaged"),
        (a_picture_less, "is damaged"),
        (out_of_the_folder, "holds what no backup of Dating Wizard holds"),
        (into_the_code, "holds what no backup of Dating Wizard holds"),
        (of_the_future, "comes from a newer Dating Wizard"),
        (of_another_database, "this instance uses sqlite"),
    ],
)
def test_an_archive_that_is_not_what_was_backed_up_changes_nothing(
    backup: Path, tmp_path: Path, change: Callable[[dict[str, bytes]], None], sentence: str
) -> None:
    ran = restore(changed(backup, change), tmp_path / "new")
    assert ran.returncode == 1
    assert sentence in ran.stderr
    assert "Traceback" not in ran.stderr
    assert not list(tmp_path.rglob("evil*"))
    assert as_found(tmp_path / "new")


@pytest.mark.parametrize(("content", "sentence"), [(b"no tar", "is damaged"), (None, "There is no file")])
def test_what_is_no_archive_is_refused(tmp_path: Path, content: bytes | None, sentence: str) -> None:
    file = tmp_path / "monday.tar"
    if content:
        file.write_bytes(content)
    ran = restore(file, tmp_path / "new")
    assert (ran.returncode, "Traceback" in ran.stderr) == (1, False)
    assert sentence in ran.stderr


def test_an_archive_that_was_cut_off_is_refused_and_the_whole_one_is_taken_after_it(
    backup: Path, tmp_path: Path
) -> None:
    half = backup.with_name("half.tar")
    half.write_bytes(backup.read_bytes()[: backup.stat().st_size // 2])
    ran = restore(half, tmp_path / "new")
    assert (ran.returncode, "Traceback" in ran.stderr) == (1, False)
    assert as_found(tmp_path / "new")
    assert "Restored" in restore(backup, tmp_path / "new").stdout


def test_what_an_interrupted_restore_left_is_named_as_such(backup: Path, tmp_path: Path) -> None:
    left = tmp_path / "new" / "media" / "photos" / "1"
    left.mkdir(parents=True)
    (left / "one.jpg").write_bytes(b"moved in before the power failed")
    ran = restore(backup, tmp_path / "new")
    assert "If a restore was interrupted here, they are what it left" in ran.stderr
    assert as_found(tmp_path / "new", "media")


def test_it_restores_into_an_empty_instance_alone(backup: Path, tmp_path: Path) -> None:
    assert "Restored" in restore(backup, tmp_path / "new").stdout
    (tmp_path / "new" / "secret_key").write_text("of this instance")
    again = restore(backup, tmp_path / "new")
    assert "There is a database here already" in again.stderr
    assert (tmp_path / "new" / "secret_key").read_text() == "of this instance"
    assert "classifier_photo" in tables(tmp_path / "new")


def test_a_backup_is_its_owners_alone_and_overwrites_nothing(backup: Path, tmp_path: Path) -> None:
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    with pytest.raises(CommandError, match="is there already"):
        call_command("backup", str(backup))
    with pytest.raises(CommandError, match="There is no folder"):
        call_command("backup", str(tmp_path / "nowhere" / "monday.tar"))
    assert [path.name for path in tmp_path.iterdir()] == ["monday.tar"]


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
