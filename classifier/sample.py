"""The sample library that ships with the project: drawn people, to try everything on."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.core.files.base import File

from classifier import services

if TYPE_CHECKING:
    from django.contrib.auth.models import User

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


def add_sample_library(owner: User) -> int:
    """Give `owner` the sample photos that they do not have yet, queued for scoring; returns how many."""
    added = 0
    for photo in sample_photos():
        with photo.file.open("rb") as handle:
            file = File(handle, name=f"{photo.name}{photo.file.suffix}")
            outcome = services.store_photos(owner=owner, files=[file], bio=photo.bio)
        added += len(outcome.created)
    return added
