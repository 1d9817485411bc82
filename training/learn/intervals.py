"""Shares with their doubt. Plain Python: the pages use it too."""

from dataclasses import dataclass
from math import sqrt

WILSON_Z = 1.96


@dataclass(frozen=True)
class Figure:
    """A measured value and its 95 % interval."""

    value: float
    low: float
    high: float


def overlap(folds: int) -> float:
    """How many times as wide an interval has to be for a figure of cross-validation, than for as many fresh photos.

    The models of the folds learn from mostly the same photos, so their mistakes go together (Nadeau and Bengio 2003,
    Inference for the generalization error). 1.5 for five folds.
    """
    return sqrt(1 + folds / (folds - 1))


def wilson(right: float, n: float) -> Figure:
    """A share with its Wilson score interval (Wilson 1927)."""
    if n == 0:
        return Figure(0.0, 0.0, 1.0)
    share, z2 = right / n, WILSON_Z**2
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = WILSON_Z / (1 + z2 / n) * sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return Figure(share, max(0.0, centre - half), min(1.0, centre + half))
