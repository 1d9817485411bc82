"""Where the embedded Valkey listens."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path

_LONGEST_SOCKET_PATH = 100  # sun_path holds 108 bytes on Linux, 104 on macOS


def socket_path(data_dir: Path) -> Path:
    """The data directory's own socket: a socket path, not a port, so instances never collide.

    A path too long for the system's socket address moves to the temporary directory, under a name
    derived from the data directory.
    """
    natural = data_dir / "valkey.sock"
    if len(str(natural).encode()) <= _LONGEST_SOCKET_PATH:
        return natural
    digest = hashlib.sha256(str(data_dir).encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"wizard-{digest}.sock"
