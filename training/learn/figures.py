"""Honest figures: each a value with a 95 % interval, except the calibration error."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from training.learn.data import Floats, Indices, Labels
from training.learn.intervals import Figure, overlap, wilson

RESAMPLES = 1000
BINS = 10


@dataclass(frozen=True)
class Figures:
    """How well P(like) agrees with answers that it was not made from. log_loss is in nats.

    calibration_error has no interval. It is a sum of absolute differences, so chance only adds to it, and a bootstrap
    adds chance once more: the percentiles of its resamplings lie above the value (Kumar et al. 2019, Verified
    Uncertainty Calibration, 1909.10155). For the same reason the value itself is too high where photos are few.
    """

    likes: int
    dislikes: int
    accuracy: Figure
    balanced_accuracy: Figure
    auc: Figure
    log_loss: Figure
    calibration_error: float

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def figures_of(
    probabilities: Floats, labels: Labels, groups: Indices | None = None, *, folds: int | None = None, seed: int = 0
) -> Figures:
    """P(like) f64 [n] against labels [n], both classes among them. Deterministic for a given seed.

    `groups` i64 [n] say which photos show one picture; None when all differ. Copies are not independent, so everything
    counts pictures: shares have Wilson's interval for as many pictures, the other figures the percentiles of a
    bootstrap of whole groups (Efron 1979; Field and Welsh 2007). Both are wider where the probabilities are those of
    cross-validation with so many `folds`.
    """
    groups = np.arange(len(labels)) if groups is None else groups
    metrics = (balanced_accuracy, auc, log_loss)
    drawn = [
        [metric(probabilities[draw], labels[draw]) for metric in metrics] for draw in resamples(labels, seed, groups)
    ]
    lows, highs = np.quantile(drawn, (0.025, 0.975), axis=0)
    values = np.array([metric(probabilities, labels) for metric in metrics])
    lows, highs = (np.maximum(widened(ends, values, folds), 0) for ends in (lows, highs))
    highs[:2] = np.minimum(highs[:2], 1)  # shares; a log loss has no limit
    bootstrapped = [Figure(*map(float, figure)) for figure in zip(values, lows, highs, strict=True)]
    likes, pictures = liked_pictures(labels, groups)
    return Figures(
        likes=likes,
        dislikes=pictures - likes,
        accuracy=accuracy(probabilities, labels, groups, folds),
        balanced_accuracy=bootstrapped[0],
        auc=bootstrapped[1],
        log_loss=bootstrapped[2],
        calibration_error=calibration_error(probabilities, labels),
    )


def accuracy(probabilities: Floats, labels: Labels, groups: Indices, folds: int | None = None) -> Figure:
    """Share that falls on the right side of 0.5. Each picture counts once, however many copies it has."""
    right = of_pictures((probabilities >= 0.5) == (labels == 1), groups)
    pictures = len(right) / (overlap(folds) ** 2 if folds else 1)
    return wilson(float(right.mean()) * pictures, pictures)


def widened(drawn: Floats, value: Floats | float, folds: int | None) -> Floats:
    """What a bootstrap has drawn f64 [n], as far away from the value as cross-validation in so many folds makes it."""
    return value + (drawn - value) * (overlap(folds) if folds else 1)


def liked_pictures(labels: Labels, groups: Indices) -> tuple[int, int]:
    """How many different pictures are liked, by most of their copies; and how many there are."""
    shares = of_pictures(labels == 1, groups)
    return int((shares > 0.5).sum()), len(shares)


def of_pictures(values: NDArray[Any], groups: Indices) -> Floats:
    """The mean value of each group."""
    numbers = np.unique(groups, return_inverse=True)[1]
    means: Floats = np.bincount(numbers, weights=values) / np.bincount(numbers)
    return means


def resamples(labels: Labels, seed: int, groups: Indices) -> Iterator[Indices]:
    """RESAMPLES bootstrap draws of whole groups, as indices of photos.

    Groups of likes, of dislikes and of both are drawn apart, so that each draw has both classes, and as many of each
    as there are where all photos differ.
    """
    numbers = np.unique(groups, return_inverse=True)[1]
    sizes, likes = np.bincount(numbers), np.bincount(numbers, weights=labels)
    order, starts = np.argsort(numbers, kind="stable"), np.cumsum(sizes) - sizes
    kinds = [np.flatnonzero(kind) for kind in (likes == 0, likes == sizes, (likes > 0) & (likes < sizes))]
    generator = np.random.default_rng(seed)
    for _ in range(RESAMPLES):
        drawn = np.concatenate([kind[generator.integers(len(kind), size=len(kind))] for kind in kinds if len(kind)])
        counts = sizes[drawn]
        within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        yield order[np.repeat(starts[drawn], counts) + within]


def auc(scores: Floats, labels: Labels) -> float:
    """Chance that a liked photo scores above a disliked one; a tie counts half."""
    likes = labels == 1
    positives = int(likes.sum())
    rank_sum = float(rankdata(scores)[likes].sum())
    return (rank_sum - positives * (positives + 1) / 2) / (positives * (len(labels) - positives))


def balanced_accuracy(probabilities: Floats, labels: Labels) -> float:
    """Mean of the shares of likes and of dislikes that fall on their side of 0.5."""
    said = probabilities >= 0.5
    return float((said[labels == 1].mean() + (~said[labels == 0]).mean()) / 2)


def log_loss(probabilities: Floats, labels: Labels) -> float:
    """Mean of -ln P(what was answered), in nats; a photo counts 27.6 at most."""
    given = np.where(labels == 1, probabilities, 1 - probabilities)
    return float(-np.log(np.clip(given, 1e-12, 1)).mean())


def calibration_error(probabilities: Floats, labels: Labels) -> float:
    """Expected calibration error (Naeini et al. 2015), in [0, 1], over BINS bins that hold equally many photos."""
    order = np.argsort(probabilities, kind="stable")
    parts = [part for part in np.array_split(order, BINS) if len(part)]
    gaps = [abs(probabilities[part].mean() - labels[part].mean()) * len(part) for part in parts]
    return float(sum(gaps) / len(labels))
