"""LP-FT (2202.10054) of a tail on kept stem activations, and WiSE-FT (2109.01903) back towards where it began."""

import copy
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils import parameters_to_vector, vector_to_parameters

from classifier.clip.towers import Tail
from training.learn.blocks import forward
from training.learn.data import Floats, Indices, Stems, TrainConfig, TrainingData
from training.learn.head import Head

EVALUATED_AT_ONCE = 64
WARM_UP = 0.1  # of all steps
LARGEST_GRADIENT = 1.0

OnStep = Callable[[int, int, int, float, float], None]
"""Called after every step with its photos, the epoch (from 1), the epoch's photos so far, their loss, accuracy."""


class TunedTail(nn.Module):
    """A tail in float32 and its head: stems [n, T, W] -> logits f32 [n]. Starts where `tail` and `head` are."""

    def __init__(self, tail: Tail, head: Head) -> None:
        super().__init__()
        self.tail = copy.deepcopy(tail).float().requires_grad_(True)
        self.weight = nn.Parameter(torch.from_numpy(head.weight.copy()))
        self.bias = nn.Parameter(torch.tensor(head.bias, dtype=torch.float32))

    def forward(self, stems: Tensor) -> Tensor:
        return forward(self.tail, stems) @ self.weight + self.bias

    def position(self) -> Tensor:
        """All weights as one vector f32 [p], a copy."""
        return parameters_to_vector(self.parameters()).detach().clone()

    def move_to(self, position: Tensor) -> None:
        vector_to_parameters(position.clone(), self.parameters())


@dataclass(frozen=True)
class Tuned:
    """One run of fine-tuning: where it began, f32 [p], and where it stood after each of the checkpoints."""

    model: TunedTail
    start: Tensor
    checkpoints: dict[int, Tensor]

    def interpolate(self, epoch: int, alpha: float) -> TunedTail:
        """WiSE-FT: the model, moved `alpha` of the way from where it began to where `epoch` left it."""
        self.model.move_to(torch.lerp(self.start, self.checkpoints[epoch], alpha))
        return self.model


def fine_tune(
    data: TrainingData,
    weights: Floats,
    learn: Indices,
    head: Head,
    config: TrainConfig,
    *,
    tail: Tail,
    dtype: torch.dtype,
    seed: int,
    on_step: OnStep,
) -> Tuned:
    """Fine-tunes a copy of `tail`, beginning from `head`, on the photos `learn` i64 [k] of `data`.

    AdamW under a cosine schedule with a short warm-up; binary cross-entropy, photo i counting `weights[i]`
    f64 [n]. Matrix products run in `dtype`; the weights, their updates and the tokens between the blocks
    stay in float32.
    """
    model = TunedTail(tail, head)
    start = model.position()
    generator = np.random.default_rng(seed)
    optimiser = torch.optim.AdamW(
        model.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay, fused=True
    )
    steps = config.epochs * math.ceil(len(learn) / config.batch_size)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: _rate_at(step, steps))
    targets, weight_of = torch.from_numpy(data.labels).float(), torch.from_numpy(weights).float()
    checkpoints = {}
    for epoch in range(1, config.epochs + 1):
        seen, loss_sum, right = 0, 0.0, 0
        order = generator.permutation(learn)
        for batch in np.array_split(order, math.ceil(len(learn) / config.batch_size)):
            stems = torch.from_numpy(_some_tokens(data.stems_of(batch), config.token_share, generator)).float()
            with _products_in(dtype):
                logits = model(stems)
            losses = functional.binary_cross_entropy_with_logits(logits, targets[batch], reduction="none")
            loss = (losses * weight_of[batch]).mean()
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), LARGEST_GRADIENT)
            optimiser.step()
            schedule.step()
            seen += len(batch)
            loss_sum += float(loss.detach()) * len(batch)
            right += int(((logits > 0) == (targets[batch] > 0.5)).sum())
            on_step(len(batch), epoch, seen, loss_sum / seen, right / seen)
        if epoch in config.checkpoints:
            checkpoints[epoch] = model.position()
    return Tuned(model, start, checkpoints)


@torch.inference_mode()
def logits_of(model: TunedTail, data: TrainingData, photos: Indices, dtype: torch.dtype) -> Floats:
    """Logits f64 [k] of the photos i64 [k]."""
    parts = []
    for start in range(0, len(photos), EVALUATED_AT_ONCE):
        stems = torch.from_numpy(data.stems_of(photos[start : start + EVALUATED_AT_ONCE])).float()
        with _products_in(dtype):
            parts.append(model(stems).double().numpy())
    return np.concatenate(parts)


def _some_tokens(stems: Stems, share: float, generator: np.random.Generator) -> Stems:
    """The class token and a random share of the others: f16 [k, T, W] -> f16 [k, t, W]."""
    if share == 1:
        return stems
    others = stems.shape[1] - 1
    kept = 1 + np.sort(generator.permutation(others)[: max(1, round(share * others))])
    return stems[:, np.concatenate([[0], kept])]


def _rate_at(step: int, steps: int) -> float:
    """Share of the learning rate at a step: up in a line, then down along half a cosine, never to nothing."""
    warm_up = max(1, round(WARM_UP * steps))
    if step < warm_up:
        return (step + 1) / warm_up
    return 0.5 * (1 + math.cos(math.pi * (step - warm_up) / max(1, steps - warm_up + 1)))


@contextmanager
def _products_in(dtype: torch.dtype) -> Iterator[None]:
    """Master weights stay in float32; with bfloat16 only the products are rounded, about four times as fast."""
    with torch.autocast("cpu", dtype, enabled=dtype is not torch.float32):
        yield
