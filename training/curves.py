"""The curves of a job, for drawing and for reading."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean
from typing import Any

from training.learn.config import TrainConfig
from training.models import TrainingJob

Curve = list[float | None]


@dataclass(frozen=True)
class EpochRow:
    """One line of the table under the curves: the run that becomes the version, and the mean of those that check it."""

    epoch: int
    loss: float | None
    accuracy: float | None
    loss_of_checks: float | None
    accuracy_of_checks: float | None


def curves_of(job: TrainingJob, news: dict[str, Any]) -> list[dict[str, Curve]]:
    """Loss and accuracy after each epoch of the run on all photos, then of each fold; None where it has not come yet.

    The epoch that is under way counts with what is known of it so far (`news`, the live view).
    """
    runs: list[dict[str, Curve]] = [
        {"loss": [None] * job.epochs, "accuracy": [None] * job.epochs} for _ in range(TrainConfig.folds + 1)
    ]
    points = [news, *job.history] if news.get("loss") is not None else job.history
    for point in points:
        fold, epoch = int(point["fold"]), int(point["epoch"])
        if fold < len(runs) and 1 <= epoch <= job.epochs:
            for name, curve in runs[fold].items():
                curve[epoch - 1] = point[name]
    return runs


def latest_of(run: dict[str, Curve]) -> dict[str, float | None] | None:
    """Where the newest known epoch of a run stands; None before the first."""
    known = [place for place, loss in enumerate(run["loss"]) if loss is not None]
    return {name: curve[known[-1]] for name, curve in run.items()} if known else None


def rows_of(runs: list[dict[str, Curve]]) -> list[EpochRow]:
    """Of what `curves_of` gives: every epoch of which anything is known."""
    whole, *checks = runs
    rows = []
    for place in range(len(whole["loss"])):
        row = EpochRow(
            place + 1,
            whole["loss"][place],
            whole["accuracy"][place],
            _mean([check["loss"][place] for check in checks]),
            _mean([check["accuracy"][place] for check in checks]),
        )
        if row.loss is not None or row.loss_of_checks is not None:
            rows.append(row)
    return rows


def _mean(values: Curve) -> float | None:
    known = [value for value in values if value is not None]
    return fmean(known) if known else None
