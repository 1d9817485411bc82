"""Files on this machine's disk that are there whole or not at all, whatever happens while they are written."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage


class WholeFiles(FileSystemStorage):
    """Writes under another name, and renames.

    `remade` are the folders of what can be made again: anything else is on the disk itself before its row says so,
    and a power cut leaves no empty file that a row speaks of.
    """

    def __init__(self, *given: Any, remade: tuple[str, ...] = (), **named: Any) -> None:
        super().__init__(*given, **named)
        self.remade = remade

    def _save(self, name: str, content: File[Any]) -> str:
        draft = f"{name}.{secrets.token_hex(4)}.tmp"
        try:
            super()._save(draft, content)  # type: ignore[misc]  # not in the stubs
            path = Path(self.path(draft))
            # The new name needs no sync of its own: the database syncs its row later, and a journal keeps that order.
            if Path(name).parts[0] not in self.remade:
                _sync(path)
            path.replace(self.path(name))
        except BaseException:
            self.delete(draft)
            raise
        return name


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
