"""honcho, which keeps every process running, and stops all of them when its terminal is closed.

`python -m wizard.processes start`. honcho alone ends everything when one process ends.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from contextlib import suppress
from typing import Any

from honcho import command
from honcho.manager import Manager
from honcho.printer import Printer
from honcho.process import Process

START_SECONDS = 10.0  # what ends by itself so soon after the start has a wrong setting: then everything ends
GROUP_SECONDS = 3.0  # for what a killed process leaves behind to end by itself
PAUSES = (0.0, 1.0, 2.0, 5.0)  # seconds before a process starts again that ended soon, time after time
SOON_SECONDS = 20.0


class KeptProcess(Process):  # type: ignore[misc]  # honcho has no types
    """honcho's takes a process for running as long as anything holds its output: a killed worker's child, say."""

    def run(self, events: Any = None, ignore_signals: bool = False) -> None:
        self._events = events
        child = self._child = self._child_ctor(self.cmd, env=self.env, cwd=self.cwd)
        self._send_message({"pid": child.pid}, type="start")
        if ignore_signals:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
        reader = threading.Thread(target=self._pass_on, daemon=True)
        reader.start()
        child.wait()
        _end_group(child.pid)
        reader.join(1)
        self._send_message({"returncode": child.returncode}, type="stop")

    def _pass_on(self) -> None:
        for line in iter(self._child.stdout.readline, b""):
            self._send_message(line)


def _end_group(group: int) -> None:
    """Workers and children of a process that was killed: they would hold its port, or do its work twice."""
    with suppress(ProcessLookupError, PermissionError):  # nothing of it is left
        for kind, seconds in ((signal.SIGTERM, GROUP_SECONDS), (signal.SIGKILL, 1.0)):
            os.killpg(group, kind)
            deadline = time.monotonic() + seconds
            while time.monotonic() < deadline:
                os.killpg(group, 0)
                time.sleep(0.05)


class Keeper(Manager):  # type: ignore[misc]  # honcho has no types
    """Starts again what ended by itself, unless that was at the very start."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._process_ctor = KeptProcess
        self._began = time.monotonic()
        self._runs: dict[str, list[float]] = {}  # when each was started, lately

    def _any_stopped(self) -> bool:
        """honcho asks ten times a second and more, and ends everything when it is so."""
        stopped = [name for name, known in self._processes.items() if known.get("returncode") is not None]
        if not stopped or self._terminating or time.monotonic() - self._began < START_SECONDS:
            return bool(stopped)
        self.returncode = None
        for name in stopped:
            self._start_again(name)
        return False

    def _all_stopped(self) -> bool:
        return super()._all_stopped() and (self._terminating or time.monotonic() - self._began < START_SECONDS)

    def _start_again(self, name: str) -> None:
        now = time.monotonic()
        runs = self._runs[name] = [run for run in self._runs.get(name, []) if now - run < SOON_SECONDS]
        if runs and now - runs[-1] < PAUSES[min(len(runs), len(PAUSES) - 1)]:
            return  # honcho asks again
        runs.append(now)
        self._system_print(f"starting {name} again\n")
        known = self._processes[name]
        del known["returncode"]
        fork = type(known["process"])
        known["process"] = fork(name=name, target=known["obj"].run, args=(self.events, True))
        known["process"].start()


class PatientPrinter(Printer):  # type: ignore[misc]  # honcho has no types
    """A log on a disk that is full misses lines; nothing ends for that."""

    def write(self, *given: Any, **named: Any) -> None:
        with suppress(OSError):
            super().write(*given, **named)


def stop(*_: Any) -> None:
    """SIGHUP. The terminal is gone, and nothing can be written to it any more."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    if os.getpid() == started_by:  # honcho's forks hear it too, and end with what they watch
        signal.raise_signal(signal.SIGTERM)


if __name__ == "__main__":
    started_by = os.getpid()
    signal.signal(signal.SIGHUP, stop)
    command.Manager, command.Printer = Keeper, PatientPrinter
    command.main()
