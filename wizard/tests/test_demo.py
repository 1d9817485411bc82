"""The demo: that it judges rightly, and that it goes from beginning to end and leaves nothing behind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from classifier.sample import sample_photos
from wizard.demo import Judgement, draw_taste, in_words, judge, likes_of, table
from wizard.instance import BASE_DIR


def photo(score: float, is_match: bool) -> dict[str, Any]:
    return {"score": score, "is_match": is_match}


def test_it_counts_verdicts_pairs_and_matches() -> None:
    photos = [photo(0.9, True), photo(0.7, True), photo(0.5, False), photo(0.3, False), photo(0.1, False)]
    likes = [True, False, True, False, False]
    # Right: the first, the fourth, the fifth. Of six pairs of a liked and another photo, one is the wrong way round.
    assert judge(photos, likes) == Judgement(accuracy=3 / 5, auc=5 / 6, matches=2, like_rate=1 / 2)


def test_photos_with_one_score_are_a_coin_toss_and_no_match_has_no_like_rate() -> None:
    judged = judge([photo(0.5, False)] * 4, [True, True, False, False])
    assert judged == Judgement(accuracy=0.5, auc=0.5, matches=0, like_rate=None)
    assert "no match" in table(judged, judged, liked=2)


@pytest.mark.parametrize("seed", range(20))
def test_every_simulated_person_likes_something_and_not_everything(seed: int) -> None:
    taste = draw_taste(sample_photos(), np.random.default_rng(seed))
    liked = likes_of(taste)
    assert len(liked) == len(sample_photos())
    assert 0.3 <= np.mean(list(liked.values())) <= 0.5
    assert len(set(in_words(taste))) == len(taste)


def test_the_same_seed_is_the_same_person() -> None:
    first, second, other = (draw_taste(sample_photos(), np.random.default_rng(seed)) for seed in (3, 3, 4))
    assert first == second != other


@pytest.mark.system
@pytest.mark.once
def test_it_goes_from_a_start_to_a_table_and_leaves_nothing_behind(tmp_path: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "wizard.demo", "--epochs", "1"],
        cwd=BASE_DIR,
        env={**os.environ, "TMPDIR": str(tmp_path), "WIZARD_BACKBONE": "starter"},
        capture_output=True,
        text=True,
        timeout=150,
    )
    assert told.returncode == 0, told.stderr
    for said in ("A simulated person likes", "answered 80 of them", "Training", "Version 2: ", "like rate of matches"):
        assert said in told.stdout
    assert list(tmp_path.glob("wizard-*")) == []  # PyTorch leaves an empty cache of its own
