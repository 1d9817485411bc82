"""Honest figures: each a value with a 95 % interval, except the calibration error."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from training.learn.data import Floats, Labels
from training.learn.intervals import Figure, wilson

RESAMPLES = 1000
BINS = 10
Metric = Callable[[Floats, Labels], float]


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


def figures_of(probabilities: Floats, labels: Labels, *, seed: int = 0) -> Figures:
    """P(like) f64 [n] against labels [n], both classes among them. Deterministic for a given seed.

    Shares have Wilson's interval, the other figures the percentiles of a bootstrap (Efron 1979).
    """
    right = (probabilities >= 0.5) == (labels == 1)
    draws = resamples(labels, seed)

    def bootstrapped(metric: Metric) -> Figure:
        drawn = [metric(probabilities[draw], labels[draw]) for draw in draws]
        low, high = np.quantile(drawn, (0.025, 0.975))
        return Figure(metric(probabilities, labels), float(low), float(high))

    return Figures(
        likes=int(labels.sum()),
        dislikes=int(len(labels) - labels.sum()),
        accuracy=wilson(int(right.sum()), len(right)),
        balanced_accuracy=bootstrapped(balanced_accuracy),
        auc=bootstrapped(auc),
        log_loss=bootstrapped(log_loss),
        calibration_error=calibration_error(probabilities, labels),
    )


def resamples(labels: Labels, seed: int) -> NDArray[np.int64]:
    """Indices i64 [RESAMPLES, n]: bootstrap draws that keep the number of likes and of dislikes."""
    generator = np.random.default_rng(seed)
    parts = []
    for label in (0, 1):
        of_class = np.flatnonzero(labels == label)
        parts.append(of_class[generator.integers(len(of_class), size=(RESAMPLES, len(of_class)))])
    return np.concatenate(parts, axis=1)


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
