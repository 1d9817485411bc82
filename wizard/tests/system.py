"""The whole product as real processes, started as `make run` starts it, on a data directory of its own."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from django.conf import settings

START_SECONDS = 120
STOP_SECONDS = 30


@dataclass(frozen=True)
class Instance:
    """A running Dating Wizard: where it answers, what it printed, and the demo user's way in."""

    url: str
    log: Path
    process: subprocess.Popen[bytes]
    password: str

    def processes(self) -> list[int]:
        """The pids of everything it started, itself included."""
        parents: dict[int, int] = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue  # it ended in this moment
        found = [self.process.pid]
        for pid in found:
            found += [child for child, parent in parents.items() if parent == pid]
        return found

    def kind_of(self, pid: int) -> str:
        """web, score, train, beat, valkey or launcher, by its command line."""
        command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        kinds = {"gunicorn": "web", "score@": "score", "train@": "train", " beat": "beat", "valkey": "valkey"}
        return next((kind for part, kind in kinds.items() if part in command), "launcher")

    def api(self) -> Api:
        given = {"username": "demo", "password": self.password}
        token = requests.post(f"{self.url}/api/auth/token", json=given, timeout=30).json()["token"]
        return Api(self.url, token)


@dataclass(frozen=True)
class Api:
    url: str
    token: str

    def call(self, method: str, path: str, **given: Any) -> requests.Response:
        headers = {"Authorization": f"Token {self.token}"}
        return requests.request(method, f"{self.url}/api/{path}", headers=headers, timeout=120, **given)

    def every_photo(self, query: str = "") -> list[dict[str, Any]]:
        photos: list[dict[str, Any]] = []
        address: str | None = f"{self.url}/api/photos?page_size=200&{query}"
        while address:
            page = self.call("GET", address.removeprefix(f"{self.url}/api/")).json()
            photos += page["results"]
            address = page["next"]
        return photos

    def wait_until_scored(self, seconds: float = 120) -> list[dict[str, Any]]:
        """All photos, once none is queued and no re-scoring is under way."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            busy = self.call("GET", "preferences").json()["is_being_scored"]
            if not busy and not self.every_photo("status=queued"):
                return self.every_photo()
            time.sleep(0.2)
        raise AssertionError(f"not everything was scored within {seconds} s")


@contextmanager
def running_instance(data_dir: Path, *, wait_for: str = "/readyz", **environment: str) -> Iterator[Instance]:
    """Start everything, wait until the page `wait_for` answers 200, and at the end stop it as Ctrl-C does."""
    port = free_port()
    log = data_dir.with_suffix(".log")
    child_environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "wizard.settings",
        "WIZARD_ENV_FILE": os.devnull,
        "WIZARD_DATA_DIR": str(data_dir),
        "WIZARD_BACKBONE": "starter",
        "PORT": str(port),
        **environment,
    }
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "launch"],
            cwd=settings.BASE_DIR,
            env=child_environment,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_until_ready(url + wait_for, process, log)
            found = re.search(r"password:\s+(\S+)", log.read_text())
            yield Instance(url, log, process, password=found.group(1) if found else "")
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                raise


def _wait_until_ready(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if requests.get(url, timeout=10).status_code == 200:
                return
        except requests.ConnectionError:
            pass
        time.sleep(0.05)
    raise AssertionError(f"Dating Wizard did not get ready:\n{log.read_text()[-3000:]}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
