"""A backup of everything, as one tar, while the system runs.

The database first, as it is in one moment; then the files that its rows speak of. Files are written before their rows
and never change, so whatever the snapshot knows is there, unless it was deleted in between: such a file is named and
left out. The manifest comes last, with the sha256 of every member: what was cut off has none.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from classifier.stems import stem_path
from wizard import files

FORMAT, FORMAT_NUMBER = "dating-wizard-backup", 1
MANIFEST, SECRET, MEDIA = "manifest.json", "secret_key", "media/"
DATABASES = {"sqlite": "database.sqlite3", "postgresql": "database.pgdump"}
FILES = "SELECT image, thumbnail FROM classifier_photo"
STEMS = "SELECT owner_id, backbone, photo_id FROM classifier_photoembedding"
VERSIONS = "SELECT file FROM training_modelversion WHERE file <> ''"
MIGRATIONS = "SELECT app, name FROM django_migrations"


class BackupFailed(Exception):
    """The message says why in one sentence; nothing is left half-done."""


@dataclass
class Written:
    """What came into the archive: its members' size and sha256 by name, and files that were gone."""

    members: dict[str, dict[str, Any]] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)

    @property
    def size(self) -> int:
        return sum(member["size"] for member in self.members.values())


def write_backup(target: Path) -> Written:
    """Raises BackupFailed."""
    if target.exists():
        raise BackupFailed(f"{target} is there already; choose another name.")
    if not target.parent.is_dir():
        raise BackupFailed(f"There is no folder {target.parent}.")
    draft = target.with_name(f".{target.name}.{os.getpid()}.partial")
    try:
        # For its owner alone: it holds photos, password hashes and the secret key.
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            written = _write(out, target.parent)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(target)
    except files.StorageAway as away:
        raise BackupFailed(f"The backup could not be written. {away}") from away
    except OSError as error:
        raise BackupFailed(f"The backup could not be written: {(error.strerror or str(error)).lower()}.") from error
    finally:
        draft.unlink(missing_ok=True)
    return written


def _write(out: IO[bytes], folder: Path) -> Written:
    written = Written()
    with tarfile.open(fileobj=out, mode="w") as archive, _snapshot(folder) as (database, ask):
        _add_file(archive, written, DATABASES[connection.vendor], database)
        secret = settings.DATA_DIR / SECRET
        if secret.exists():
            _add_file(archive, written, SECRET, secret)
        names = list(_stored_files(ask))
        for name, opened in zip(names, files.openers(names), strict=True):
            try:
                with opened() as file:
                    content = file.read()  # at once: stem activations may be written anew while they are read
            except FileNotFoundError:
                written.missing.append(name)
            else:
                _add(archive, written, MEDIA + name, io.BytesIO(content), len(content))
        manifest = {
            "format": FORMAT,
            "format_number": FORMAT_NUMBER,
            "made_at": timezone.now().isoformat(timespec="seconds"),
            "database": connection.vendor,
            "migrations": sorted(f"{app}.{name}" for app, name in ask(MIGRATIONS)),
            "members": written.members,
            "missing": written.missing,
        }
        content = json.dumps(manifest).encode()
        archive.addfile(_header(MANIFEST, len(content)), io.BytesIO(content))
    return written


def _stored_files(ask: Any) -> Iterator[str]:
    for names in ask(FILES):
        yield from names
    for owner, backbone, photo in ask(STEMS):
        yield stem_path(owner, backbone, photo)
    for (name,) in ask(VERSIONS):
        yield name


@contextmanager
def _snapshot(folder: Path) -> Iterator[tuple[Path, Any]]:
    """The database of one moment as a file, and a function that asks it: SQL to rows."""
    if connection.vendor not in DATABASES:
        raise BackupFailed("Only SQLite and Postgres can be backed up.")
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=folder) as temporary:
        copy = Path(temporary) / DATABASES[connection.vendor]
        with _of_sqlite(copy) if connection.vendor == "sqlite" else _of_postgres(copy) as ask:
            yield copy, ask


@contextmanager
def _of_sqlite(copy: Path) -> Iterator[Any]:
    """https://www.sqlite.org/backup.html: in one step, beside readers and writers."""
    with closing(sqlite3.connect(copy)) as snapshot:
        connection.ensure_connection()
        try:
            connection.connection.backup(snapshot)
            snapshot.execute("PRAGMA journal_mode = DELETE")  # all in one file
        except sqlite3.Error as error:
            raise BackupFailed(f"The database could not be copied: {error}.") from error
        yield lambda sql: snapshot.execute(sql)


@contextmanager
def _of_postgres(copy: Path) -> Iterator[Any]:
    """pg_dump and our own questions see the same moment: https://www.postgresql.org/docs/current/app-pgdump.html"""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT pg_export_snapshot()")
        (moment,) = cursor.fetchone()
        run_postgres("pg_dump", "--format=custom", "--no-owner", f"--snapshot={moment}", f"--file={copy}")

        def ask(sql: str) -> Any:
            cursor.execute(sql)
            return cursor.fetchall()

        yield ask


def run_postgres(program: str, *arguments: str) -> None:
    """On this instance's database. Raises BackupFailed."""
    given = connection.settings_dict
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD"}
    known = {variable: str(given[name]) for variable, name in names.items() if given.get(name)}
    command = [program, *arguments, f"--dbname={given['NAME']}"]
    try:
        subprocess.run(command, env={**os.environ, **known}, check=True, capture_output=True, text=True)  # noqa: S603
    except FileNotFoundError:
        raise BackupFailed(f"{program} is not installed here; it comes with Postgres' client programs.") from None
    except subprocess.CalledProcessError as failed:
        said = (failed.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise BackupFailed(f"{program} failed: {said}") from failed


class _Hashing:
    """A file that is being read, and the sha256 of what was."""

    def __init__(self, file: Any) -> None:
        self.file, self.digest = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        part: bytes = self.file.read(size)
        self.digest.update(part)
        return part


def _add_file(archive: tarfile.TarFile, written: Written, name: str, path: Path) -> None:
    with path.open("rb") as file:
        _add(archive, written, name, file, path.stat().st_size)


def _add(archive: tarfile.TarFile, written: Written, name: str, file: Any, size: int) -> None:
    hashing = _Hashing(file)
    archive.addfile(_header(name, size), hashing)
    written.members[name] = {"size": size, "sha256": hashing.digest.hexdigest()}


def _header(name: str, size: int) -> tarfile.TarInfo:
    header = tarfile.TarInfo(name)
    header.size, header.mode, header.mtime = size, 0o600, int(timezone.now().timestamp())
    return header
