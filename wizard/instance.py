"""The whole product as real processes, started as `make run` starts it, on a data directory of its own.

For the demo, the benchmarks and the tests of the whole system. It needs no Django in the process that calls it.
"""

from __future__ import annotations

import hashlib
import os
import random
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import requests

from wizard import machine
from wizard.processes import START_SECONDS as UNTIL_KEPT_SECONDS

BASE_DIR = Path(__file__).resolve().parent.parent
START_SECONDS = 120
STOP_SECONDS = 30
FIRST_PORT, PORTS_PER_PART, PORT_PARTS = 20_000, 1_000, 12
OPEN = ("pending", "running")
MAKE_PEOPLE = """
from django.contrib.auth.models import User
from wizard.tokens import create_token
for name in {names!r}:
    print(create_token(owner=User.objects.create_user(name), name="test", scope="read-write")[1])
"""


class InstanceError(Exception):
    """It did not start, or did not do what was waited for."""


@dataclass(frozen=True)
class Instance:
    """A running Dating Wizard: where it answers, what it printed, and the demo user's way in.

    `password` is empty when it was not printed: on any start but the first.
    """

    url: str
    log: Path
    process: subprocess.Popen[bytes]
    environment: dict[str, str]
    password: str

    def processes(self, kind: str = "") -> list[int]:
        """The pids of everything it started, itself included, parents first; of one `kind` alone if it is given."""
        found = machine.family(self.process.pid)
        return [pid for pid in found if not kind or self.kind_of(pid) == kind]

    def kind_of(self, pid: int) -> str:
        """web, score, train, beat, valkey or launcher, by its command line."""
        return machine.kind_of(pid)

    def api(self, username: str = "demo", password: str = "") -> Api:
        """What the user may call, the demo user if none is named."""
        given = {"username": username, "password": password or self.password}
        answer = requests.post(f"{self.url}/api/auth/token", json=given, timeout=30)
        answer.raise_for_status()
        return Api(self.url, answer.json()["token"])

    def newcomers(self, *names: str) -> list[Api]:
        """New people with empty libraries, none of whom signs in: there are only so many sign-ins a minute."""
        said = self.manage("shell", "-v", "0", "-c", MAKE_PEOPLE.format(names=names))
        return [Api(self.url, text) for text in said.split()]

    def manage(self, *arguments: str) -> str:
        """Run a command of manage.py on this instance's data; returns what it printed."""
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(  # noqa: S603
            command, cwd=BASE_DIR, env=self.environment, check=True, timeout=120, stdout=subprocess.PIPE, text=True
        ).stdout

    def wait_until_kept(self) -> None:
        """Until a process that ends is started again: one that ends before is taken for a wrong setting."""

        def is_kept() -> bool:
            started = [machine.seconds_of(pid) for pid in self.processes("web")]
            return max(started, default=0.0) > UNTIL_KEPT_SECONDS

        wait_until(is_kept, "what ends is started again")

    def stop(self) -> None:
        """As Ctrl-C does; when it has ended by itself, nothing. Raises InstanceError when it has to be killed."""
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            left = self.processes()
            still = ", ".join(f"{self.kind_of(pid)} ({pid})" for pid in left)
            for pid in reversed(left):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            self.process.wait()
            raise InstanceError(f"not ended within {STOP_SECONDS} s: {still}\n{self.last_words()}") from None

    def last_words(self) -> str:
        """How its log ends."""
        return self.log.read_text(errors="replace")[-3000:]


