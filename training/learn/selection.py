"""Which candidate to trust: how far, and for how long, the tail may move from where it began."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from training.learn.calibration import calibrate
from training.learn.data import Floats, Indices, Labels

CAUTION = 0.5  # standard errors by which a bolder candidate has to be better than a more cautious one


@dataclass(frozen=True, order=True)
class Candidate:
    """WiSE-FT's alpha and the number of epochs; alpha 0 is the frozen tail. Sorted from cautious to bold."""

    alpha: float
    epoch: int


FROZEN = Candidate(0.0, 0)
Scores = Mapping[Candidate, Floats]
"""Out-of-fold logits f64 [n, 2] of every candidate: the kernel head's, then those of the tuned tail with its head.

The frozen tail has nothing to add to the kernel head, which stands in both columns."""


@dataclass(frozen=True)
class Honest:
    """P(like) f64 [n] of every photo by models, a choice and a calibration that its own fold had no part in."""

    probabilities: Floats
    frozen: Floats  # the same for the frozen tail: what fine-tuning has to beat


def choose(scores: Scores, labels: Labels, weights: Floats) -> Candidate:
    """The most cautious candidate that is not clearly worse than the one with the lowest log loss, by CAUTION standard
    errors of their difference, photo by photo; after the rule of one standard error (Breiman et al. 1984).

    Each is calibrated the same way. `weights` f64 [n] are how much an answer counts.
    """
    losses = {candidate: _losses(logits, labels) for candidate, logits in scores.items()}
    mean = {candidate: float(weights @ loss) for candidate, loss in losses.items()}
    best = min(sorted(mean), key=mean.__getitem__)
    for candidate in sorted(mean):
        excess = weights * (losses[candidate] - losses[best])
        if excess.sum() <= CAUTION * np.sqrt(len(excess)) * excess.std():
            return candidate
    return best


def judge_honestly(scores: Scores, labels: Labels, weights: Floats, fold_of: Indices) -> Honest:
    """Cross-fitted: for each fold, candidate and calibration are chosen on the other folds alone.

    Choosing on all folds and reporting the same folds would flatter the winner by the luck it won with.
    """
    honest, frozen = np.zeros(len(labels)), np.zeros(len(labels))
    for fold in np.unique(fold_of):
        others, own = fold_of != fold, fold_of == fold
        among_others = {candidate: logits[others] for candidate, logits in scores.items()}
        chosen = choose(among_others, labels[others], weights[others])
        for candidate, target in ((chosen, honest), (FROZEN, frozen)):
            calibration = calibrate(scores[candidate][others], labels[others])
            target[own] = calibration.probability(scores[candidate][own])
    return Honest(honest, frozen)


def _losses(logits: Floats, labels: Labels) -> Floats:
    odds = calibrate(logits, labels).log_odds(logits)
    losses: Floats = np.logaddexp(0, -np.where(labels == 1, odds, -odds))
    return losses
