"""What each part of a picture adds to what is said of it: plain torch, no database."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from classifier.clip.towers import Tail

if TYPE_CHECKING:
    from training.learn.version import Version


def relevance(tokens: Tensor, said: Callable[[Tensor], Tensor]) -> Tensor:
    """Stem tokens f32 [1, T, W], and what is said of them f32 [1] -> what each patch adds, f32 [T - 1]."""
    tokens = tokens.clone().requires_grad_(True)
    (gradient,) = torch.autograd.grad(said(tokens).sum(), tokens)
    patches = tokens.detach()[0, 1:]
    return (gradient[0, 1:] * (patches - patches.mean(dim=0))).sum(dim=1)


def grid_of(relevance: Tensor) -> list[list[float]]:
    """What each patch adds, f32 [g * g] -> g rows of g numbers in [-1, 1], of which the strongest is 1 or -1."""
    side = round(len(relevance) ** 0.5)
    scaled = relevance / relevance.abs().max().clamp_min(1e-9)
    return [[round(float(value), 3) for value in row] for row in scaled.reshape(side, -1)]


def log_odds_of(version: Version, plain: Tail) -> Callable[[Tensor], Tensor]:
    """The log odds of a like by what the version learned: stem tokens f32 [n, T, W] -> f32 [n], with a gradient.

    `plain` is the tail as it came; the version's own is made from it.
    """
    tuned = plain
    if not version.is_frozen:
        tuned = copy.deepcopy(plain)
        tuned.load_state_dict(version.tail)
    landmarks = torch.from_numpy(version.kernel.landmarks).float()
    coefficients, weight = torch.from_numpy(version.kernel.coefficients), torch.from_numpy(version.head.weight)
    calibration = version.calibration

    def log_odds(tokens: Tensor) -> Tensor:
        distances = torch.cdist(plain(tokens), landmarks).square()
        kernel = torch.exp(-version.kernel.sharpness * distances) @ coefficients
        tail = kernel if version.is_frozen else tuned(tokens) @ weight
        return calibration.kernel_slope * kernel + calibration.tail_slope * tail

    return log_odds
