"""Code in a process of its own: beside no instance, on a data directory of its own, on SQLite."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from itertools import cycle, takewhile
from pathlib import Path

from wizard.instance import BASE_DIR, own_environment


def in_turn(codes: dict[Path, str], **environment: str) -> Iterator[str]:
    """What several print, line by line in turn: none works while another does, and what the machine has to do besides
    meets all of them alike. Each prints a line when it is ready, then one for each line that it reads, until it ends.

    `codes` by the data directory. Raises CalledProcessError when one fails.
    """
    with ExitStack() as stack:
        children = [stack.enter_context(_started(code, folder, environment)) for folder, code in codes.items()]
        for child in children:  # they get ready side by side
            child.stdout.readline()  # type: ignore[union-attr]  # a pipe
        lines = (_next_line(child) for child in cycle(children))
        yield from takewhile(bool, lines)
    for child in children:
        _look_at(child)


def _next_line(child: subprocess.Popen[str]) -> str:
    """Empty when it has ended."""
    assert child.stdin is not None
    assert child.stdout is not None
    with suppress(BrokenPipeError):
        os.write(child.stdin.fileno(), b"\n")
    return child.stdout.readline()


def lines_of(code: str, data_dir: Path, **environment: str) -> Iterator[str]:
    """What it prints, as it prints it. Raises CalledProcessError when it fails."""
    with _started(code, data_dir, environment) as child:
        assert child.stdout is not None
        yield from child.stdout
    _look_at(child)


def _started(code: str, data_dir: Path, environment: dict[str, str]) -> subprocess.Popen[str]:
    command = [sys.executable, "-W", "ignore", "-c", code]
    given = {**own_environment(data_dir), "DATABASE_URL": "", **environment}
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=BASE_DIR, env=given, stdin=pipe, stdout=pipe, text=True)


def _look_at(child: subprocess.Popen[str]) -> None:
    if child.returncode:
        raise subprocess.CalledProcessError(child.returncode, sys.executable)
