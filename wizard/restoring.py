"""A backup is brought back into an empty instance: unpacked beside it, checked to the last byte, then moved in."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import tarfile
import tempfile
from contextlib import closing
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from wizard import files, store, workers
from wizard.backup import DATABASES, FORMAT, FORMAT_NUMBER, MANIFEST, MEDIA, SECRET, BackupFailed, run_postgres
from wizard.erasing import FOLDERS, remove_folder
from wizard.queues import QUEUES

OURS = ("wizard", "classifier", "training")
PART = 2**20


def restore_backup(archive: Path) -> dict[str, Any]:
    """Returns the manifest. Raises BackupFailed; then nothing was changed."""
    try:
        _refuse_unless_empty()
    except files.StorageAway as away:
        raise BackupFailed(str(away)) from away
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=settings.DATA_DIR) as temporary:
        staged = Path(temporary)
        try:
            manifest = _unpack(archive, staged)
        except FileNotFoundError:
            raise BackupFailed(f"There is no file {archive}.") from None
        except (tarfile.TarError, EOFError, UnicodeDecodeError, json.JSONDecodeError) as error:
            raise BackupFailed(f"{archive.name} is no backup of Dating Wizard, or it is damaged.") from error
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise BackupFailed(f"{archive.name} could not be unpacked: {reason}.") from error
        database = staged / DATABASES[connection.vendor]
        _check_database(database)
        _move_in(staged, database)
    return manifest


def _refuse_unless_empty() -> None:
    if connection.vendor not in DATABASES:
        raise BackupFailed("Only SQLite and Postgres can be restored.")
    if _is_running():
        raise BackupFailed("Dating Wizard is running here, or was half a minute ago; stop it first.")
    if _has_tables():
        raise BackupFailed("There is a database here already; a backup is restored into an empty instance alone.")
    if any(_has_files(folder) for folder in FOLDERS):
        raise BackupFailed(
            "There are files here already; a backup is restored into an empty instance alone."
            " If a restore was interrupted here, they are what it left: remove them, or take a new place."
        )


def _has_tables() -> bool:
    """SQLite makes its file when it is asked: what is refused afterwards would leave it behind."""
    if connection.vendor == "sqlite" and not Path(str(connection.settings_dict["NAME"])).exists():
        return False
    return bool(connection.introspection.table_names())


def _is_running() -> bool:
    """The embedded Valkey ends with it; a Redis of one's own does not, and knows whether a worker left word."""
    if settings.EMBEDDED_REDIS:
        return store.answers()
    return any(not workers.trouble_of(queue) for queue in QUEUES)


def _has_files(folder: str) -> bool:
    try:
        return any(default_storage.listdir(folder))
    except FileNotFoundError:
        return False


def _unpack(archive: Path, staged: Path) -> dict[str, Any]:
    """Into `staged`, every member found to be what the manifest says."""
    found: dict[str, dict[str, Any]] = {}
    with tarfile.open(archive, "r:") as tar:
        for member in tar:
            if not member.isfile() or not _is_expected(member.name) or member.name in found:
                raise BackupFailed(f"{archive.name} holds what no backup of Dating Wizard holds: {member.name!r}.")
            tar.extract(member, staged, filter="data")
            found[member.name] = _look_at(staged / member.name)
    if found.pop(MANIFEST, None) is None:
        raise BackupFailed(f"{archive.name} has no manifest: it was cut off, or is no backup of Dating Wizard.")
    manifest = json.loads((staged / MANIFEST).read_text())
    _check_manifest(manifest, archive.name)
    if manifest.get("members") != found:
        raise BackupFailed(f"{archive.name} is damaged: its files are not the ones that were backed up.")
    return dict(manifest)


def _is_expected(name: str) -> bool:
    parts = PurePosixPath(name).parts
    if name in (MANIFEST, SECRET, *DATABASES.values()):
        return True
    return name.startswith(MEDIA) and len(parts) > 2 and parts[1] in FOLDERS and ".." not in parts


def _check_manifest(manifest: Any, name: str) -> None:
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise BackupFailed(f"{name} is no backup of Dating Wizard.")
    disk = MigrationLoader(None).disk_migrations
    known = {f"{app}.{migration}" for app, migration in disk}
    newer = [each for each in manifest.get("migrations", []) if each.startswith(OURS) and each not in known]
    if manifest.get("format_number") != FORMAT_NUMBER or newer:
        raise BackupFailed(f"{name} comes from a newer Dating Wizard; restore it with that one.")
    if manifest.get("database") != connection.vendor:
        theirs, ours = manifest.get("database"), connection.vendor
        raise BackupFailed(f"{name} holds a database of {theirs}, and this instance uses {ours}.")


def _check_database(database: Path) -> None:
    broken = BackupFailed("The database in the backup is damaged.")
    if not database.exists():
        raise broken
    if connection.vendor == "sqlite":
        try:
            with closing(sqlite3.connect(database)) as opened:
                (said,) = opened.execute("PRAGMA integrity_check").fetchone()
        except sqlite3.Error as error:
            raise broken from error
        if said != "ok":
            raise broken


def _move_in(staged: Path, database: Path) -> None:
    """Files first, then the database: rows never speak of files that are not there. Undone if it fails half-way."""
    try:
        _move_files(staged / MEDIA)
        if connection.vendor == "sqlite":
            connection.close()
            target = Path(str(settings.DATABASES["default"]["NAME"]))
            for beside in ("-wal", "-shm"):
                Path(f"{target}{beside}").unlink(missing_ok=True)
            _replace(database, target)
        else:
            run_postgres("pg_restore", "--no-owner", "--single-transaction", "--exit-on-error", str(database))
    except BaseException as error:
        left = "" if _remove_files() else " What of it is in the storage already could not be removed."
        if isinstance(error, files.StorageAway):
            raise BackupFailed(f"{error}{left}") from error
        if isinstance(error, OSError):
            raise BackupFailed(f"It could not be moved in: {(error.strerror or str(error)).lower()}.{left}") from error
        raise
    if (staged / SECRET).exists():
        _replace(staged / SECRET, settings.DATA_DIR / SECRET)  # within one disk: nothing is in its way


def _replace(source: Path, target: Path) -> None:
    """The database may lie on another disk than the data directory."""
    beside = target.with_name(f".{target.name}.restored")
    try:
        shutil.move(source, beside)
        beside.chmod(0o600)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)


def _move_files(media: Path) -> None:
    def move(path: Path) -> None:
        name = str(path.relative_to(media))
        if not files.are_local():
            with path.open("rb") as file:
                default_storage.save(name, File(file))
            return
        target = Path(default_storage.path(name))
        files.make_folder(target.parent)
        path.chmod(0o644)
        path.rename(target)

    files.do_each(move, sorted(path for path in media.rglob("*") if path.is_file()))


def _remove_files() -> bool:
    """Of a folder that was empty before. False when the storage is away."""
    try:
        return all(remove_folder(folder, until=float("inf")) for folder in FOLDERS)
    except OSError:
        return False


def _look_at(path: Path) -> dict[str, Any]:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while part := file.read(PART):
            digest.update(part)
    return {"size": path.stat().st_size, "sha256": digest.hexdigest()}
