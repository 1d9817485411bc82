"""What the tests of learning share: the real starter's tail, and answers of a simulated person over made-up stems."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch

from classifier.clip.backbones import STARTER_ID, resolve_backbone
from classifier.clip.loading import load_model
from classifier.clip.towers import Tail
from training.learn.data import Stems, TrainConfig, TrainingData, Vectors
from training.learn.progress import Progress
from training.learn.recipe import TrainResult, train

QUICK = TrainConfig(epochs=2, folds=2, alphas=(0.0, 0.5, 1.0))
TOKENS = 9  # a tail takes any number of tokens; few are quick


@cache
def starter_tail() -> Tail:
    return Tail(load_model(resolve_backbone("starter", Path("no-weights-here")), torch.float32).visual)


@cache
def _made_up(photos: int, seed: int) -> tuple[Vectors, Stems]:
    """Stems of photos that differ, half of them (the even ones) with something in common."""
    generator = np.random.default_rng(seed)
    width = starter_tail().ln_post.weight.shape[0]
    in_common = 2 * generator.standard_normal(width)
    stems = generator.standard_normal((photos, TOKENS, width)) * 2
    stems[::2] += in_common
    halves = stems.astype(np.float16)
    with torch.inference_mode():
        vectors = starter_tail()(torch.from_numpy(halves).float()).numpy()
    return vectors, halves


def answers(photos: int = 32, *, seed: int = 0, wrong: float = 0.0) -> TrainingData:
    """A person who likes the even photos; `wrong` is the share of answers given by mistake."""
    vectors, stems = _made_up(photos, seed)
    labels = (np.arange(photos) % 2 == 0).astype(np.int64)
    mistaken = np.random.default_rng(seed + 1).random(photos) < wrong
    labels[mistaken] = 1 - labels[mistaken]
    names = tuple(f"{number:064x}" for number in range(photos))
    return TrainingData(vectors, stems, labels, np.ones(photos), names)


def learn(data: TrainingData, config: TrainConfig = QUICK, **options: Any) -> TrainResult:
    heard: Callable[[Progress], None] = options.pop("on_progress", lambda progress: None)
    stop: Callable[[], bool] = options.pop("is_cancelled", lambda: False)
    return train(
        data,
        config,
        tail=starter_tail(),
        backbone_id=STARTER_ID,
        on_progress=heard,
        is_cancelled=stop,
        dtype=options.pop("dtype", torch.float32),
        **options,
    )


@cache
def learned() -> TrainResult:
    """One version for all tests that only look at it."""
    return learn(answers(photos=40, wrong=0.1))
