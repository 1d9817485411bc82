"""Backups that are looked into, changed and restored into an instance of their own."""

from __future__ import annotations

import hashlib
import io
import json
import sqlite3
import subprocess
import sys
import tarfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
from django.core.management import call_command

from wizard.instance import BASE_DIR, own_database, own_environment

Members = dict[str, bytes]


def made(file: Path) -> Path:
    call_command("backup", str(file), stdout=io.StringIO())
    return file


def members_of(archive: Path) -> Members:
    with tarfile.open(archive) as tar:
        return {name: tar.extractfile(name).read() for name in tar.getnames()}  # type: ignore[union-attr]  # files all


def media_in(archive: Path) -> Members:
    """By the names that the files have in file storage."""
    media = "media/"
    return {
        name.removeprefix(media): content for name, content in members_of(archive).items() if name.startswith(media)
    }


def changed(archive: Path, change: Callable[[Members], None]) -> Path:
    """The same archive with other members."""
    members = members_of(archive)
    change(members)
    other = archive.with_name("other.tar")
    with tarfile.open(other, "w") as tar:
        for name, content in members.items():
            header = tarfile.TarInfo(name)
            header.size = len(content)
            tar.addfile(header, io.BytesIO(content))
    return other


def say_in_manifest(members: Members, /, **changes: Any) -> None:
    members["manifest.json"] = json.dumps({**json.loads(members["manifest.json"]), **changes}).encode()


def replace_member(members: Members, name: str, content: bytes) -> None:
    """And let the manifest say that this is what was backed up."""
    members[name] = content
    known = json.loads(members["manifest.json"])["members"]
    known[name] = {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    say_in_manifest(members, members=known)


def restore(archive: Path, data_dir: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """`manage.py restore`, on a data directory and a database of their own."""
    command = [sys.executable, "manage.py", "restore", str(archive)]
    given = {**own_environment(data_dir), **environment}
    return subprocess.run(command, cwd=BASE_DIR, env=given, check=False, capture_output=True, text=True)


def tables(data_dir: Path) -> list[str]:
    """Of the database that belongs to this data directory."""
    address = own_database(data_dir)
    if address:
        with psycopg.connect(address) as postgres:
            asked = postgres.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
            return [name for (name,) in asked]
    if not (data_dir / "wizard.sqlite3").exists():
        return []
    with closing(sqlite3.connect(data_dir / "wizard.sqlite3")) as database:
        return [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
