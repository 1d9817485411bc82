"""nginx is in the group of the data directory: it may read pictures, whatever the umask, and no version."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from pytest_django import Settings

from wizard import files


@pytest.fixture
def for_nobody_else(settings: Settings, tmp_path: Path) -> Iterator[Path]:
    settings.MEDIA_ROOT = tmp_path / "media"
    before = os.umask(0o077)  # as deploy/systemd has it
    yield tmp_path / "media"
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_group_may_read_pictures_and_no_version(for_nobody_else: Path) -> None:
    with files.written("models/7/version_2.pt") as version:
        version.write_bytes(b"weights")
    default_storage.save("photos/7/one.jpg", ContentFile(b"picture"))
    folders = ("", "photos", "photos/7", "models")
    assert {name: mode(for_nobody_else / name) for name in folders} == dict.fromkeys(folders, 0o750)
    assert mode(for_nobody_else / "photos/7/one.jpg") & stat.S_IRGRP
    assert mode(version) == 0o600
