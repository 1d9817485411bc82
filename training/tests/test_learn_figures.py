"""Figures, calibration and the gate, on numbers whose answer is known."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from training.learn.calibration import calibrate
from training.learn.figures import auc, calibration_error, figures_of
from training.learn.gate import compare
from training.learn.intervals import wilson

GENERATOR = np.random.default_rng(5)
LABELS = (np.arange(200) % 2).astype(np.int64)


def scores_with(skill: float, seed: int = 0) -> np.ndarray:
    """P(like) that knows the labels to some extent: skill 0 is noise."""
    logits = skill * (2 * LABELS - 1) + np.random.default_rng(seed).standard_normal(len(LABELS))
    return np.asarray(1 / (1 + np.exp(-logits)))


def test_auc_agrees_with_scikit_learn_also_with_ties() -> None:
    scores = np.round(scores_with(0.5), 1)
    assert auc(scores, LABELS) == pytest.approx(roc_auc_score(LABELS, scores))


def test_wilsons_interval_is_that_of_the_book() -> None:
    figure = wilson(81, 100)
    assert (figure.low, figure.high) == pytest.approx((0.7222, 0.8749), abs=1e-4)
    assert wilson(0, 0).high == 1


def test_intervals_shrink_with_more_photos() -> None:
    scores = scores_with(0.5)
    few, many = figures_of(scores[:40], LABELS[:40]), figures_of(scores, LABELS)
    assert many.auc.high - many.auc.low < few.auc.high - few.auc.low


def test_figures_are_the_same_every_time() -> None:
    assert figures_of(scores_with(1.0), LABELS) == figures_of(scores_with(1.0), LABELS)


def test_every_interval_contains_its_value() -> None:
    """Also of chances that are right, where a calibration error is nothing but chance."""
    chances = np.random.default_rng(3).uniform(0.02, 0.98, 120)
    labels = (np.random.default_rng(4).random(120) < chances).astype(np.int64)
    figures = figures_of(chances, labels).as_dict()
    with_interval = [figure for figure in figures.values() if isinstance(figure, dict)]
    assert len(with_interval) == 4
    assert all(figure["low"] <= figure["value"] <= figure["high"] for figure in with_interval)


def test_calibration_undoes_overconfidence_and_imbalance() -> None:
    likely = GENERATOR.uniform(0.05, 0.6, 4000)
    labels = (GENERATOR.random(4000) < likely).astype(np.int64)
    logits = 3 * (np.log(likely / (1 - likely)) + 1)
    both = np.column_stack([logits, GENERATOR.standard_normal(4000)])
    found = calibrate(both, labels)
    assert found.kernel_slope == pytest.approx(1 / 3, rel=0.15)
    assert found.tail_slope < 0.1
    assert calibration_error(found.probability(both), labels) < 0.03


def test_calibration_never_turns_the_order_round() -> None:
    logits = np.linspace(-3, 3, 20)
    found = calibrate(np.column_stack([logits, logits]), (logits < 0).astype(np.int64))
    assert found.kernel_slope > 0
    assert found.tail_slope > 0


def test_a_clearly_better_version_passes_the_gate() -> None:
    verdict = compare(LABELS, scores_with(1.5, 1), scores_with(0.3, 2), active_name="Version 3")
    assert verdict.better
    assert verdict.photos == 200
    assert "version 3 was" in verdict.sentence
    assert verdict.sentence.endswith("% on the same photos.")


def test_a_version_no_better_than_the_active_one_stays_a_candidate() -> None:
    verdict = compare(LABELS, scores_with(0.8, 1), scores_with(0.9, 2), active_name="Version 3")
    assert not verdict.better
    assert verdict.sentence.endswith("so version 3 stays.")


def test_the_same_scores_are_not_better() -> None:
    assert not compare(LABELS, scores_with(1.0), scores_with(1.0)).better


def test_against_a_base_that_says_nothing_it_has_to_beat_chance() -> None:
    assert compare(LABELS, scores_with(1.0), None).better
    assert not compare(LABELS, 1 - scores_with(1.0), None).better


def test_where_one_answer_is_the_rule_the_sentence_says_how_good_guessing_would_be() -> None:
    labels = np.array([1] * 10 + [0] * 40)
    said = compare(labels, np.where(labels == 1, 0.9, 0.1), None).sentence
    assert said.endswith("on 50 photos it had not seen. Always saying no would be 80 %.")
    assert "Always" not in compare(LABELS, scores_with(1.0), None).sentence


def test_photos_the_active_version_cannot_judge_fairly_are_left_out() -> None:
    active = scores_with(0.5, 2)
    active[:150] = np.nan
    assert compare(LABELS, scores_with(1.5, 1), active).photos == 50


def test_too_few_common_photos_decide_nothing() -> None:
    active = np.full(200, np.nan)
    active[:6] = 0.5
    verdict = compare(LABELS, scores_with(1.0), active)
    assert not verdict.better
    assert verdict.sentence.startswith("Too few photos")
