"""The demo: that it judges rightly, and that it goes from beginning to end and leaves nothing behind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import User
from rest_framework.test import APIClient

from classifier import services
from classifier.sample import sample_photos
from training.models import TrainingJob
from training.tests.job_samples import job_of
from wizard.demo import PHASES, Judgement, draw_taste, in_words, judge, key_of, likes_of, pick, progress_line, table
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


def test_the_person_knows_each_sample_photo_by_what_the_api_says_of_it(
    owner: User, api: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    some = sample_photos()[::70]
    monkeypatch.setattr(services, "sample_photos", lambda: some)
    services.add_sample_library(owner=owner)
    photos = api.get("/api/photos").json()["results"]
    assert len(photos) == len(some) > 2
    assert {key_of(photo) for photo in photos} <= likes_of(["dog"]).keys()
    assert pick(photos, [photos[1]["id"]]) == [photos[1]]


def test_progress_names_every_phase_that_a_job_has() -> None:
    assert PHASES.keys() == set(TrainingJob.Phase.values)


def test_progress_is_one_line_about_a_job_as_the_api_gives_it(owner: User, api: APIClient) -> None:
    job = job_of(owner, phase="folds", current_epoch=3, current_loss=0.5)
    assert progress_line(api.get(f"/api/training/jobs/{job.pk}").json()).endswith(
        "learning, and checking on photos it had not seen, epoch 3 of 10, loss 0.500"
    )


@pytest.mark.full("starts the whole product to import the library and train, a minute long")
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
