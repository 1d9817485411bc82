"""Two heads on unit embeddings, both class-balanced, L2-regularised logistic regression.

The linear one is where fine-tuning begins. The kernel head says: like what is near to what you liked. A taste is
seldom one direction in the space of embeddings (dogs and tennis, not cars and chess), and with a few dozen answers
that is worth more than fine-tuning: see docs/learning.md.
"""

from dataclasses import dataclass

import numpy as np

from training.learn.data import Floats, Indices, Labels, Stems, Vectors
from training.learn.folds import assign_folds

STRENGTHS = (0.3, 1.0, 3.0, 10.0, 30.0, 100.0)  # higher is less regularised
TYPICAL_STRENGTH = 10.0
KERNEL_STRENGTHS = (1.0, 3.0, 10.0, 30.0)
SHARPNESS = 3.0  # exponent at the mean squared distance between two photos: exp(-3) for strangers
MOST_LANDMARKS = 512
NEWTON_STEPS = 30


@dataclass(frozen=True)
class Head:
    """logit = vector @ weight + bias; weight f32 [d]."""

    weight: Vectors
    bias: float
    strength: float

    def logits(self, vectors: Vectors) -> Floats:
        """Unit vectors f32 [n, d] -> f64 [n]"""
        logits: Floats = (vectors @ self.weight + np.float32(self.bias)).astype(np.float64)
        return logits


@dataclass(frozen=True)
class KernelHead:
    """logit = sum over landmarks of coefficient * exp(-sharpness * squared distance) + bias.

    landmarks f16 [m, d], photos that were answered; coefficients f32 [m].
    """

    landmarks: Stems
    coefficients: Vectors
    sharpness: float
    bias: float
    strength: float

    def logits(self, vectors: Vectors) -> Floats:
        """Unit vectors f32 [n, d], by the frozen tail -> f64 [n]"""
        kernel = np.exp(-self.sharpness * _squared_distances(vectors, self.landmarks.astype(np.float32)))
        logits: Floats = kernel.astype(np.float64) @ self.coefficients.astype(np.float64) + self.bias
        return logits


@dataclass(frozen=True)
class Heads:
    linear: Head
    kernel: KernelHead


def fit_heads(vectors: Vectors, labels: Labels, weights: Floats, groups: Indices, *, folds: int, seed: int) -> Heads:
    """Both heads of these photos, their strengths chosen by cross-validation among them and nothing else.

    `weights` f64 [n] are balanced already (`TrainingData.balanced_weights`).
    """
    return Heads(
        fit_head(vectors, labels, weights, groups, folds=folds, seed=seed),
        fit_kernel_head(vectors, labels, weights, groups, folds=folds, seed=seed),
    )


def fit_head(vectors: Vectors, labels: Labels, weights: Floats, groups: Indices, *, folds: int, seed: int) -> Head:
    """Of unit vectors f32 [n, d]; the strength with the lowest weighted log loss out of fold."""
    # In the span of the vectors, where the best weight lies: as many numbers as there are photos, at most.
    axes = np.linalg.svd(vectors.astype(np.float64), full_matrices=False)[2]
    features = vectors @ axes.T
    assigned = assign_folds(labels, groups, folds, seed)
    strength = _choose_strength(features, labels, weights, assigned, STRENGTHS)
    weight, bias = _fit(features, labels, weights, strength)
    weight = axes.T @ weight
    return Head(weight.astype(np.float32), bias, strength)


def fit_at_once(vectors: Vectors, labels: Labels, strength: float = TYPICAL_STRENGTH) -> Head:
    """A class-balanced linear head of a strength that needs no search: within a moment, for a first idea."""
    weights = np.where(labels == 1, 0.5 / max((labels == 1).mean(), 1e-6), 0.5 / max((labels == 0).mean(), 1e-6))
    axes = np.linalg.svd(vectors.astype(np.float64), full_matrices=False)[2]
    weight, bias = _fit(vectors @ axes.T, labels, weights, strength)
    return Head((axes.T @ weight).astype(np.float32), bias, strength)


