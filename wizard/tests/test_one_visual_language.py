"""Colours and durations are written once, in tokens.css; every named component is in docs/components.md."""

from __future__ import annotations

import re
from pathlib import Path

from wizard.tests.conventions import ROOT, assert_none, files, matches, offenders

TOKENS = ROOT / "static" / "css" / "tokens.css"
STYLES = [path for path in files("static/css/*.css") if path != TOKENS]
COMPONENTS = ["buttons.css", "chips.css", "cards.css", "meters.css", "notices.css", "forms.css", "overlays.css"]
COMPONENTS += ["tile.css", "tile-answers.css", "ring.css", "answers.css", "charts.css"]


def test_every_colour_has_a_name() -> None:
    raw = r"#[0-9a-fA-F]{3,8}\b(?=[^{}]*;)|\b(?:rgb|hsl|oklch|light-dark)\("
    assert_none(offenders(STYLES, matches(raw)))


def test_what_moves_once_takes_one_of_two_durations() -> None:
    """Animations that repeat until something ends (spin, shimmer) have their own durations."""
    assert_none(offenders(STYLES, matches(r"transition: [^;]*\d+m?s[^;]*;")))


def test_every_token_that_is_used_is_written() -> None:
    def unwritten(style: Path) -> set[str]:
        written = set(re.findall(r"(--[\w-]+):", TOKENS.read_text() + style.read_text()))
        return set(re.findall(r"var\((--[\w-]+)[,)]", style.read_text())) - written

    assert_none(offenders(STYLES, unwritten))


def test_the_page_of_components_names_each_file() -> None:
    page = (ROOT / "docs" / "components.md").read_text()
    assert_none(name for name in COMPONENTS if f"`{name}`" not in page)
