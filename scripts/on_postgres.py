"""Run a command on a Postgres of its own, which is gone afterwards: scripts/on_postgres.py .venv/bin/pytest

The server listens on a socket in a temporary directory alone. WIZARD_TEST_DATABASE_URL tells the command where it is:
the tests make their databases there, and every instance that wizard/instance.py starts gets one of its own.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

# Nothing has to outlive the command, so nothing waits for the disk.
SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "200"}


def main(command: list[str]) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # told to end, it still stops its server
    with tempfile.TemporaryDirectory(prefix="wizard-postgres-") as folder, running_postgres(Path(folder)) as url:
        return subprocess.run(command, env={**os.environ, "WIZARD_TEST_DATABASE_URL": url}, check=False).returncode


@contextmanager
def running_postgres(folder: Path) -> Iterator[str]:
    """The address of its database `postgres`."""
    runs_as: dict[str, Any] = {}
    if os.geteuid() == 0:  # which Postgres refuses
        somebody = pwd.getpwnam("nobody")
        os.chown(folder, somebody.pw_uid, somebody.pw_gid)
        runs_as = {"user": somebody.pw_uid, "group": somebody.pw_gid, "extra_groups": []}
    data, log = folder / "data", folder / "log"
    given = " ".join(f"-c {name}={value}" for name, value in SETTINGS.items())

    def run(program: str, *arguments: str) -> None:
        command = [program_called(program), "-D", str(data), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder, **runs_as)

    run("initdb", "-U", "wizard", "-A", "trust", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8")
    run("pg_ctl", "start", "--wait", f"--log={log}", f"--options=-k {folder} -c listen_addresses='' {given}")
    try:
        yield f"postgres://wizard@{quote(str(folder), safe='')}/postgres"
    finally:
        run("pg_ctl", "stop", "--wait", "--mode=immediate")


def program_called(name: str) -> str:
    """Debian keeps them out of the way; the newest is taken."""
    debians = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: float(path.parts[4]))
    found = str(debians[-1]) if debians else shutil.which(name)
    if not found:
        sys.exit(f"There is no {name} here: install PostgreSQL (Debian: apt-get install postgresql).")
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
