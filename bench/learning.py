"""How well the recipe learns, against asking nobody, the probe and plain fine-tuning. Run: python -m bench.learning

Simulated people (bench/tastes.py) answer 20, 50, 100, 200 photos of the sample library and, where they are, of the
real photos; other photos judge. Every result is kept in `--results`, so that a run may be stopped and taken up
again. The table goes into docs/learning.md, between its markers.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass, replace
from itertools import product
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from bench.learning_table import write_tables
from bench.tastes import Library, Person, libraries, person
from classifier.clip.backbones import Backbone, resolve_backbone
from classifier.clip.loading import load_model
from classifier.clip.precision import fastest_dtype
from classifier.clip.towers import Tail
from training.learn.data import TooFewLabels, TrainConfig, TrainingData
from training.learn.figures import auc, balanced_accuracy
from training.learn.folds import near_duplicate_groups
from training.learn.head import Head, fit_head
from training.learn.recipe import train
from training.learn.tuning import fine_tune, logits_of
from training.learn.version import predict

RESULTS = Path(__file__).resolve().parent.parent / "data" / "bench-learning.jsonl"
SIZES = (20, 50, 100, 200)
LIKED_SHARES = (0.5, 0.3)
WRONG = (0.0, 0.1)
LEFT_TO_JUDGE = 60  # fewer photos than this are no judge
FEWEST_PER_CLASS = 5  # below what the product asks for, so that the figures for 20 answers exist


@dataclass(frozen=True)
class Task:
    library: str
    person: int
    photos: int
    liked_share: float
    wrong: float


def main(arguments: Sequence[str] = ()) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.learning", description=__doc__)
    parser.add_argument("--tastes", type=int, default=20)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--liked", type=float, nargs="+", default=LIKED_SHARES)
    parser.add_argument("--wrong", type=float, nargs="+", default=WRONG)
    parser.add_argument("--processes", type=int, default=torch.get_num_threads())
    parser.add_argument("--results", type=Path, default=RESULTS)
    options = parser.parse_args(arguments)
    backbone = resolve_backbone("starter", Path())
    options.results.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        known = {}
        for library in libraries(backbone, options.processes):
            library.save(Path(folder))
            known[library.name] = len(library.vectors)
        tasks = _tasks(known, options, _done(options.results))
        print(f"{len(tasks)} runs to do", flush=True)
        # Spawned: neither torch's threads nor its memory survive a fork in good order.
        with (
            ProcessPoolExecutor(options.processes, mp_context=get_context("spawn")) as pool,
            options.results.open("a") as results,
        ):
            for answer in as_completed([pool.submit(run, task, Path(folder), backbone) for task in tasks]):
                print(json.dumps(answer.result()), file=results, flush=True)
    write_tables([json.loads(line) for line in options.results.read_text().splitlines()])


def _done(results: Path) -> set[str]:
    if not results.is_file():
        return set()
    return {json.dumps(json.loads(line)["task"]) for line in results.read_text().splitlines()}


def _tasks(known: dict[str, int], options: argparse.Namespace, done: set[str]) -> list[Task]:
    """Person by person, so that a run that is stopped has as many of one kind as of another."""
    every = (
        Task(library, number, photos, share, wrong)
        for number, wrong, share, library, photos in product(
            range(options.tastes), options.wrong, options.liked, known, options.sizes
        )
        if known[library] - photos >= LEFT_TO_JUDGE
    )
    return [task for task in every if json.dumps(asdict(task)) not in done]


def run(task: Task, folder: Path, backbone: Backbone) -> dict[str, object]:
    """One person, all methods: accuracy, balanced accuracy and AUC on the photos that judge."""
    torch.set_num_threads(1)
    library = Library.load(folder, task.library)
    someone = person(library, task.person, photos=task.photos, liked_share=task.liked_share, wrong=task.wrong)
    tail = Tail(load_model(backbone, torch.float32).visual)
    odds = float(np.log(task.liked_share / (1 - task.liked_share)))
    data = _data(library, someone.asked, someone.answers)
    judged = _data(library, someone.judged, someone.truth)
    every = np.arange(len(judged))
    weights = data.balanced_weights()
    groups = near_duplicate_groups(data.vectors)
    config, dtype = TrainConfig(min_per_class=FEWEST_PER_CLASS), fastest_dtype()

    # The methods without a calibration judge as for balanced classes; the share of likes moves their odds.
    balanced = {"zero-shot": _zero_shot(library, someone)}
    head = fit_head(data.vectors, data.labels, weights, groups, folds=config.folds, seed=0)
    balanced["probe"] = head.logits(judged.vectors)
    fresh = Head(_small_head(library.vectors.shape[1], task.person), 0.0, 0.0)
    whole = replace(config, token_share=1.0)
    plain = fine_tune(
        data, weights, np.arange(len(data)), fresh, whole, tail=tail, dtype=dtype, seed=0, on_step=lambda *_: None
    )
    balanced["plain"] = logits_of(plain.interpolate(config.epochs, 1.0), judged, every)
    answers = {name: _measure(logits + odds, logits, judged.labels) for name, logits in balanced.items()}
    try:
        result = train(
            data,
            config,
            tail=tail,
            backbone_id=backbone.id,
            on_progress=lambda progress: None,
            is_cancelled=lambda: False,
            threads=1,
        )
    except TooFewLabels:
        return {"task": asdict(task), "answers": answers, "alpha": None}
    chances = predict(result.version, judged.stems_of(every), tail=tail)
    logits = np.log(chances / (1 - chances))
    answers["recipe"] = _measure(logits, logits - odds, judged.labels)
    claimed = result.figures.accuracy.value
    return {"task": asdict(task), "answers": answers, "alpha": result.chosen.alpha, "claimed": claimed}


def _measure(decided: NDArray[np.float64], fair: NDArray[np.float64], labels: NDArray[np.int64]) -> dict[str, float]:
    """`decided` are log odds at the share of likes that there is, `fair` the same at one half."""
    return {
        "accuracy": float(((decided > 0) == (labels == 1)).mean()),
        "balanced_accuracy": balanced_accuracy((fair > 0).astype(float), labels),
        "auc": auc(fair, labels),
    }


def _zero_shot(library: Library, someone: Person) -> NDArray[np.float64]:
    """The best of the liked concepts in words, against neutral words; as likely to be liked as not at the median."""
    likeness = (library.vectors @ (library.phrases[someone.liked] - library.neutral).T).max(axis=1)
    middle = np.median(likeness[someone.asked])
    logits: NDArray[np.float64] = ((likeness - middle) / likeness.std()).astype(np.float64)[someone.judged]
    return logits


def _small_head(d: int, seed: int) -> NDArray[np.float32]:
    head: NDArray[np.float32] = (np.random.default_rng(seed).standard_normal(d) * d**-0.5).astype(np.float32)
    return head


def _data(library: Library, photos: NDArray[np.int64], labels: NDArray[np.int64]) -> TrainingData:
    return TrainingData(
        library.vectors[photos],
        np.asarray(library.stems[photos]),
        labels,
        np.ones(len(photos)),
        tuple(f"{photo:064x}" for photo in photos),
    )


if __name__ == "__main__":
    import sys

    main(sys.argv[1:])
