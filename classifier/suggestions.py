"""Phrases for the first minutes: chosen by measuring how well they sort the sample library."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

FILE = Path(__file__).resolve().parent / "sample" / "phrases.json"
SHOWN = 12


@lru_cache(maxsize=1)
def suggested_phrases() -> tuple[str, ...]:
    """The phrases in their order of merit; none when the sample library was left out of an installation."""
    if not FILE.exists():
        return ()
    return tuple(entry["phrase"] for entry in json.loads(FILE.read_text())["suggested"])[:SHOWN]
