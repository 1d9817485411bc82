"""Every sentence has its German, the same values are in both, and what is compiled is what was written."""

from __future__ import annotations

import gettext
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from wizard.tests.catalogue import LOCALE, entries

DOMAINS = ("django", "djangojs")
GERMAN = LOCALE / "de" / "LC_MESSAGES"
ENTRIES = [entry for domain in DOMAINS for entry in entries(GERMAN / f"{domain}.po")]
SOURCES = ("classifier", "training", "wizard", "templates", "static/js", "locale")


def values_in(text: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)s|%%|https?:\S+|</?\w+", text))


def test_every_sentence_is_translated() -> None:
    assert [entry.msgids for entry in ENTRIES if not all(entry.said) or len(entry.said) != len(entry.msgids)] == []
    assert [entry.msgids for entry in ENTRIES if "fuzzy" in entry.comments] == []
    assert len(ENTRIES) > 800


def test_a_translation_keeps_the_values_and_tags_of_its_sentence() -> None:
    pairs = [pair for entry in ENTRIES for pair in zip(entry.msgids, entry.said, strict=True)]
    assert [msgid for msgid, said in pairs if values_in(said) != values_in(msgid)] == []


@pytest.mark.parametrize("domain", DOMAINS)
def test_what_is_compiled_is_what_was_translated(domain: str) -> None:
    with (GERMAN / f"{domain}.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for entry in entries(GERMAN / f"{domain}.po"):
        if len(entry.msgids) == 1:
            assert compiled.gettext(entry.msgids[0]) == entry.said[0]
        else:
            one, many = entry.msgids
            assert [compiled.ngettext(one, many, number) for number in (1, 2)] == entry.said


@pytest.mark.skipif(not shutil.which("xgettext"), reason="gettext is not installed; CI installs it")
@pytest.mark.parametrize("domain", DOMAINS)
def test_every_sentence_of_the_sources_is_in_the_catalogue_and_no_other(domain: str, tmp_path: Path) -> None:
    for name in SOURCES:
        left_out = shutil.ignore_patterns("tests", "__pycache__")
        shutil.copytree(settings.BASE_DIR / name, tmp_path / name, ignore=left_out)
    command = [sys.executable, "-m", "django", "makemessages", "--domain", domain, "--locale", "de", "--no-obsolete"]
    subprocess.run(command, cwd=tmp_path, env={"PATH": str(Path(shutil.which("xgettext") or "").parent)}, check=True)
    anew = {tuple(entry.msgids) for entry in entries(tmp_path / "locale/de/LC_MESSAGES" / f"{domain}.po")}
    assert anew == {tuple(entry.msgids) for entry in entries(GERMAN / f"{domain}.po")}
