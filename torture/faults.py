"""What can befall a running instance. Each fault is done with when it returns; several may strike at once."""

from __future__ import annotations

import errno
import os
import random
import shutil
import signal
import sqlite3
import struct
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from wizard.instance import Instance

KINDS = ("web", "score", "train", "beat", "valkey")
BLOCK = 2**20
LOCKED_SECONDS = (0.5, 6.0)
LONG_LOCK_SECONDS = 23.0  # longer than a writer waits
LONG_LOCKS = 0.08  # share of the locks
FULL_SECONDS = (0.5, 5.0)
JUMP_SECONDS = (-2 * 3600, 2 * 3600)


@dataclass
class Faults:
    """`data_dir` is a small file system of its own if `may_fill`; `clock` is the file that sets the clock."""

    instance: Instance
    data_dir: Path
    may_fill: bool
    clock: Path | None
    struck: Counter[str] = field(default_factory=Counter)

    @property
    def may_lock(self) -> bool:
        """Nothing is done to a Postgres."""
        return not self.instance.environment["DATABASE_URL"]

    def choose(self, rng: random.Random) -> Callable[[], None]:
        """A fault, with all its chances drawn: a seed names the same faults again."""
        weights: dict[Callable[[random.Random], Callable[[], None]], float] = {
            self._kill: 10,
            self._flush: 2,
            self._lock: 2 * self.may_lock,
            self._fill: 2 * self.may_fill,
            self._jump: 2 * bool(self.clock),
        }
        (kind,) = rng.choices(list(weights), list(weights.values()))
        return kind(rng)

    def _kill(self, rng: random.Random) -> Callable[[], None]:
        kind, which = rng.choices(KINDS, (3, 3, 3, 1, 2))[0], rng.random()

        def kill() -> None:
            pids = self.instance.processes(kind)
            if pids:
                pid = pids[int(which * len(pids))]
                role = "" if pid == pids[0] else "'s child"
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                    self.struck[f"SIGKILL: {kind}{role}"] += 1

        return kill

    def _flush(self, rng: random.Random) -> Callable[[], None]:
        def flush() -> None:
            socket = self.data_dir / "valkey.sock"
            with suppress(RedisError, OSError), Redis(unix_socket_path=str(socket), socket_timeout=5) as valkey:
                valkey.flushall()
                self.struck["Valkey: FLUSHALL"] += 1

        return flush

    def _lock(self, rng: random.Random) -> Callable[[], None]:
        seconds = LONG_LOCK_SECONDS if rng.random() < LONG_LOCKS else rng.uniform(*LOCKED_SECONDS)
        how = rng.choice(("IMMEDIATE", "EXCLUSIVE"))

        def lock() -> None:
            with (
                suppress(sqlite3.OperationalError),  # another lock, or a full disk
                closing(sqlite3.connect(self.data_dir / "wizard.sqlite3", timeout=10, isolation_level=None)) as other,
            ):
                other.execute(f"BEGIN {how}")
                time.sleep(seconds)
                other.execute("ROLLBACK")
                self.struck["database locked" + (" for long" if seconds == LONG_LOCK_SECONDS else "")] += 1

        return lock

    def _fill(self, rng: random.Random) -> Callable[[], None]:
        seconds, name = rng.uniform(*FULL_SECONDS), f".ballast-{rng.getrandbits(64):x}"

        def fill() -> None:
            ballast = self.data_dir / name
            try:
                with ballast.open("wb", buffering=0) as file:
                    until = time.monotonic() + seconds
                    while time.monotonic() < until:
                        _fill_up(file.fileno())
                        time.sleep(0.05)  # what is freed meanwhile is taken, too
            except OSError as error:
                if error.errno != errno.ENOSPC:  # two at once, and no room for the ballast's name
                    raise
            finally:
                ballast.unlink(missing_ok=True)
            self.struck["disk full"] += 1

        return fill

    def _jump(self, rng: random.Random) -> Callable[[], None]:
        seconds = rng.choice((0.0, rng.uniform(*JUMP_SECONDS), rng.uniform(-90, 90)))

        def jump() -> None:
            if self.clock is not None:
                set_clock(self.clock, seconds)
                self.struck["clock jumps"] += 1

        return jump


def _fill_up(file: int) -> None:
    size = BLOCK
    while size:
        try:
            os.write(file, bytes(size))
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            size //= 16


def set_clock(file: Path, seconds: float) -> None:
    """Of all processes that were started with it, at once."""
    with file.open("r+b" if file.exists() else "wb") as clock:
        clock.write(struct.pack("d", seconds))


def build_clock(folder: Path) -> tuple[Path, dict[str, str]] | None:
    """The file to set the clock by, and the environment for the processes that live by it; None without a compiler."""
    library, clock = folder / "clock.so", folder / "clock"
    command = ["cc", "-shared", "-fPIC", "-O2", "-o", str(library), str(Path(__file__).with_name("clock.c")), "-ldl"]
    if shutil.which("cc") is None or subprocess.run(command, check=False).returncode:
        return None
    set_clock(clock, 0)
    return clock, {"LD_PRELOAD": str(library), "TORTURE_CLOCK": str(clock)}


def mount_small_disk(folder: Path, megabytes: int) -> bool:
    """A file system of its own, in memory, of which none but this process and its children know."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0
