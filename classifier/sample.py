"""The sample library that ships with the project: drawn people, to try everything on."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "sample"


@dataclass(frozen=True)
class SamplePhoto:
    file: Path
    name: str
    bio: str
    attributes: frozenset[str]


@lru_cache(maxsize=1)
def sample_photos() -> tuple[SamplePhoto, ...]:
    manifest = json.loads((FOLDER / "manifest.json").read_text())
    return tuple(
        SamplePhoto(FOLDER / each["file"], each["name"], each["bio"], frozenset(each["attributes"]))
        for each in manifest["photos"]
    )
