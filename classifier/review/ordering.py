"""The order in which to ask: plain numpy and scikit-learn, no database. What was tried is in docs/learning.md."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, zip_longest

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import MiniBatchKMeans

from classifier.review.reasons import Why
from training.learn.folds import NEAR_DUPLICATE
from training.learn.head import fit_at_once

Vectors = NDArray[np.float32]
Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

ENOUGH = 3  # answers of each kind, and
FIRST = 20  # answers in all, before uncertainty says anything
RANDOM_EVERY = 5
SAMPLED = 5_000  # photos that stand for a larger library when clusters are sought
MOST_CLUSTERS = 300  # thousands of answers of one kind (a sorted folder) would make as many, and take minutes
PER_PLACE = 6  # uncertain photos for each place in the queue, of which the clusters keep one


@dataclass(frozen=True)
class Known:
    """What was said of the library so far.

    rows    i64 [k], photos that were answered, the latest answer last
    labels  i64 [k], 1 like or super like, 0 dislike
    closed  i64 [m], photos not to be asked about for another reason (unsure, skipped a moment ago)
    """

    rows: Indices
    labels: Indices
    closed: Indices = field(default_factory=lambda: np.empty(0, np.int64))

    @property
    def says_enough(self) -> bool:
        likes = int(self.labels.sum())
        return len(self.labels) >= FIRST and min(likes, len(self.labels) - likes) >= ENOUGH


def order(
    vectors: Vectors, known: Known, *, wanted: Floats | None = None, count: int = 40, seed: int = 0
) -> list[tuple[int, Why]]:
    """The next photos to ask about, the first one first.

    Args:
        vectors: unit vectors of the whole library, f32 [n, d].
        wanted: how much of what the owner wrote is in each photo, f64 [n]; None when nothing was written.

    As long as answers are few, or of one kind: photos in the middle of their cluster, and those that show most of what
    was written. After that uncertainty (Lewis and Gale 1994, arXiv:cmp-lg/9407020), one photo from each cluster of
    the most uncertain (Zhdanov 2019, arXiv:1901.05954). One in RANDOM_EVERY is drawn at random, so that figures have
    photos that no model chose. Near-duplicates, of one another and of what was answered, are asked about once.
    """
    generator = np.random.default_rng(seed)
    is_open = np.ones(len(vectors), bool)
    is_open[known.rows] = is_open[known.closed] = False
    candidates = np.flatnonzero(is_open)
    if not len(candidates):
        return []
    if known.says_enough:
        chosen: Iterator[tuple[int, Why]] = (
            (row, Why.UNCERTAIN) for row in _uncertain(vectors, candidates, known, count, seed)
        )
    else:
        chosen = ((row, Why.START) for row in _first(vectors, candidates, known, wanted, count, seed))
    drawn = ((int(row), Why.RANDOM) for row in generator.permutation(candidates)[: 2 * count + 20])
    return list(_without_twins(vectors, known, _mixed(chosen, drawn, generator), count))


def _uncertain(vectors: Vectors, candidates: Indices, known: Known, count: int, seed: int) -> list[int]:
    """The most uncertain photo of each cluster of the uncertain ones, the most uncertain first."""
    head = fit_at_once(vectors[known.rows], known.labels)
    doubt = -np.abs(head.logits(vectors[candidates]))
    most = np.argsort(-doubt, kind="stable")[: PER_PLACE * count]
    near = candidates[most]
    clusters = _clusters(vectors[near], min(count, len(near)), seed)
    _, first = np.unique(clusters, return_index=True)
    ahead = np.sort(first)
    rest = np.setdiff1d(np.arange(len(near)), ahead)
    return [int(row) for row in near[np.concatenate([ahead, rest])]]


def _first(
    vectors: Vectors, candidates: Indices, known: Known, wanted: Floats | None, count: int, seed: int
) -> list[int]:
    """Medoids of clusters that nobody answered in yet, the largest cluster first, and what was written in turns."""
    generator = np.random.default_rng(seed)
    sample = np.sort(generator.permutation(candidates)[:SAMPLED])
    latest = known.rows[-SAMPLED:]
    together = np.concatenate([sample, latest])
    clusters = _clusters(vectors[together], min(count + len(latest), MOST_CLUSTERS, len(together)), seed)
    answered = set(clusters[len(sample) :].tolist())
    medoids = []
    for cluster in np.unique(clusters):
        members = together[clusters == cluster]
        if cluster not in answered:
            centre = vectors[members].mean(axis=0)
            medoids.append((-len(members), int(members[int((vectors[members] @ centre).argmax())])))
    typical = [row for _, row in sorted(medoids)]
    matching = [] if wanted is None else candidates[np.argsort(-wanted[candidates], kind="stable")][:count].tolist()
    in_turns = chain.from_iterable(zip_longest(typical, matching))
    rest = [int(row) for row in generator.permutation(sample)]
    return list(dict.fromkeys([row for row in in_turns if row is not None] + rest))


def _clusters(vectors: Vectors, count: int, seed: int) -> Indices:
    found = MiniBatchKMeans(count, n_init=1, max_iter=30, random_state=seed).fit_predict(vectors)
    clusters: Indices = found.astype(np.int64)
    return clusters


def _mixed(
    chosen: Iterator[tuple[int, Why]], drawn: Iterator[tuple[int, Why]], generator: np.random.Generator
) -> Iterator[tuple[int, Why]]:
    """Every place is random with the same chance, so that it is one in five however often the order is made anew."""
    for each in chosen:
        while generator.random() < 1 / RANDOM_EVERY and (other := next(drawn, None)):
            yield other
        yield each
    yield from drawn


def _without_twins(
    vectors: Vectors, known: Known, rows: Iterator[tuple[int, Why]], count: int
) -> Iterator[tuple[int, Why]]:
    seen = vectors[np.concatenate([known.rows, known.closed])]
    taken: list[int] = []
    for row, why in rows:
        if len(taken) == count:
            return
        vector = vectors[row]
        if row in taken or (len(seen) and float((seen @ vector).max()) > NEAR_DUPLICATE):
            continue
        if taken and float((vectors[taken] @ vector).max()) > NEAR_DUPLICATE:
            continue
        taken.append(row)
        yield row, why
