"""What training takes, and what it refuses."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.learn.config import TrainConfig as TrainConfig

Vectors = NDArray[np.float32]
Stems = NDArray[np.float16]
Labels = NDArray[np.int64]
Floats = NDArray[np.float64]
Indices = NDArray[np.int64]
StemLoader = Callable[[Indices], Stems]
IsCancelled = Callable[[], bool]


class TrainingRefused(Exception):
    """Training cannot start or go on; the message is one sentence for the user."""


class TooFewLabels(TrainingRefused):
    """Counts are of photos that differ: near-duplicates teach the same thing."""

    def __init__(self, likes: int, dislikes: int, minimum: int) -> None:
        super().__init__(
            f"Training needs at least {minimum} different photos you like and {minimum} you do not;"
            f" so far there are {likes} and {dislikes}."
        )
        self.likes, self.dislikes, self.minimum = likes, dislikes, minimum


class Cancelled(Exception):
    """The caller asked to stop. Nothing was saved."""


@dataclass(frozen=True)
class TrainingData:
    """The answers of one person, one row per photo.

    vectors  f32 [n, d], unit length, by the backbone's own tail
    stems    f16 [n, T, W] (an array, or mapped from a file), or a function from indices i64 [k] to f16 [k, T, W]
    labels   1 like or super like, 0 dislike
    weights  f64 [n], how much an answer counts: 1, or 2 for a super like
    photos   what names a photo for good: the sha256 of its upload
    links    i64 [m, 2], pairs of photos that are copies of one picture, or of one series
    """

    vectors: Vectors
    stems: Stems | StemLoader
    labels: Labels
    weights: Floats
    photos: tuple[str, ...]
    links: Indices | None = None

    def __post_init__(self) -> None:
        n = len(self.labels)
        if not len(self.vectors) == len(self.weights) == len(self.photos) == n:
            raise ValueError("vectors, labels, weights and photos differ in length")
        if len(set(self.photos)) != n:
            raise ValueError("a photo appears twice")
        if not np.isin(self.labels, (0, 1)).all():
            raise ValueError("labels are 0 or 1")

    def __len__(self) -> int:
        return len(self.labels)

    def stems_of(self, indices: Indices) -> Stems:
        """f16 [k, T, W]"""
        return self.stems(indices) if callable(self.stems) else np.asarray(self.stems[indices])

    @property
    def fingerprint(self) -> str:
        """sha256 hex over the answers, in no particular order: the same means nothing new to learn."""
        lines = sorted(
            f"{photo}:{label}:{weight:g}"
            for photo, label, weight in zip(self.photos, self.labels, self.weights, strict=True)
        )
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()

    def balanced_weights(self) -> Floats:
        """Each answer's weight f64 [n], scaled so that both classes weigh the same and the mean is 1."""
        balanced = self.weights.astype(np.float64)
        for label in (0, 1):
            of_class = self.labels == label
            balanced[of_class] *= len(self) / (2 * max(balanced[of_class].sum(), 1e-12))
        return balanced
