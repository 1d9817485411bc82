"""The library laid out by likeness, for the map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE

from classifier.questions.asking import MAP_KEPT_SECONDS, map_key
from classifier.vectors import library_of
from wizard import store

if TYPE_CHECKING:
    from django.contrib.auth.models import User

MOST_PHOTOS = 10_000
PLACED_BY_TSNE = 2_000  # the others find their place among their nearest
AXES = 30
NEIGHBOURS = 5
STAYS_WITH = 0.8  # of the photos known from the last map: the others find their place in it

Floats = NDArray[np.float32]


def lay_out(owner: User, about: dict[str, Any]) -> dict[str, Any]:
    """{"points": [[photo, x, y], ...]} with x and y in [0, 1]; of a larger library the newest photos.

    One finds one's way in a map by memory: as long as most photos are those of the last one, they stay where they were.
    """
    library = library_of(owner)
    ids, vectors = library.ids, library.vectors
    ids, vectors = ids[-MOST_PHOTOS:], vectors[-MOST_PHOTOS:]
    key = map_key(owner.pk)
    before = {photo: (x, y) for photo, x, y in store.get(key) or []}
    known = np.array([row for row, photo in enumerate(ids) if photo in before], np.int64)
    if len(known) and len(known) >= STAYS_WITH * len(ids):
        places = _among(vectors, known, np.array([before[ids[row]] for row in known], np.float32))
    else:
        places = place(vectors)
    points = [[photo, round(float(x), 4), round(float(y), 4)] for photo, (x, y) in zip(ids, places, strict=True)]
    store.put(key, points, seconds=MAP_KEPT_SECONDS)
    return {"points": points}


def place(vectors: Floats, seed: int = 0) -> Floats:
    """Unit vectors f32 [n, d] -> places f32 [n, 2] in [0, 1]: t-SNE (van der Maaten 2008) of a sample, the rest between
    their nearest in it."""
    count = len(vectors)
    if count < 4:
        return np.column_stack([np.linspace(0, 1, count), np.full(count, 0.5)]).astype(np.float32)
    reduced = PCA(min(AXES, count - 1, vectors.shape[1]), random_state=seed).fit_transform(vectors).astype(np.float32)
    sample = np.sort(np.random.default_rng(seed).permutation(count)[:PLACED_BY_TSNE])
    layout = TSNE(perplexity=min(30, (len(sample) - 1) / 3), init="pca", random_state=seed)
    placed = layout.fit_transform(reduced[sample])
    places = _among(reduced, sample, placed)
    low, high = places.min(axis=0), places.max(axis=0)
    return np.asarray((places - low) / np.maximum(high - low, 1e-6), np.float32)


def _among(vectors: Floats, known: NDArray[np.int64], placed: Floats) -> Floats:
    """Places f32 [n, 2] of all when those of some rows are known: each lies between its nearest of them."""
    places = np.empty((len(vectors), 2), np.float32)
    places[known] = placed
    others = np.setdiff1d(np.arange(len(vectors)), known)
    for rows in np.split(others, range(1000, len(others), 1000)):
        distances = _squared(vectors[rows], vectors[known])
        near = np.argpartition(distances, min(NEIGHBOURS, len(known) - 1), axis=1)[:, :NEIGHBOURS]
        closeness = 1 / (np.take_along_axis(distances, near, axis=1) + 1e-6)
        weights = closeness / closeness.sum(axis=1, keepdims=True)
        places[rows] = (placed[near] * weights[..., None]).sum(axis=1)
    return places


def _squared(one: Floats, other: Floats) -> Floats:
    square = (one**2).sum(axis=1)[:, None] + (other**2).sum(axis=1)[None, :] - 2 * one @ other.T
    return np.asarray(np.maximum(square, 0), np.float32)
