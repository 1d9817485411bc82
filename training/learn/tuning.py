"""LP-FT (2202.10054) of a tail on kept stem activations, and WiSE-FT (2109.01903) back towards where it began."""

import copy
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from classifier.clip.towers import Tail
from training.learn.blocks import forward
from training.learn.data import Floats, Indices, Stems, TrainConfig, TrainingData, Vectors
from training.learn.head import Head

EVALUATED_AT_ONCE = 64
WARM_UP = 0.1  # of all steps
LARGEST_GRADIENT = 1.0

OnStep = Callable[[int, int, int, float, float], None]
"""Called after every step with its photos, the epoch (from 1), the epoch's photos so far, their loss, accuracy."""


class TunedTail(nn.Module):
    """A tail and its head: stems [n, T, W] -> logits f32 [n]. Begins where `tail` and `head` are.

    All weights are one vector f32 [p] to the outside: the modules' parameters are views into `working`, a vector in the
    `dtype` that products run in. A pass over the weights is then a pass over one piece of memory. The first `matrices`
    weights of the vector are those of matrices, the others those of biases and norms.
    """

    def __init__(self, tail: Tail, head: Head, dtype: torch.dtype) -> None:
        super().__init__()
        self.tail = copy.deepcopy(tail).requires_grad_(True)
        self.weight = nn.Parameter(torch.from_numpy(head.weight.copy()))
        self.bias = nn.Parameter(torch.tensor(head.bias, dtype=torch.float32))
        named = list(self.named_parameters())
        named.sort(key=lambda each: not _is_matrix(*each))
        self.names = [name for name, _ in named]
        self.ordered = [parameter for _, parameter in named]
        self.matrices = sum(parameter.numel() for name, parameter in named if _is_matrix(name, parameter))
        weights = torch.cat([parameter.detach().float().flatten() for parameter in self.ordered])
        self.start = weights.half()  # kept for as long as the model, so in the precision of a version's file
        self.working = weights.to(dtype)
        for parameter, view in zip(self.ordered, self.parts_of(self.working), strict=True):
            parameter.data = view

    def forward(self, stems: Tensor) -> Tensor:
        vectors = forward(self.tail, stems.to(self.working.dtype))
        return vectors @ self.weight.float() + self.bias.float()

    def parts_of(self, weights: Tensor) -> list[Tensor]:
        """A vector [p], as views of the shapes of the parameters `ordered`."""
        parts = weights.split([parameter.numel() for parameter in self.ordered])
        return [part.view(parameter.shape) for part, parameter in zip(parts, self.ordered, strict=True)]

    def move_to(self, weights: Tensor) -> None:
        self.working.copy_(weights)

    def by_name(self, weights: Tensor) -> tuple[dict[str, Tensor], Vectors, float]:
        """The tail's weights f16 by the names of its `state_dict`, the head's weight f32 [d] and bias."""
        found = dict(zip(self.names, self.parts_of(weights), strict=True))
        weight, bias = found.pop("weight"), found.pop("bias")
        tail = {name.removeprefix("tail."): part.half() for name, part in found.items()}
        return tail, weight.float().numpy().copy(), float(bias)


def _is_matrix(name: str, parameter: nn.Parameter) -> bool:
    """The head's weight is a matrix of one row."""
    return parameter.dim() >= 2 or name == "weight"


@dataclass(frozen=True)
class Tuned:
    """One run of fine-tuning, and where its weights stood after each of the checkpoints, f16 [p]."""

    model: TunedTail
    checkpoints: dict[int, Tensor]

    def weights_at(self, epoch: int, alpha: float) -> Tensor:
        """WiSE-FT: `alpha` of the way from where it began to where `epoch` left it, f32 [p]."""
        return torch.lerp(self.model.start.float(), self.checkpoints[epoch].float(), alpha)

    def interpolate(self, epoch: int, alpha: float) -> TunedTail:
        """The model, moved to `weights_at`."""
        self.model.move_to(self.weights_at(epoch, alpha))
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
    f64 [n]. Weight decay is for matrices alone, not for biases and norms, as in open_clip's training. Products run in
    `dtype`; the weights that count and their updates stay in float32.
    """
    model = TunedTail(tail, head, dtype)
    generator = np.random.default_rng(seed)
    master = model.start.float()
    gradient = torch.zeros_like(master)
    gradients, halves = model.parts_of(gradient), _with_gradients(master, gradient, model.matrices)
    decays = (config.weight_decay, 0.0)
    groups = [{"params": [half], "weight_decay": decay} for half, decay in zip(halves, decays, strict=True)]
    optimiser = torch.optim.AdamW(groups, lr=config.learning_rate, fused=True)
    steps = config.epochs * math.ceil(len(learn) / config.batch_size)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: _rate_at(step, steps))
    targets, weight_of = torch.from_numpy(data.labels).float(), torch.from_numpy(weights).float()
    checkpoints = {}
    for epoch in range(1, config.epochs + 1):
        seen, loss_sum, right = 0, 0.0, 0
        order = generator.permutation(learn)
        for batch in np.array_split(order, math.ceil(len(learn) / config.batch_size)):
            logits = model(torch.from_numpy(_some_tokens(data.stems_of(batch), config.token_share, generator)))
            losses = functional.binary_cross_entropy_with_logits(logits, targets[batch], reduction="none")
            loss = (losses * weight_of[batch]).mean()
            for kept, part in zip(gradients, torch.autograd.grad(loss, model.ordered), strict=True):
                kept.copy_(part)
            nn.utils.clip_grad_norm_(halves, LARGEST_GRADIENT)
            optimiser.step()
            schedule.step()
            model.move_to(master)
            seen += len(batch)
            loss_sum += float(loss.detach()) * len(batch)
            right += int(((logits > 0) == (targets[batch] > 0.5)).sum())
            on_step(len(batch), epoch, seen, loss_sum / seen, right / seen)
        if epoch in config.checkpoints:
            checkpoints[epoch] = master.half()
    return Tuned(model, checkpoints)


def _with_gradients(weights: Tensor, gradient: Tensor, matrices: int) -> list[nn.Parameter]:
    """Two views of `weights` f32 [p], the matrices and the others, with the same parts of `gradient` f32 [p]."""
    halves = [nn.Parameter(weights[:matrices]), nn.Parameter(weights[matrices:])]
    for half, part in zip(halves, (gradient[:matrices], gradient[matrices:]), strict=True):
        half.grad = part
    return halves


@torch.inference_mode()
def logits_of(model: TunedTail, data: TrainingData, photos: Indices) -> Floats:
    """Logits f64 [k] of the photos i64 [k]."""
    parts = [
        model(torch.from_numpy(data.stems_of(photos[start : start + EVALUATED_AT_ONCE]))).double().numpy()
        for start in range(0, len(photos), EVALUATED_AT_ONCE)
    ]
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
