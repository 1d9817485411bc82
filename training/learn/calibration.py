"""From logits to a probability that means what it says: Platt scaling with a prior."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from training.learn.data import Floats, Labels

SLOPE_SPREAD = 0.7  # prior: the slope is 1, within a factor of two or so
SHIFT_SPREAD = 1.0  # prior: the shift undoes the balancing of the classes, give or take this in log odds


@dataclass(frozen=True)
class Calibration:
    """P(like) = sigmoid(slope * logit + shift); the slope is positive, so the order never changes."""

    slope: float
    shift: float

    def log_odds(self, logits: Floats) -> Floats:
        return self.slope * logits + self.shift

    def probability(self, logits: Floats) -> Floats:
        """f64 [n] -> P(like) f64 [n] in (0, 1)"""
        return 1 / (1 + np.exp(-np.clip(self.log_odds(logits), -30, 30)))


def calibrate(logits: Floats, labels: Labels) -> Calibration:
    """The most probable calibration, given out-of-fold logits f64 [n] of a class-balanced model.

    The prior keeps a few dozen answers from claiming a certainty that they cannot show, or from turning the
    order round when they happen to.
    """
    likes = float(labels.sum())
    usual_shift = np.log((likes + 1) / (len(labels) - likes + 1))
    signs = np.where(labels == 1, 1.0, -1.0)

    def cost(point: Floats) -> tuple[float, Floats]:
        slope = np.exp(point[0])
        margins = signs * (slope * logits + point[1])
        pull = -signs / (1 + np.exp(np.clip(margins, -500, 500)))
        off = np.array([point[0] / SLOPE_SPREAD, (point[1] - usual_shift) / SHIFT_SPREAD])
        value = np.logaddexp(0, -margins).sum() + 0.5 * (off**2).sum()
        gradient = np.array([slope * (pull @ logits), pull.sum()]) + off / [SLOPE_SPREAD, SHIFT_SPREAD]
        return float(value), gradient

    found = minimize(cost, np.array([0.0, usual_shift]), jac=True, method="L-BFGS-B", bounds=[(-4, 4), (-8, 8)])
    return Calibration(float(np.exp(found.x[0])), float(found.x[1]))
