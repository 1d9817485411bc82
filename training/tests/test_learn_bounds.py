"""The recipe and the answers it learns from refuse what makes no sense, in a sentence."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from training.learn.config import TrainConfig
from training.learn.data import TrainingData


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"epochs": 0}, "epochs"),
        ({"epochs": 101}, "epochs"),
        ({"batch_size": 1}, "batch_size"),
        ({"learning_rate": 0.0}, "learning_rate"),
        ({"learning_rate": 0.2}, "learning_rate"),
        ({"folds": 1}, "folds"),
        ({"alphas": (0.5, 1.0)}, "alphas"),
        ({"alphas": (0.0, 1.5)}, "alphas"),
    ],
)
def test_a_number_out_of_bounds_is_named(given: dict[str, Any], named: str) -> None:
    with pytest.raises(ValueError, match=f"^{named} must lie between"):
        TrainConfig(**given)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"photos": ("a", "b", "c")}, "differ in length"),
        ({"photos": ("a", "a")}, "appears twice"),
        ({"labels": np.array([0, 2])}, "0 or 1"),
    ],
)
def test_answers_that_do_not_fit_together_are_refused(changed: dict[str, Any], sentence: str) -> None:
    fine: dict[str, Any] = {
        "vectors": np.eye(2, 4, dtype=np.float32),
        "stems": np.zeros((2, 3, 4), np.float16),
        "labels": np.array([0, 1]),
        "weights": np.ones(2),
        "photos": ("a", "b"),
    }
    assert len(TrainingData(**fine)) == 2
    with pytest.raises(ValueError, match=sentence):
        TrainingData(**{**fine, **changed})
