"""From logits to a probability that means what it says: Platt scaling (1999) of both heads at once, with a prior."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from training.learn.data import Floats, Labels

SLOPE_CENTRE, SLOPE_SPREAD = 0.75, 0.7  # prior: each head counts three quarters, within a factor of two or so
SHIFT_SPREAD = 1.0  # prior: the shift undoes the balancing of the classes, give or take this in log odds


@dataclass(frozen=True)
class Calibration:
    """P(like) = sigmoid(kernel_slope * kernel logit + tail_slope * tail logit + shift); both slopes are positive."""

    kernel_slope: float
    tail_slope: float
    shift: float

    def log_odds(self, logits: Floats) -> Floats:
        """Logits of both heads f64 [n, 2], the kernel head's first -> f64 [n]"""
        odds: Floats = logits @ np.array([self.kernel_slope, self.tail_slope]) + self.shift
        return odds

    def probability(self, logits: Floats) -> Floats:
        """f64 [n, 2] -> P(like) f64 [n] in (0, 1)"""
        return 1 / (1 + np.exp(-np.clip(self.log_odds(logits), -30, 30)))


def calibrate(logits: Floats, labels: Labels) -> Calibration:
    """The most probable calibration, given out-of-fold logits f64 [n, 2] of class-balanced heads.

    The prior keeps a few dozen answers from claiming a certainty that they cannot show, or from turning the
    order round when they happen to.
    """
    likes = float(labels.sum())
    centre = np.array([np.log(SLOPE_CENTRE), np.log(SLOPE_CENTRE), np.log((likes + 1) / (len(labels) - likes + 1))])
    spread = np.array([SLOPE_SPREAD, SLOPE_SPREAD, SHIFT_SPREAD])
    signs = np.where(labels == 1, 1.0, -1.0)

    def cost(point: Floats) -> tuple[float, Floats]:
        slopes = np.exp(point[:2])
        margins = signs * (logits @ slopes + point[2])
        pull = -signs / (1 + np.exp(np.clip(margins, -500, 500)))
        off = (point - centre) / spread
        value = np.logaddexp(0, -margins).sum() + 0.5 * (off**2).sum()
        return float(value), np.append(slopes * (pull @ logits), pull.sum()) + off / spread

    found = minimize(cost, centre, jac=True, method="L-BFGS-B", bounds=[(-5, 4), (-5, 4), (-8, 8)])
    kernel, tail = np.exp(found.x[:2])
    return Calibration(float(kernel), float(tail), float(found.x[2]))
