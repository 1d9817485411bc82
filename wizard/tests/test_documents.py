"""The documents lead nowhere that is not there: links, pictures, files, make targets, commands."""

from __future__ import annotations

import re
from functools import cache
from itertools import chain
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands

HERE = Path(settings.BASE_DIR)
DOCUMENTS = [*HERE.glob("*.md"), *(HERE / "docs").glob("*.md")]
ROOTS = ("", "templates", "static", "wizard/tests", "wizard", "docs")  # what a path in a sentence may begin at
CODE = re.compile(r"^```.*?^```|`[^`\n]+`", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\(([^)\s]+)\)|(?:src|srcset)=\"([^\"]+)\"")
PATH = re.compile(r"(?<![\w./<{*-])((?:[\w.-]+/)+[\w.-]+\.(?:py|html|css|js|txt|md|conf|po))(?![\w/*])")

each_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)


@cache
def anchors(document: Path) -> set[str]:
    """Of its headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def code_of(document: Path) -> str:
    return "\n".join(CODE.findall(document.read_text()))


@each_document
def test_every_link_and_picture_is_there(document: Path) -> None:
    dead = []
    for link in filter(None, chain.from_iterable(LINK.findall(document.read_text()))):
        address, _, anchor = link.partition("#")
        if "://" in address:
            continue
        target = document.parent / address if address else document
        if not target.exists() or (anchor and anchor not in anchors(target)):
            dead.append(link)
    assert dead == []


@each_document
def test_every_make_target_is_in_the_makefile(document: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (HERE / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"\bmake ([a-z][a-z-]*)", code_of(document)))
    assert named - targets == set()


@each_document
def test_every_command_of_manage_py_is_there(document: Path) -> None:
    named = set(re.findall(r"manage\.py ([a-z_]+)", document.read_text()))
    assert named - set(get_commands()) == set()


@each_document
def test_every_file_that_is_named_is_there(document: Path) -> None:
    named = {path for path in PATH.findall(code_of(document)) if not path.startswith(("/", "~", ".venv/"))}
    assert [path for path in sorted(named) if not any((HERE / root / path).exists() for root in ROOTS)] == []


def test_the_readme_leads_to_every_document() -> None:
    readme = (HERE / "README.md").read_text()
    assert [path.name for path in (HERE / "docs").glob("*.md") if f"(docs/{path.name})" not in readme] == []
