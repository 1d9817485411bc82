"""The instance's secret key, made on first start and kept in its data directory."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def read_or_make_secret(file: Path) -> str:
    """Return the key in `file`; if there is none yet, make one that only this user can read.

    Several processes may start at once: the file is created exclusively under its final content
    (a hard link of a finished temporary file), so that all of them end with the same key.
    """
    if not file.exists():
        draft = file.with_name(f".{file.name}.{os.getpid()}.tmp")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as handle:
            handle.write(secrets.token_urlsafe(64))
        try:
            os.link(draft, file)
        except FileExistsError:
            pass  # another process was first; its key is the one
        finally:
            draft.unlink()
    return file.read_text().strip()
