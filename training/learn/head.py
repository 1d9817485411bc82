"""The head: class-balanced, L2-regularised logistic regression on unit embeddings."""

from dataclasses import dataclass

import numpy as np
from sklearn.linear_model import LogisticRegression

from training.learn.data import Floats, Indices, Labels, Vectors
from training.learn.folds import assign_folds

STRENGTHS = tuple(float(c) for c in np.logspace(-1, 3, 9))  # scikit-learn's C: higher is less regularised


@dataclass(frozen=True)
class Head:
    """logit = vector @ weight + bias; weight f32 [d]."""

    weight: Vectors
    bias: float
    strength: float

    def logits(self, vectors: Vectors) -> Floats:
        """Unit vectors f32 [n, d] -> f64 [n]"""
        return (vectors @ self.weight + np.float32(self.bias)).astype(np.float64)


def fit_head(vectors: Vectors, labels: Labels, weights: Floats, groups: Indices, *, folds: int, seed: int) -> Head:
    """The head of these photos, its strength chosen by cross-validation among them and nothing else.

    `weights` f64 [n] are balanced already (`TrainingData.balanced_weights`).
    """
    return _fit(vectors, labels, weights, choose_strength(vectors, labels, weights, groups, folds=folds, seed=seed))


def choose_strength(
    vectors: Vectors, labels: Labels, weights: Floats, groups: Indices, *, folds: int, seed: int
) -> float:
    """The strength with the lowest weighted log loss out of fold."""
    assigned = assign_folds(labels, groups, folds, seed)
    losses = np.zeros(len(STRENGTHS))
    for fold in range(folds):
        learn, judge = assigned != fold, assigned == fold
        if len(np.unique(labels[learn])) < 2:
            continue
        for position, strength in enumerate(STRENGTHS):
            head = _fit(vectors[learn], labels[learn], weights[learn], strength)
            signed = np.where(labels[judge] == 1, 1, -1) * head.logits(vectors[judge])
            losses[position] += float(weights[judge] @ np.logaddexp(0, -signed))
    return STRENGTHS[int(losses.argmin())]


def _fit(vectors: Vectors, labels: Labels, weights: Floats, strength: float) -> Head:
    model = LogisticRegression(C=strength, max_iter=1000, tol=1e-5)
    model.fit(vectors.astype(np.float64), labels, sample_weight=weights)
    return Head(model.coef_[0].astype(np.float32), float(model.intercept_[0]), strength)
