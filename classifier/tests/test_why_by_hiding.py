"""The map in the picture holds against hiding: without the patches it names, what is said falls most.

On the real photos, with the starter; skipped where they are not.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from bench.tastes import PHOTOS
from classifier.clip.engine import Engine
from classifier.clip.images import load_pixels
from classifier.questions.relevance import log_odds_of, relevance
from classifier.scoring import phrase_direction
from classifier.tests.clip_helpers import engine_for, needs_photos, starter
from training.learn.calibration import Calibration
from training.learn.head import fit_heads
from training.learn.version import Version
from training.tests.learn_samples import starter_tail

GRID = 8  # patches a side, of the starter
HIDDEN = GRID * GRID // 5
COUNT = 100

pytestmark = [needs_photos, pytest.mark.full("explains dozens of real photos, each with hidden parts")]


def pictures() -> list[Path]:
    """A hundred of sports, from as many sports as there are."""
    folders = sorted(folder for folder in (PHOTOS / "sports").iterdir() if folder.is_dir())
    each = [sorted(folder.glob("*.jpg")) for folder in folders]
    in_turns = [files[place] for place in range(50) for files in each if place < len(files)]
    return in_turns[:COUNT]


def without(pixels: np.ndarray, patches: np.ndarray) -> np.ndarray:
    """The picture with the patches in its mean colour."""
    side = pixels.shape[0] // GRID
    hidden = pixels.copy()
    for patch in patches:
        row, column = divmod(int(patch), GRID)
        hidden[row * side : (row + 1) * side, column * side : (column + 1) * side] = pixels.mean(axis=(0, 1))
    return hidden


def changes(engine: Engine, said) -> tuple[np.ndarray, np.ndarray]:  # type: ignore[no-untyped-def]
    """How much lower what is said of each photo is without its strongest patches, and without as many at random."""
    generator = np.random.default_rng(0)
    by_map, by_chance = [], []
    for file in pictures():
        pixels = load_pixels(file, engine.side)
        _, stems = engine.embed_pixels(pixels[None])
        tokens = torch.from_numpy(stems).float()
        strongest = relevance(tokens, said(file)).argsort(descending=True)[:HIDDEN].numpy()
        others = [generator.permutation(GRID * GRID)[:HIDDEN] for _ in range(3)]
        variants = np.stack([pixels, without(pixels, strongest), *(without(pixels, each) for each in others)])
        _, stems = engine.embed_pixels(variants)
        with torch.inference_mode():
            whole, mapped, *random = said(file)(torch.from_numpy(stems).float()).tolist()
        by_map.append(whole - mapped)
        by_chance.append(whole - float(np.mean(random)))
    return np.array(by_map), np.array(by_chance)


@pytest.mark.timeout(300)
def test_hiding_what_a_phrase_is_seen_in_takes_it_away() -> None:
    engine, tail = engine_for(starter()), starter_tail()

    def said(file: Path):  # type: ignore[no-untyped-def]
        vector = engine.encode_phrases([file.parent.name.replace("_", " ").lower()])[0]
        towards = torch.from_numpy(phrase_direction(vector, engine.neutral, None))
        return lambda tokens: tail(tokens) @ towards

    by_map, by_chance = changes(engine, said)
    assert by_map.mean() > 1.5 * abs(by_chance.mean())


@pytest.mark.timeout(300)
def test_hiding_what_was_learned_to_be_liked_takes_it_away() -> None:
    engine, tail = engine_for(starter()), starter_tail()
    files = pictures()
    vectors = np.concatenate([engine.embed_pixels(load_pixels(file, engine.side)[None])[0] for file in files])
    sports = sorted({file.parent.name for file in files})
    labels = np.array([sports.index(file.parent.name) % 2 for file in files])
    heads = fit_heads(vectors, labels, np.ones(len(labels)), np.arange(len(labels)), folds=5, seed=0)
    calibration = Calibration(0.75, 0.75, 0.0)
    version = Version("starter/1", {}, heads.linear, heads.kernel, calibration, 0.0, 0, "0" * 64)
    learned = log_odds_of(version, tail)
    by_map, by_chance = changes(engine, lambda file: learned)
    assert by_map.mean() > 1.5 * abs(by_chance.mean())
