"""Folds that do not leak: copies of one picture, and photos that are nearly the same, stay together."""

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components
from sklearn.model_selection import StratifiedGroupKFold

from training.learn.data import Indices, Labels, Vectors

NEAR_DUPLICATE = 0.95  # cosine above which two photos count as one
ROWS = 512


def near_duplicate_groups(vectors: Vectors, links: Indices | None = None) -> Indices:
    """Unit vectors f32 [n, d] -> group of each photo i64 [n]: linked by chains of near-duplicates.

    `links` i64 [m, 2] are further pairs of photos that belong together: copies, and photos of one series.
    """
    pairs = [] if links is None else [links]
    pairs += [
        np.argwhere(vectors[start : start + ROWS] @ vectors.T > NEAR_DUPLICATE) + np.array([start, 0])
        for start in range(0, len(vectors), ROWS)
    ]
    rows, columns = np.concatenate(pairs).T
    linked = csr_matrix((np.ones(len(rows), np.int8), (rows, columns)), shape=(len(vectors), len(vectors)))
    groups: Indices = connected_components(linked, directed=False)[1].astype(np.int64)
    return groups


def count_different(labels: Labels, groups: Indices) -> tuple[int, int]:
    """Groups with a like in them, groups with a dislike in them; a group may count in both."""
    return len(np.unique(groups[labels == 1])), len(np.unique(groups[labels == 0]))


def assign_folds(labels: Labels, groups: Indices, folds: int, seed: int) -> Indices:
    """Fold of each photo i64 [n]: groups whole, both classes spread evenly over the folds."""
    splitter = StratifiedGroupKFold(folds, shuffle=True, random_state=seed)
    assigned = np.zeros(len(labels), np.int64)
    for number, (_, held_out) in enumerate(splitter.split(labels, labels, groups)):
        assigned[held_out] = number
    return assigned
