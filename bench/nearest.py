"""A search in a very large library: every photo looked at, against an index. Run: python -m bench nearest [PHOTOS ...]

Unit vectors of ViT-B/32's size in clusters of very unequal size with a large part in common, as CLIP's are. Half the
questions are photos ("similar"), half are directions that no photo has, as phrases are.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from classifier.questions.nearest import Floats, Index, nearest

SIZES = (50_000, 100_000, 500_000)
WIDTH, QUESTIONS, FIRST = 512, 100, 50


def main() -> None:
    for count in [int(each) for each in sys.argv[2:] if each.isdecimal()] or SIZES:
        report(count)


def clustered(count: int, width: int, generator: np.random.Generator, clusters: int = 300) -> tuple[Floats, Floats]:
    """Photos f32 [n, d], and the clusters' centres."""
    common = unit(generator.standard_normal(width))
    centres = unit(generator.standard_normal((clusters, width)))
    sizes = 1 / np.arange(1, clusters + 1)  # Zipf's law
    of = generator.choice(clusters, count, p=sizes / sizes.sum())
    photos = 1.2 * common + 0.6 * centres[of]
    photos = photos.astype(np.float32) + 0.8 / width**0.5 * generator.standard_normal((count, width), np.float32)
    return unit(photos), centres


def unit(vectors: Any) -> Floats:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=-1, keepdims=True), np.float32)


def questions(photos: Floats, centres: Floats, generator: np.random.Generator) -> list[Floats]:
    alike = [photos[row] for row in generator.integers(len(photos), size=QUESTIONS // 2)]
    mixed = centres[generator.integers(len(centres), size=(QUESTIONS // 2, 2))].sum(axis=1)
    phrases = unit(mixed + 1.5 * unit(generator.standard_normal(mixed.shape)))
    return [*alike, *phrases]


def recall(ids: Any, photos: Floats, asked: list[Floats], index: Index, first: int = FIRST) -> float:
    shares = []
    for direction in asked:
        found, exact = (nearest(ids, photos, direction, first, each).rows for each in (index, None))
        shares.append(len(np.intersect1d(found, exact)) / first)
    return float(np.mean(shares))


def report(count: int) -> None:
    generator = np.random.default_rng(0)
    photos, centres = clustered(count, WIDTH, generator)
    ids, asked = np.arange(count), questions(photos, centres, generator)
    exact = median_ms(lambda direction: nearest(ids, photos, direction, 600), asked)
    began = time.perf_counter()
    index = Index.of(ids, photos)
    made = time.perf_counter() - began
    indexed = median_ms(lambda direction: nearest(ids, photos, direction, 600, index), asked)
    alike, phrases = (recall(ids, photos, some, index) for some in (asked[: QUESTIONS // 2], asked[QUESTIONS // 2 :]))
    print(
        f"{count:>9,} photos: every one looked at {exact:6.1f} ms, index {indexed:6.1f} ms (made in {made:5.1f} s),"
        f" recall@{FIRST} {alike:.3f} by photo, {phrases:.3f} by phrase"
    )


def median_ms(look: Callable[[Floats], object], asked: list[Floats]) -> float:
    taken = []
    for direction in asked[::5]:
        began = time.perf_counter()
        look(direction)
        taken.append(time.perf_counter() - began)
    return statistics.median(taken) * 1000


if __name__ == "__main__":
    main()
