"""Folds and the choice among candidates."""

import numpy as np
import torch

from training.learn.blocks import forward
from training.learn.calibration import calibrate
from training.learn.folds import assign_folds, near_duplicate_groups
from training.learn.head import fit_head
from training.learn.selection import FROZEN, Candidate, choose, judge_honestly
from training.tests.learn_samples import answers, starter_tail

LABELS = (np.arange(100) % 2).astype(np.int64)
SIGNS = (2.0 * LABELS - 1)[:, None]
BOLD = Candidate(1.0, 10)


def noise(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((100, 2))


def test_near_duplicates_stay_in_one_fold_and_folds_hold_both_classes() -> None:
    vectors = np.random.default_rng(0).standard_normal((100, 64)).astype(np.float32)
    vectors[50:60] = vectors[40] + 0.01 * vectors[50:60]
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    groups = near_duplicate_groups(vectors)
    folds = assign_folds(LABELS, groups, 5, seed=0)
    assert len(np.unique(groups)) == 90
    assert len(set(folds[50:60]) | {folds[40]}) == 1
    for fold in range(5):
        assert set(LABELS[folds == fold]) == {0, 1}


def test_a_candidate_that_is_clearly_better_is_chosen() -> None:
    scores = {FROZEN: SIGNS + 2 * noise(1), BOLD: 2 * SIGNS + noise(2)}
    assert choose(scores, LABELS, np.ones(100)) == BOLD


def test_the_frozen_tail_is_kept_when_tuning_adds_nothing() -> None:
    frozen = SIGNS + noise(1)
    scores = {FROZEN: frozen, Candidate(0.5, 5): frozen.copy(), BOLD: SIGNS + 3 * noise(2)}
    assert choose(scores, LABELS, np.ones(100)) == FROZEN


def test_honest_figures_are_not_flattered_by_the_choice() -> None:
    """Ten candidates of pure noise: the best of them looks good on the photos it was chosen by."""
    folds = np.arange(100) // 2 % 5
    lucky, honest = [], []
    for trial in range(8):
        scores = {Candidate(1.0, epoch): noise(100 * trial + epoch) for epoch in range(1, 10)}
        scores[FROZEN] = noise(100 * trial)
        chosen = scores[choose(scores, LABELS, np.ones(100))]
        flattered = calibrate(chosen, LABELS).probability(chosen)
        lucky.append(((flattered > 0.5) == (LABELS == 1)).mean())
        judged = judge_honestly(scores, LABELS, np.ones(100), folds)
        honest.append(((judged.probabilities > 0.5) == (LABELS == 1)).mean())
    assert np.mean(lucky) > 0.53
    assert np.mean(honest) < np.mean(lucky) - 0.02


def test_a_heavier_answer_pulls_the_head_harder() -> None:
    data = answers(photos=40, wrong=0.2)
    groups = near_duplicate_groups(data.vectors)
    disliked = int(np.flatnonzero(data.labels == 0)[0])
    heavy = np.ones(40)
    heavy[disliked] = 20
    plain, pulled = (
        fit_head(data.vectors, data.labels, weights, groups, folds=3, seed=0) for weights in (np.ones(40), heavy)
    )
    share = [float(head.logits(data.vectors)[disliked]) / np.linalg.norm(head.weight) for head in (plain, pulled)]
    assert share[1] < share[0]


def test_the_pass_used_in_training_is_the_tails_own() -> None:
    stems = torch.from_numpy(answers(photos=8).stems_of(np.arange(8))).float()
    with torch.no_grad():
        torch.testing.assert_close(forward(starter_tail(), stems), starter_tail()(stems), atol=1e-5, rtol=1e-4)
