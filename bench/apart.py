"""Code in a process of its own: beside no instance, on a data directory of its own, on SQLite."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from wizard.instance import BASE_DIR, own_environment


def lines_of(code: str, data_dir: Path, **environment: str) -> Iterator[str]:
    """What it prints, as it prints it. Raises CalledProcessError when it fails."""
    command = [sys.executable, "-W", "ignore", "-c", code]
    given = {**own_environment(data_dir), "DATABASE_URL": "", **environment}
    with subprocess.Popen(command, cwd=BASE_DIR, env=given, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield from process.stdout
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command[:1])
