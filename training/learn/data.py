"""What training takes, and what it refuses."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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
    """

    vectors: Vectors
    stems: Stems | StemLoader
    labels: Labels
    weights: Floats
    photos: tuple[str, ...]

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


@dataclass(frozen=True)
class TrainConfig:
    """The recipe's numbers; docs/learning.md says how they were found.

    token_share is the share of a photo's patch tokens that each step of fine-tuning sees.
    """

    epochs: int = 10
    batch_size: int = 16
    learning_rate: float = 3e-4
    weight_decay: float = 0.01
    token_share: float = 0.5
    seed: int = 0
    folds: int = 5
    alphas: tuple[float, ...] = (0.0, 0.25, 0.5, 0.75, 1.0)
    min_per_class: int = 10

    def __post_init__(self) -> None:
        if not 1 <= self.epochs <= 100:
            raise ValueError("epochs must lie between 1 and 100")
        if not 2 <= self.batch_size <= 256:
            raise ValueError("batch_size must lie between 2 and 256")
        if not 0 < self.learning_rate <= 0.1:
            raise ValueError("learning_rate must lie between 0 and 0.1")
        if not 2 <= self.folds <= 10:
            raise ValueError("folds must lie between 2 and 10")
        if 0.0 not in self.alphas or not all(0 <= alpha <= 1 for alpha in self.alphas):
            raise ValueError("alphas must lie between 0 and 1, and 0 (the frozen tail) must be among them")

    @property
    def checkpoints(self) -> tuple[int, ...]:
        """After which epochs the tail is a candidate: half-way and at the end."""
        return tuple(sorted({max(1, self.epochs // 2), self.epochs}))
