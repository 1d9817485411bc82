"""How a backbone's image vectors lie in general: the prior that lets the first photos of a library be scored.

A phrase or reference direction u (any vector f32[d]) has, over photos in general, mean u.m and variance
u'Cu, so two moments serve every phrase that anyone will ever type.
"""

import os
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]


@dataclass(frozen=True)
class BackgroundStatistics:
    """Mean f32[d] and covariance f32[d, d] of unit image vectors, over `count` photos of many kinds."""

    mean: Vector
    covariance: Vector
    count: int

    @classmethod
    def from_vectors(cls, vectors: Vector) -> "BackgroundStatistics":
        """From unit vectors f32[n, d], n >= 2."""
        if vectors.ndim != 2 or len(vectors) < 2:
            raise ValueError("Background statistics need at least two vectors, as an array [n, d].")
        covariance = np.cov(vectors.astype(np.float64), rowvar=False)
        return cls(
            vectors.mean(axis=0, dtype=np.float64).astype(np.float32),
            covariance.astype(np.float32),
            len(vectors),
        )

    @classmethod
    def load(cls, path: Path) -> "BackgroundStatistics | None":
        """What `save` wrote; None when there is no file or it is not such a file."""
        try:
            with np.load(path, allow_pickle=False) as arrays:
                mean, covariance = arrays["mean"], arrays["covariance"]
                count = int(arrays["count"])
        except (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile):
            return None
        if mean.ndim != 1 or covariance.shape != (len(mean), len(mean)):
            return None
        return cls(mean.astype(np.float32), covariance.astype(np.float32), count)

    def save(self, path: Path) -> None:
        """Written to a temporary name first, so that no reader sees half a file."""
        temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
        with temporary.open("wb") as file:
            np.savez_compressed(file, mean=self.mean, covariance=self.covariance, count=np.int64(self.count))
        os.replace(temporary, path)

    def along(self, direction: Vector) -> tuple[float, float]:
        """Mean and variance of `vectors @ direction` over photos in general, for a direction f32[d]."""
        variance = float(direction @ self.covariance @ direction)
        return float(direction @ self.mean), max(variance, 0.0)

    def share(self, phrase: Vector, neutral: Vector) -> float:
        """How much of `neutral` goes with `phrase` over photos in general (both f32[d]): a least-squares
        slope.

        `phrase - share * neutral` is what a photo says about the phrase beyond looking like a photo. Taking
        away all of `neutral` (a share of 1) adds more noise than it removes where the phrase hardly follows
        it.
        """
        common = self.covariance @ neutral
        variance = float(neutral @ common)
        return float(phrase @ common) / variance if variance > 0 else 1.0
