"""What this machine knows of its clock, and of the processes that run on it: by Linux' /proc, elsewhere little."""

from __future__ import annotations

import os
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tzlocal import get_localzone_name

PROC = Path("/proc")
# By what is in their command lines; whatever else belongs to an instance starts or watches these.
KINDS = {
    "gunicorn": "web",
    "--queues score": "score",
    "--queues train": "train",
    " beat": "beat",
    "valkey": "valkey",
}


def time_zone() -> str:
    """The zone that its clock shows, so that times on the pages agree with it; UTC where that cannot be told."""
    try:
        return ZoneInfo(get_localzone_name() or "UTC").key
    except (ZoneInfoNotFoundError, ValueError):  # its files say several things, or nonsense
        return "UTC"


def share_of_cores(processes: int) -> int:
    """How many threads each of so many processes gets; 0: all that there are, as torch counts them."""
    if processes <= 1:
        return 0
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, cores // processes)


def family(pid: int) -> list[int]:
    """The process and everything that it started, parents first."""
    parents: dict[int, int] = {}
    for folder in PROC.glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue  # it ended in this moment
    found = [pid]
    for each in found:
        found += [child for child, parent in parents.items() if parent == each]
    return found


def command_of(pid: int) -> str:
    """Empty when it is gone."""
    try:
        return (PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def kind_of(pid: int) -> str:
    """web, score, train, beat, valkey or launcher, by its command line."""
    command = command_of(pid)
    return next((kind for part, kind in KINDS.items() if part in command), "launcher") if command else "gone"


def launcher_of(pid: int) -> int:
    """What `make run` started this process from; without it gunicorn, or the process itself."""
    found = pid
    while (pid := _parent(pid)) > 1:
        if "wizard.processes" in command_of(pid) or kind_of(pid) == kind_of(found) == "web":
            found = pid
    return found


def seconds_of(pid: int) -> float:
    """How long ago it was started; 0 when it is gone."""
    try:
        ticks = int((PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[19])
        return float((PROC / "uptime").read_text().split()[0]) - ticks / os.sysconf("SC_CLK_TCK")
    except OSError:
        return 0.0


def megabytes_of(pid: int) -> float | None:
    """Its memory, shared parts shared out among those that share them; None where that cannot be known."""
    try:
        lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), None)


def _parent(pid: int) -> int:
    try:
        return int((PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0
