"""Fine-tuning: what the optimiser does to which weights."""

from dataclasses import replace

import numpy as np
import torch

from training.learn.data import TrainConfig
from training.learn.head import Head
from training.learn.tuning import TunedTail, fine_tune
from training.tests.learn_samples import answers, starter_tail


def after_decay_alone() -> tuple[TunedTail, dict[str, torch.Tensor]]:
    """A tail whose answers weigh nothing, so that only weight decay moves it; and what is left of each weight."""
    data = answers(photos=8)
    head = Head(np.ones(starter_tail().proj.shape[1], np.float32), 0.5, 1.0)
    config = replace(TrainConfig(), epochs=1, batch_size=8, learning_rate=0.1, weight_decay=1.0)
    tuned = fine_tune(
        data,
        np.zeros(8),
        np.arange(8),
        head,
        config,
        tail=starter_tail(),
        dtype=torch.float32,
        seed=0,
        on_step=lambda *news: None,
    )
    model = tuned.model
    before, after = model.parts_of(model.start.float()), model.parts_of(tuned.checkpoints[1].float())
    shares = {
        name: new.abs().sum() / old.abs().sum().clamp_min(1e-9)
        for name, old, new in zip(model.names, before, after, strict=True)
        if old.abs().sum() > 0
    }
    return model, shares


def test_weight_decay_leaves_biases_and_norms_alone() -> None:
    model, shares = after_decay_alone()
    kept = {name for name, parameter in model.named_parameters() if parameter.dim() < 2 and name != "weight"}
    assert {"bias", "tail.ln_post.weight"} <= kept & shares.keys()
    assert all(abs(float(shares[name]) - 1) < 1e-4 for name in kept & shares.keys())


def test_weight_decay_shrinks_matrices_and_the_head() -> None:
    model, shares = after_decay_alone()
    matrices = {name for name, parameter in model.named_parameters() if parameter.dim() >= 2}
    assert {"weight", "tail.proj"} <= matrices | {"weight"}
    assert all(float(shares[name]) < 0.95 for name in matrices | {"weight"})
