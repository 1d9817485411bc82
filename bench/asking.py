"""How many answers a good order of asking saves. Run: python -m bench.asking

Simulated people (bench/tastes.py) are asked about photos of the sample library and, where they are, of the real
photos, five at a time, in the order of the review queue and in three plain ones; two in five photos judge and are
never asked about. What is judged is what every training begins with, both heads on the frozen tail. The table goes
into docs/learning.md, between its markers.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import product
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.stats import bootstrap

from bench.learning_table import write
from bench.tastes import Library, libraries, taste_of
from classifier.clip.backbones import resolve_backbone
from classifier.review.ordering import Known, order
from training.learn.figures import auc, balanced_accuracy
from training.learn.head import fit_at_once, fit_heads

BEGIN, END = "<!-- asking:begin -->\n", "<!-- asking:end -->\n"
MOST, AT_ONCE = 100, 5
SHOWN = (20, 50, 100)
GOAL = 0.75
LIKED_SHARES = (0.5, 0.15)
ORDERS = ("random", "uncertain", "diverse", "queue")

Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Task:
    library: str
    person: int
    liked_share: float
    order: str


@dataclass(frozen=True)
class Curve:
    """Measured after every AT_ONCE answers, from the first ones on."""

    task: Task
    accuracy: list[float]  # balanced: the mean of the two classes
    auc: list[float]
    liked: list[int]  # likes among the answers so far

    @property
    def needed(self) -> int:
        """Answers until the balanced accuracy stays at GOAL for two measurements; MOST when it never does."""
        there = [accuracy >= GOAL for accuracy in self.accuracy]
        stays = (place for place, now in enumerate(there[:-1]) if now and there[place + 1])
        return AT_ONCE * (next(stays, MOST // AT_ONCE - 1) + 1)


def main(arguments: Sequence[str] = ()) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.asking", description=__doc__)
    parser.add_argument("--tastes", type=int, default=20)
    parser.add_argument("--orders", nargs="+", default=ORDERS)
    parser.add_argument("--processes", type=int, default=torch.get_num_threads())
    parser.add_argument("--write", action="store_true", help="put the table into docs/learning.md")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        names = []
        for library in libraries(resolve_backbone("starter", Path()), options.processes):
            library.save(Path(folder))
            names.append(library.name)
        tasks = [Task(*each) for each in product(names, range(options.tastes), LIKED_SHARES, options.orders)]
        with ProcessPoolExecutor(options.processes, mp_context=get_context("spawn")) as pool:
            curves = list(pool.map(run, tasks, [Path(folder)] * len(tasks), chunksize=4))
    table = table_of(curves, options.orders)
    print(table)
    if options.write:
        write(f"{table}\n", BEGIN, END, names)


def run(task: Task, folder: Path) -> Curve:
    torch.set_num_threads(1)
    library = Library.load(folder, task.library)
    generator = np.random.default_rng([task.person, round(100 * task.liked_share)])
    _, seen, likes = taste_of(library, task.person, task.liked_share, generator)
    photos = generator.permutation(np.flatnonzero(seen))
    pool, judges = photos[: round(0.6 * len(photos))], photos[round(0.6 * len(photos)) :]
    vectors, labels = library.vectors[pool], likes[pool].astype(np.int64)
    asked: list[int] = []
    curve = Curve(task, [], [], [])
    for step in range(min(MOST, len(pool)) // AT_ONCE):
        known = Known(np.array(asked, np.int64), labels[asked])
        asked += _next(task.order, vectors, known, seed=1000 * task.person + step)[:AT_ONCE]
        logits = _learned(vectors[asked], labels[asked], library.vectors[judges])
        truth = likes[judges].astype(np.int64)
        curve.accuracy.append(balanced_accuracy((logits > 0).astype(float), truth))
        curve.auc.append(auc(logits, truth))
        curve.liked.append(int(labels[asked].sum()))
    return curve


def _next(name: str, vectors: NDArray[np.float32], known: Known, *, seed: int) -> list[int]:
    if name == "queue":
        return [row for row, _ in order(vectors, known, count=AT_ONCE * 4, seed=seed)]
    generator = np.random.default_rng(seed)
    candidates = generator.permutation(np.setdiff1d(np.arange(len(vectors)), known.rows))
    if name == "uncertain" and 0 < known.labels.sum() < len(known.labels):
        head = fit_at_once(vectors[known.rows], known.labels)
        candidates = candidates[np.argsort(np.abs(head.logits(vectors[candidates])))]
    if name == "diverse":  # farthest first: the photo least like any that was asked about
        taken: list[int] = []
        nearest = (vectors @ vectors[known.rows].T).max(axis=1) if len(known.rows) else vectors @ -vectors.mean(axis=0)
        for _ in range(AT_ONCE):
            row = int(candidates[nearest[candidates].argmin()])
            taken.append(row)
            nearest = (
                np.maximum(nearest, vectors @ vectors[row])
                if len(known.rows) or len(taken) > 1
                else vectors @ vectors[row]
            )
        return taken
    return [int(row) for row in candidates[:AT_ONCE]]


def _learned(vectors: NDArray[np.float32], labels: Indices, judged: NDArray[np.float32]) -> NDArray[np.float64]:
    """Log odds for balanced classes, f64 [judged]; 0 as long as there is one kind of answer alone."""
    if not 0 < labels.sum() < len(labels):
        return np.zeros(len(judged))
    rarer = min(int(labels.sum()), len(labels) - int(labels.sum()))
    if rarer < 2:
        return fit_at_once(vectors, labels).logits(judged)
    weights = np.where(labels == 1, 0.5 / labels.mean(), 0.5 / (1 - labels.mean()))
    heads = fit_heads(vectors, labels, weights, np.arange(len(labels)), folds=min(5, rarer), seed=0)
    return heads.linear.logits(judged) + heads.kernel.logits(judged)


def table_of(curves: list[Curve], orders: Sequence[str]) -> str:
    lines = [
        "| photos | liked | order | answers to 75 % | accuracy at 20 | at 50 | at 100 | AUC at 50 | likes in 50 |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for library, share in product(sorted({curve.task.library for curve in curves}), LIKED_SHARES):
        for name in orders:
            mine = [c for c in curves if (c.task.library, c.task.liked_share, c.task.order) == (library, share, name)]
            at = [_mean([_at(each.accuracy, number) for each in mine]) for number in SHOWN]
            needed = _mean([each.needed for each in mine], scale=1)
            liked = np.mean([_at(each.liked, 50) for each in mine])
            aucs = _mean([_at(each.auc, 50) for each in mine])
            lines.append(f"| {library} | {share:.0%} | {name} | {needed} | {' | '.join(at)} | {aucs} | {liked:.0f} |")
    ahead = [_paired(curves, number) for number in SHOWN] if {"random", "queue"} <= set(orders) else []
    return "\n".join(lines) + "".join(f"\n{line}" for line in ["", *ahead] if ahead)


def _paired(curves: list[Curve], number: int) -> str:
    by_task = {
        (c.task.library, c.task.person, c.task.liked_share, c.task.order): _at(c.accuracy, number) for c in curves
    }
    gains = np.array([value - by_task[*key[:3], "random"] for key, value in by_task.items() if key[3] == "queue"])
    return f"Queue less random after {number} answers, person by person: {_mean(gains.tolist())} points."


def _at(values: Sequence[float], number: int) -> float:
    return values[min(number // AT_ONCE, len(values)) - 1]


def _mean(values: Sequence[float], scale: float = 100) -> str:
    """With its 95 % interval by the bootstrap over people."""
    scaled = scale * np.asarray(values, float)
    if np.ptp(scaled) == 0:
        return f"{scaled.mean():.1f}"
    low, high = bootstrap((scaled,), np.mean, n_resamples=2000, rng=np.random.default_rng(0)).confidence_interval
    return f"{scaled.mean():.1f} ({low:.1f} to {high:.1f})"


if __name__ == "__main__":
    import sys

    main(sys.argv[1:])
