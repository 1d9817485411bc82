"""A search in a very large library: every photo looked at, against an index. Run: python -m bench nearest

The photos are those of the sample library as the starter sees them, each scattered as photos in general scatter (the
backbone's own covariance). Half the questions are photos ("similar"), half are the starter's phrases.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any

import django
import numpy as np

from bench.table import Row
from classifier.model import get_engine, get_statistics
from classifier.questions.nearest import Floats, Index, nearest
from classifier.sample import sample_photos
from classifier.scoring import phrase_direction

SIZES = (50_000, 100_000, 500_000)
QUESTIONS, FIRST = 50, 50


def rows() -> Iterator[Row]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wizard.test_settings")
    django.setup()
    scatter = Scatter()
    for count in SIZES:
        yield from compared(scatter, count)


class Scatter:
    """Any number of photos, from the 218 of the sample library."""

    def __init__(self) -> None:
        engine, statistics = get_engine(), get_statistics()
        assert statistics
        found = engine.embed((each.file.name, each.file) for each in sample_photos())
        self.samples = np.stack([each.vector for each in found if each.vector is not None])
        self.spread = np.linalg.cholesky(statistics.covariance + 1e-7 * np.eye(len(statistics.mean), dtype=np.float32))
        texts = [each.attributes for each in sample_photos()]
        phrases = sorted({word for words in texts for word in words})
        vectors = engine.encode_phrases(phrases)
        self.phrases = [phrase_direction(vector, engine.neutral, statistics) for vector in vectors]

    def photos(self, count: int, generator: np.random.Generator) -> Floats:
        shares = 1 / np.arange(1, len(self.samples) + 1)  # some kinds are common, most are rare
        of = generator.choice(len(self.samples), count, p=shares / shares.sum())
        noise = generator.standard_normal((count, self.samples.shape[1]), np.float32) @ self.spread.T
        vectors = self.samples[of] + 0.7 * noise
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)

    def questions(self, photos: Floats, generator: np.random.Generator) -> tuple[list[Floats], list[Floats]]:
        return [photos[row] for row in generator.integers(len(photos), size=QUESTIONS)], self.phrases[:QUESTIONS]


def recall(ids: Any, photos: Floats, asked: list[Floats], index: Index, first: int = FIRST) -> float:
    shares = []
    for direction in asked:
        found, exact = (nearest(ids, photos, direction, first, each).rows for each in (index, None))
        shares.append(len(np.intersect1d(found, exact)) / first)
    return float(np.mean(shares))


def compared(scatter: Scatter, count: int) -> Iterator[Row]:
    """The plain way looks at every photo."""
    generator = np.random.default_rng(0)
    photos, ids = scatter.photos(count, generator), np.arange(count)
    alike, phrases = scatter.questions(photos, generator)
    exact = milliseconds(lambda direction: nearest(ids, photos, direction, 600), alike)
    began = time.perf_counter()
    index = Index.of(ids, photos)
    yield Row(f"an index of {count:,} photos, made", "s", (time.perf_counter() - began,))
    indexed = milliseconds(lambda direction: nearest(ids, photos, direction, 600, index), alike)
    yield Row(f"the most alike of {count:,} photos, by an index", "ms", indexed, statistics.median(exact))
    for asked, by in ((alike, "by photo"), (phrases, "by phrase")):
        yield Row(
            f"of the first {FIRST}, found by it {by}", "share", (recall(ids, photos, asked, index),), promised=0.95
        )


def milliseconds(look: Callable[[Floats], object], asked: list[Floats]) -> tuple[float, ...]:
    taken = []
    for direction in asked[:20]:
        began = time.perf_counter()
        look(direction)
        taken.append(1000 * (time.perf_counter() - began))
    return tuple(taken)
