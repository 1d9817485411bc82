"""What the processes of an instance use while something is done, and whether they are done with it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

from redis import Redis

from bench import machine
from wizard.instance import Instance, wait_until
from wizard.machine import family
from wizard.sockets import socket_path
from wizard.tests.rows import ask

KINDS = ("web", "score", "train", "postgres")
CONNECTIONS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
# Seen past the product, so that the looking costs it nothing.
WAITING = "SELECT count(*) FROM classifier_photo WHERE status = 'queued'"
BEHIND = "SELECT count(*) FROM classifier_taste WHERE scored_revision < revision"


class Meter:
    def __init__(self, instance: Instance) -> None:
        self.instance = instance

    @cached_property
    def postmaster(self) -> int:
        """The process of Postgres that started its others; 0 on SQLite."""
        if not self.instance.environment["DATABASE_URL"]:
            return 0
        ((folder,),) = ask(self.instance, "SELECT current_setting('data_directory')")
        return int(Path(folder, "postmaster.pid").read_text().split()[0])

    def spent(self, kind: str) -> float:
        """Core seconds so far."""
        if kind == "postgres":
            return machine.core_seconds(family(self.postmaster)) if self.postmaster else 0.0
        return machine.core_seconds(self.instance.processes(kind))

    def during(self, work: Callable[[], object], *, until_idle: bool = False) -> dict[str, float]:
        """Core seconds of each kind while `work` was done, and what it set off too if `until_idle`."""
        self.wait_until_idle()
        before = {kind: self.spent(kind) for kind in KINDS}
        work()
        if until_idle:
            self.wait_until_idle()
        return {kind: self.spent(kind) - before[kind] for kind in KINDS}

    def wait_until_idle(self) -> None:
        """No photo waits to be scored, no library to be scored anew."""
        wait_until(lambda: all(ask(self.instance, each) == [(0,)] for each in (WAITING, BEHIND)), "all is scored", 300)

    def figures(self, code: str) -> tuple[float, ...]:
        """What the code prints when it runs beside the instance, on its data."""
        return tuple(map(float, self.instance.manage("shell", "-v0", "-c", code).split()))

    def resident(self) -> dict[str, float]:
        """Megabytes of the largest process of each kind; of Valkey, the one that looks after it."""
        held: dict[str, float] = {}
        for pid in self.instance.processes():
            kind = self.instance.kind_of(pid)
            held[kind] = max(held.get(kind, 0.0), machine.megabytes("VmRSS", pid))
        held.pop("gone", None)
        return held

    def connections(self) -> int:
        if not self.postmaster:
            return 0
        ((count,),) = ask(self.instance, CONNECTIONS)
        return int(count)

    def redis_of(self, person: int) -> float:
        """Bytes of all that is kept under somebody's number."""
        with Redis(unix_socket_path=str(socket_path(Path(self.instance.environment["WIZARD_DATA_DIR"])))) as connected:
            redis: Any = connected
            keys = {key for end in ("", ":*") for key in redis.scan_iter(f"wizard:*:{person}{end}")}
            return float(sum(redis.memory_usage(key, samples=0) or 0 for key in keys))
