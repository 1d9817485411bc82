"""Rules about the files of the repository: one test for each rule, and a failure names every offender."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)


def files(*patterns: str) -> list[Path]:
    """The files of the repository that match, in order. A pattern that matches no file is a mistake in the test."""
    found = {pattern: [path for path in ROOT.glob(pattern) if path.is_file()] for pattern in patterns}
    unused = [pattern for pattern, paths in found.items() if not paths]
    assert not unused, f"No file matches {unused}."
    return sorted({path for paths in found.values() for path in paths})


def offenders(paths: Iterable[Path], complaints: Callable[[Path], Iterable[object]]) -> list[str]:
    """`file: what` for each complaint about a file."""
    return [f"{path.relative_to(ROOT)}: {what}" for path in paths for what in complaints(path)]


def assert_none(found: Iterable[str]) -> None:
    """Fail with all of them, one a line: what pytest prints of a list is cut off."""
    listed = list(found)
    assert not listed, "\n".join([f"{len(listed)} offenders:", *listed])


def matches(pattern: str | re.Pattern[str]) -> Callable[[Path], list[str]]:
    """What a rule forbids: every match in the text of a file, with its line."""

    def found(path: Path) -> list[str]:
        text = path.read_text()
        return [f"line {text.count(chr(10), 0, each.start()) + 1}: {each[0]}" for each in re.finditer(pattern, text)]

    return found
