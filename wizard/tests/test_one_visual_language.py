"""Colours and durations are written once, in tokens.css; every named component is in docs/components.md."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

HERE = Path(settings.BASE_DIR)
STYLES = [path for path in sorted((HERE / "static" / "css").glob("*.css")) if path.name != "tokens.css"]
COMPONENTS = ["buttons.css", "chips.css", "cards.css", "meters.css", "notices.css", "forms.css", "overlays.css"]
COMPONENTS += ["tile.css", "tile-answers.css", "ring.css", "answers.css", "charts.css"]


@pytest.mark.parametrize("style", STYLES, ids=lambda path: path.name)
def test_every_colour_has_a_name(style: Path) -> None:
    raw = r"#[0-9a-fA-F]{3,8}\b(?=[^{}]*;)|\b(?:rgb|hsl|oklch|light-dark)\("
    assert re.findall(raw, style.read_text()) == []


@pytest.mark.parametrize("style", STYLES, ids=lambda path: path.name)
def test_what_moves_once_takes_one_of_two_durations(style: Path) -> None:
    """What goes round for as long as something lasts (spin, shimmer) has its own."""
    moves = re.findall(r"transition: ([^;]+);", style.read_text())
    assert [move for move in moves if re.search(r"\d+m?s", move)] == []


@pytest.mark.parametrize("style", STYLES, ids=lambda path: path.name)
def test_every_token_that_is_used_is_written(style: Path) -> None:
    written = set(re.findall(r"(--[\w-]+):", (HERE / "static" / "css" / "tokens.css").read_text() + style.read_text()))
    assert set(re.findall(r"var\((--[\w-]+)[,)]", style.read_text())) - written == set()


@pytest.mark.parametrize("name", COMPONENTS)
def test_the_page_of_components_names_each_file(name: str) -> None:
    assert f"`{name}`" in (HERE / "docs" / "components.md").read_text()