@dataclass(frozen=True)
class Api:
    url: str
    token: str

    def call(self, method: str, path: str, **given: Any) -> requests.Response:
        headers = {"Authorization": f"Token {self.token}"}
        return requests.request(method, f"{self.url}/api/{path}", headers=headers, timeout=120, **given)

    def every_photo(self, query: str = "") -> list[dict[str, Any]]:
        return self.every(f"photos?page_size=200&{query}")

    def every(self, path: str) -> list[dict[str, Any]]:
        """All of a list, page by page."""
        found: list[dict[str, Any]] = []
        address: str | None = f"{self.url}/api/{path}"
        while address:
            page = self.call("GET", address.removeprefix(f"{self.url}/api/")).json()
            found += page["results"]
            address = page["next"]
        return found

    def wait_until_scored(self, seconds: float = 120) -> list[dict[str, Any]]:
        """All photos, once none is queued and no re-scoring is under way."""
        wait_until(self._is_idle, "everything is scored", seconds)
        return self.every_photo()

    def _is_idle(self) -> bool:
        busy = self.call("GET", "preferences").json()["is_being_scored"]
        return not busy and not self.every_photo("status=queued")

    def answer(self, photo: dict[str, Any], feedback: str) -> None:
        """like, dislike or super_like, to a photo of `every_photo`."""
        self.call("POST", f"results/{photo['result_id']}/feedback", json={"feedback": feedback}).raise_for_status()

    def change_taste(self, **changes: Any) -> None:
        """Weights, thresholds, `auto_train`: what `PATCH /api/preferences` takes."""
        self.call("PATCH", "preferences", json=changes).raise_for_status()

    def start_training(self, **chosen: Any) -> int:
        """The id of the new job. Raises requests.HTTPError when it is refused."""
        answer = self.call("POST", "training/jobs", json=chosen)
        answer.raise_for_status()
        return int(answer.json()["id"])

    def job(self, job_id: int) -> dict[str, Any]:
        job: dict[str, Any] = self.call("GET", f"training/jobs/{job_id}").json()
        return job

    def wait_until_learning(self, job_id: int) -> None:
        """Until it is in the middle of its epochs. Raises InstanceError when it ended before."""

        def learns() -> bool:
            job = self.job(job_id)
            if job["status"] not in OPEN:
                raise InstanceError(f"training {job_id} ended at once: {job['status']}. {job['error']}")
            return bool(job["phase"] == "folds")

        wait_until(learns, f"training {job_id} learns")

    def wait_until_ended(self, job_id: int, seconds: float = 120) -> dict[str, Any]:
        wait_until(lambda: self.job(job_id)["status"] not in OPEN, f"training {job_id} ends", seconds)
        return self.job(job_id)


def wait_until(is_so: Callable[[], bool], what: str, seconds: float = 60) -> None:
    """Looks again and again. Raises InstanceError when it is not so in time."""
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            raise InstanceError(f"not within {seconds:.0f} s: {what}")
        time.sleep(0.1)


@contextmanager
def running_instance(data_dir: Path, *, wait_for: str = "/readyz", **environment: str) -> Iterator[Instance]:
    """Start everything, wait until the page `wait_for` answers 200, and at the end stop it as Ctrl-C does.

    `environment` goes before the defaults: the starter model, SQLite (or `own_database`), the embedded Valkey.
    Raises InstanceError when it does not start.
    """
    port = free_port()
    log = data_dir.with_suffix(".log")
    child_environment = {**own_environment(data_dir), "PORT": str(port), **environment}
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "launch"],
            cwd=BASE_DIR,
            env=child_environment,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        url = f"http://127.0.0.1:{port}"
        instance = Instance(url, log, process, child_environment, password="")
        try:
            _wait_until_ready(url + wait_for, process, log)
            found = re.search(r"password:\s+(\S+)", log.read_text())
            yield replace(instance, password=found.group(1)) if found else instance
        finally:
            instance.stop()


def own_environment(data_dir: Path) -> dict[str, str]:
    """What a process on this data directory sees: never the user's own data, whatever the shell says."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "wizard.settings",
        "WIZARD_ENV_FILE": os.devnull,
        "WIZARD_DATA_DIR": str(data_dir),
        "WIZARD_BACKBONE": "starter",
        "DATABASE_URL": own_database(data_dir),
        "REDIS_URL": "",
        "STORAGE_URL": "",
        "WIZARD_X_ACCEL": "",
        "WIZARD_WATCH_DIR": "",
    }


def own_database(data_dir: Path, *, like: Path | None = None) -> str:
    """Where tests run on a Postgres server: a database there for this directory alone, made if need be. Else SQLite.

    A new one is empty, or a copy of that of the directory `like`, on which nothing runs.
    """
    server = os.environ.get("WIZARD_TEST_DATABASE_URL", "")
    if not server:
        return ""
    name, template = _database_of(data_dir), _database_of(like) if like else "template1"
    with psycopg.connect(server, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}".encode())
    return urlunsplit(urlsplit(server)._replace(path=f"/{name}"))


def _database_of(data_dir: Path) -> str:
    return f"instance_{hashlib.sha256(str(data_dir).encode()).hexdigest()[:16]}"


def _wait_until_ready(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if requests.get(url, timeout=10).status_code == 200:
                return
        except requests.ConnectionError:
            pass
        time.sleep(0.05)
    raise InstanceError(f"Dating Wizard did not get ready:\n{log.read_text()[-3000:]}")


def free_port() -> int:
    """A TCP port on which nothing listens.

    It lies below the range from which the kernel picks ports itself (32768 and up on Linux), so that no outgoing
    connection and no server on port 0 takes it before it is used. Each pytest-xdist worker searches a part of its own.
    """
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    first = FIRST_PORT + worker % PORT_PARTS * PORTS_PER_PART
    start = random.randrange(PORTS_PER_PART)  # noqa: S311  (no secret: two runs on one machine rarely meet)
    for step in range(PORTS_PER_PART):
        port = first + (start + step) % PORTS_PER_PART
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise InstanceError(f"no free port between {first} and {first + PORTS_PER_PART}")
