"""Invented first names and one-line bios, drawn from words.json."""

import json
from pathlib import Path

import numpy as np

WORDS = json.loads((Path(__file__).parent / "words.json").read_text())


def name_for(seed: int, gender: str) -> str:
    """A first name and an age between 24 and 52, e.g. `'Ada, 31'`."""
    rng = np.random.default_rng((seed, 1))
    return f"{rng.choice(WORDS['names'][gender])}, {int(np.clip(rng.gamma(6, 2) + 22, 24, 52))}"


def bio_for(seed: int, scene: str, things: tuple[str, ...]) -> str:
    """One line that goes with what the picture shows."""
    rng = np.random.default_rng((seed, 2))
    return str(rng.choice(WORDS["bios"][things[0] if things else scene]))
