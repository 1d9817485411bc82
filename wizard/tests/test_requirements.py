"""What is installed is what is written down: each package with its version, also those that others bring along."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.metadata import requires, version
from pathlib import Path

from django.conf import settings
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from wizard.tests.conventions import assert_none

FILES = ("requirements.txt", "requirements-s3.txt", "requirements-dev.txt", "constraints.txt", "bench/requirements.txt")
OF_TORCH = ("nvidia-", "cuda-", "triton")  # what its build for this machine brings; it names them itself
LINE = re.compile(r"(?P<name>[\w.-]+)(\[[\w,-]+\])?==(?P<version>[\w.!+-]+)")


def lines(file: str) -> Iterator[str]:
    for line in Path(settings.BASE_DIR, file).read_text().splitlines():
        if (line := line.partition("#")[0].strip()) and not line.startswith("-r "):
            yield line


def pins(*files: str) -> dict[str, str]:
    found = [LINE.fullmatch(line) for file in files for line in lines(file)]
    return {canonicalize_name(each["name"]): each["version"] for each in found if each}


def test_every_line_names_one_version() -> None:
    assert_none(f"{file}: {line}" for file in FILES for line in lines(file) if not LINE.fullmatch(line))
    assert all(pins(file) for file in FILES)


def test_no_package_is_pinned_to_two_versions() -> None:
    together = pins(*FILES)
    assert_none(f"{file}: {pin}" for file in FILES for pin in sorted(pins(file).items() - together.items()))


def test_whatever_a_package_brings_along_is_pinned_too() -> None:
    pinned, seen, loose = pins(*FILES), set[str](), []
    waiting = [Requirement(line) for file in FILES[:3] for line in lines(file)]
    while waiting:
        wanted = waiting.pop()
        name = canonicalize_name(wanted.name)
        if name in seen or name.startswith(OF_TORCH):
            continue
        seen.add(name)
        if pinned.get(name) != version(name):
            loose.append(f"{name} {version(name)}, pinned: {pinned.get(name)}")
        for line in requires(name) or []:
            brought = Requirement(line)
            extras = wanted.extras or {""}
            if not brought.marker or any(brought.marker.evaluate({"extra": extra}) for extra in extras):
                waiting.append(brought)
    assert_none(loose)
    assert {"django", "pillow", "torch", "asgiref"} <= seen