def fit_kernel_head(
    vectors: Vectors, labels: Labels, weights: Floats, groups: Indices, *, folds: int, seed: int
) -> KernelHead:
    """Kernel logistic regression through Nystroem features (Williams and Seeger 2001) of at most MOST_LANDMARKS photos.

    Strength as in `fit_head`.
    """
    order = np.random.default_rng(seed).permutation(len(vectors))[:MOST_LANDMARKS]
    landmarks = vectors[np.sort(order)].astype(np.float16)
    between = _squared_distances(landmarks.astype(np.float32), landmarks.astype(np.float32))
    sharpness = SHARPNESS / max(float(between.sum()) / (len(landmarks) * (len(landmarks) - 1)), 1e-6)
    values, axes = np.linalg.eigh(np.exp(-sharpness * between.astype(np.float64)))
    whiten = axes * np.maximum(values, 1e-6) ** -0.5
    features = (
        np.exp(-sharpness * _squared_distances(vectors, landmarks.astype(np.float32)).astype(np.float64)) @ whiten
    )
    assigned = assign_folds(labels, groups, folds, seed)
    strength = _choose_strength(features, labels, weights, assigned, KERNEL_STRENGTHS)
    weight, bias = _fit(features, labels, weights, strength)
    return KernelHead(landmarks, (whiten @ weight).astype(np.float32), sharpness, bias, strength)


def _choose_strength(
    features: Floats, labels: Labels, weights: Floats, assigned: Indices, strengths: tuple[float, ...]
) -> float:
    """The strength with the lowest weighted log loss out of fold."""
    losses = np.zeros(len(strengths))
    for fold in np.unique(assigned):
        learn, judge = assigned != fold, assigned == fold
        if len(np.unique(labels[learn])) < 2:
            continue
        for position, strength in enumerate(strengths):
            weight, bias = _fit(features[learn], labels[learn], weights[learn], strength)
            signed = np.where(labels[judge] == 1, 1, -1) * (features[judge] @ weight + bias)
            losses[position] += float(weights[judge] @ np.logaddexp(0, -signed))
    return strengths[int(losses.argmin())]


def _fit(features: Floats, labels: Labels, weights: Floats, strength: float) -> tuple[Floats, float]:
    """Features f64 [n, p] -> weight f64 [p] and bias, by Newton's method: exact in some eight small solves.

    Minimises |weight|^2 / 2 + strength * sum of weights * log loss; the bias is free.
    """
    with_ones = np.column_stack([features, np.ones(len(features))])
    signs, counts = np.where(labels == 1, 1.0, -1.0), strength * weights
    penalty = np.append(np.ones(features.shape[1]), 1e-8)
    point = np.zeros(len(penalty))

    def cost_at(point: Floats) -> float:
        return float(0.5 * penalty @ point**2 + counts @ np.logaddexp(0, -signs * (with_ones @ point)))

    cost = cost_at(point)
    for _ in range(NEWTON_STEPS):
        chance = 1 / (1 + np.exp(np.clip(signs * (with_ones @ point), -500, 500)))  # of being wrong
        gradient = penalty * point - with_ones.T @ (counts * signs * chance)
        curvature = (with_ones.T * (counts * np.maximum(chance * (1 - chance), 1e-9))) @ with_ones
        step = np.linalg.solve(curvature + np.diag(penalty), gradient)
        size = 1.0
        while (lower := cost_at(point - size * step)) > cost and size > 1e-4:
            size /= 2
        point, gained, cost = point - size * step, cost - lower, lower
        if gained < 1e-8 * abs(cost):
            break
    return point[:-1], float(point[-1])


def _squared_distances(one: Vectors, other: Vectors) -> Vectors:
    """f32 [n, d] and f32 [m, d] -> f32 [n, m]"""
    square = (one**2).sum(axis=1)[:, None] + (other**2).sum(axis=1)[None, :] - 2 * one @ other.T
    distances: Vectors = np.maximum(square, 0)
    return distances
