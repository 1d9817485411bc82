"""The documents lead nowhere that is not there: links, pictures, files, make targets, commands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import chain
from pathlib import Path

from django.core.management import get_commands

from wizard.tests.conventions import ROOT, assert_none, files, offenders

DOCUMENTS = files("*.md", "docs/*.md")
ROOTS = ("", "templates", "static", "wizard/tests", "wizard", "docs")  # what a path in a sentence may begin at
CODE = re.compile(r"^```.*?^```|`[^`\n]+`", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\(([^)\s]+)\)|(?:src|srcset)=\"([^\"]+)\"")
PATH = re.compile(r"(?<![\w./<{*-])((?:[\w.-]+/)+[\w.-]+\.(?:py|html|css|js|txt|md|conf|po))(?![\w/*])")


@cache
def anchors(document: Path) -> set[str]:
    """Of its headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def code_of(document: Path) -> str:
    return "\n".join(CODE.findall(document.read_text()))


def dead_links(document: Path) -> Iterator[str]:
    for link in filter(None, chain.from_iterable(LINK.findall(document.read_text()))):
        address, _, anchor = link.partition("#")
        if "://" in address:
            continue
        target = document.parent / address if address else document
        if not target.exists() or (anchor and anchor not in anchors(target)):
            yield link


def test_every_link_and_picture_is_there() -> None:
    assert_none(offenders(DOCUMENTS, dead_links))


def test_every_make_target_is_in_the_makefile() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))

    def unknown(document: Path) -> set[str]:
        return set(re.findall(r"\bmake ([a-z][a-z-]*)", code_of(document))) - targets

    assert_none(offenders(DOCUMENTS, unknown))


def test_every_command_of_manage_py_is_there() -> None:
    commands = set(get_commands())

    def unknown(document: Path) -> set[str]:
        return set(re.findall(r"manage\.py ([a-z_]+)", document.read_text())) - commands

    assert_none(offenders(DOCUMENTS, unknown))


def test_every_file_that_is_named_is_there() -> None:
    def missing(document: Path) -> list[str]:
        named = {path for path in PATH.findall(code_of(document)) if not path.startswith(("/", "~", ".venv/"))}
        return [path for path in sorted(named) if not any((ROOT / root / path).exists() for root in ROOTS)]

    assert_none(offenders(DOCUMENTS, missing))


def test_the_readme_leads_to_every_document() -> None:
    readme = (ROOT / "README.md").read_text()
    assert_none(path.name for path in files("docs/*.md") if f"(docs/{path.name})" not in readme)
