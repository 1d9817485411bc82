"""The recipe: what the wizard does between "Train" and a new version. Read it top to bottom."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import TypeVar

import numpy as np
import torch

from classifier.clip.precision import fastest_dtype
from classifier.clip.towers import Tail
from training.learn.calibration import calibrate
from training.learn.data import Floats, Indices, IsCancelled, TooFewLabels, TrainConfig, TrainingData
from training.learn.figures import Figures, figures_of
from training.learn.folds import assign_folds, count_different, near_duplicate_groups
from training.learn.head import Head, Heads, fit_heads
from training.learn.progress import OnProgress, Progress, Reporter
from training.learn.selection import FROZEN, Candidate, Scores, choose, judge_honestly
from training.learn.tuning import Tuned, fine_tune, logits_of
from training.learn.version import Version

Result = TypeVar("Result")
ALL = 0  # the number of the run on all photos, beside the folds 1, 2, ...


@dataclass(frozen=True)
class TrainResult:
    """A version that was not saved yet, and the evidence for it.

    out_of_fold  P(like) f64 [n] of each photo, by models, a choice and a calibration made without it
    groups       i64 [n]: photos of one picture have the same
    folds        of the cross-validation
    figures      of `out_of_fold`
    frozen       the same for the frozen tail: what fine-tuning added is the difference
    """

    version: Version
    out_of_fold: Floats
    groups: Indices
    folds: int
    figures: Figures
    frozen: Figures
    chosen: Candidate
    seconds: float


def train(
    data: TrainingData,
    config: TrainConfig,
    *,
    tail: Tail,
    backbone_id: str,
    on_progress: OnProgress,
    is_cancelled: IsCancelled,
    dtype: torch.dtype | None = None,
    threads: int | None = None,
) -> TrainResult:
    """Learns from one person's answers. `tail` is the backbone's own and stays as it is.

    The result depends on the data and the seed, not on the number of `threads`: each fold runs on one core.
    Raises TooFewLabels before anything starts, Cancelled within a second or two of `is_cancelled`.
    """
    began = time.monotonic()
    threads = threads or torch.get_num_threads()
    groups = near_duplicate_groups(data.vectors, data.links)
    check_enough(data, groups, config)
    fold_of = assign_folds(data.labels, groups, config.folds, config.seed)
    weights = data.balanced_weights()
    learned_by = {ALL: np.arange(len(data))}
    for fold in range(config.folds):
        learned_by[fold + 1] = np.flatnonzero(fold_of != fold)
    total = sum(len(learn) for learn in learned_by.values()) * config.epochs
    reporter = Reporter(on_progress, is_cancelled, total=total)

    with ThreadPoolExecutor(threads, "train", initializer=torch.set_num_threads, initargs=(1,)) as pool:
        dtype = dtype or pool.submit(fastest_dtype).result()

        reporter.phase("head")

        def fit(number: int) -> Heads:
            reporter.check()
            learn = learned_by[number]
            return fit_heads(
                data.vectors[learn],
                data.labels[learn],
                weights[learn],
                groups[learn],
                folds=config.folds,
                seed=config.seed,
            )

        heads = _each(pool, fit, learned_by, reporter)

        reporter.phase("folds")

        def tune(number: int) -> tuple[Tuned | None, Scores]:
            def on_step(photos: int, epoch: int, seen: int, loss: float, accuracy: float) -> None:
                ended = seen == len(learned_by[number])
                news = Progress("folds", number, config.folds, epoch, config.epochs, ended, loss, accuracy)
                reporter.step(photos, news)

            tuned = fine_tune(
                data,
                weights,
                learned_by[number],
                heads[number].linear,
                config,
                tail=tail,
                dtype=dtype,
                seed=config.seed + number,
                on_step=on_step,
            )
            if number == ALL:
                return tuned, {}
            held_out = np.flatnonzero(fold_of == number - 1)
            return None, _scores_of_candidates(tuned, heads[number], data, held_out, config, reporter)

        runs = _each(pool, tune, learned_by, reporter)

    reporter.phase("figures")
    scores = _out_of_fold({number - 1: run[1] for number, run in runs.items() if number != ALL}, fold_of)
    chosen = choose(scores, data.labels, data.weights)
    honest = judge_honestly(scores, data.labels, data.weights, fold_of)
    figures, frozen = (
        figures_of(said, data.labels, groups, folds=config.folds) for said in (honest.probabilities, honest.frozen)
    )
    reporter.check()

    final = runs[ALL][0]
    head = heads[ALL].linear
    weights_of_tail: dict[str, torch.Tensor] = {}
    if chosen != FROZEN and final is not None:
        weights_of_tail, weight, bias = final.model.by_name(final.weights_at(chosen.epoch, chosen.alpha))
        head = Head(weight, bias, head.strength)
    version = Version(
        backbone_id=backbone_id,
        tail=weights_of_tail,
        head=head,
        kernel=heads[ALL].kernel,
        calibration=calibrate(scores[chosen], data.labels),
        alpha=chosen.alpha,
        epochs=chosen.epoch,
        fingerprint=data.fingerprint,
        figures={**figures.as_dict(), "frozen": frozen.as_dict(), "config": asdict(config)},
    )
    return TrainResult(
        version, honest.probabilities, groups, config.folds, figures, frozen, chosen, time.monotonic() - began
    )


def check_enough(data: TrainingData, groups: Indices, config: TrainConfig) -> None:
    """Raises TooFewLabels unless there are `min_per_class` different photos in each class."""
    minimum = max(config.min_per_class, config.folds)
    likes, dislikes = count_different(data.labels, groups)
    if min(likes, dislikes) < minimum:
        raise TooFewLabels(likes, dislikes, minimum)


def _each(
    pool: ThreadPoolExecutor, work: Callable[[int], Result], numbers: dict[int, Indices], reporter: Reporter
) -> dict[int, Result]:
    """`work` on every number, in the pool. The first failure stops the others before it is raised."""
    waiting = {number: pool.submit(work, number) for number in numbers}
    try:
        return {number: future.result() for number, future in waiting.items()}
    except BaseException:
        reporter.stop()
        for future in waiting.values():
            future.cancel()
        raise


def _scores_of_candidates(
    tuned: Tuned,
    heads: Heads,
    data: TrainingData,
    held_out: Indices,
    config: TrainConfig,
    reporter: Reporter,
) -> Scores:
    """Logits f64 [k, 2] of the photos held out, by every candidate."""
    vectors = data.vectors[held_out]
    kernel = heads.kernel.logits(vectors)
    scores = {FROZEN: np.column_stack([kernel, kernel])}
    for epoch in config.checkpoints:
        for alpha in config.alphas:
            if alpha > 0:
                reporter.check()
                by_tail = logits_of(tuned.interpolate(epoch, alpha), data, held_out)
                scores[Candidate(alpha, epoch)] = np.column_stack([kernel, by_tail])
    return scores


def _out_of_fold(by_fold: dict[int, Scores], fold_of: Indices) -> Scores:
    """The folds put together: logits f64 [n, 2] by every candidate."""
    together = {candidate: np.zeros((len(fold_of), 2)) for candidate in by_fold[0]}
    for fold, scores in by_fold.items():
        for candidate, logits in scores.items():
            together[candidate][fold_of == fold] = logits
    return together
