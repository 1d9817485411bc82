from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from classifier.clip.statistics import BackgroundStatistics
from classifier.scoring import Floats, MeasuredLibrary, Phrase, Recipe, Scored

NEUTRAL = np.zeros(4, dtype=np.float32)
BEACH, DOG = np.eye(4, dtype=np.float32)[:2]


def library(beach: list[float], dog: list[float] | None = None) -> Floats:
    """Unit vectors whose first two coordinates say how much beach and dog is in each photo."""
    columns = np.zeros((len(beach), 4), dtype=np.float32)
    columns[:, 0] = beach
    columns[:, 1] = dog or 0.0
    columns[:, 3] = np.sqrt(1 - (columns**2).sum(axis=1))
    return columns


def recipe(*phrases: Phrase, references: tuple[int, ...] = (), **changes: float) -> Recipe:
    given = {
        "semantic_weight": 1.0,
        "reference_weight": 1.0,
        "learned_weight": 1.0,
        "match_threshold": 0.6,
        "super_like_threshold": 0.85,
        **changes,
    }
    return Recipe(phrases=phrases, reference_rows=references, **given)


def wants(text: str, vector: Floats, weight: float = 1.0) -> Phrase:
    return Phrase(text, is_wanted=True, weight=weight, is_dealbreaker=False, vector=vector)


def avoids(text: str, vector: Floats, *, dealbreaker: bool = False) -> Phrase:
    return Phrase(text, is_wanted=False, weight=1.0, is_dealbreaker=dealbreaker, vector=vector)


def score_all(vectors: Floats, wanted: Recipe, learned: Floats | None = None, **more: Any) -> list[Scored]:
    return MeasuredLibrary(vectors, wanted, neutral=NEUTRAL, **more).score(range(len(vectors)), learned)


MOSTLY_INLAND = [0.01, 0.02, 0.03] * 10 + [0.5]


def test_a_photo_that_stands_out_for_a_wanted_phrase_is_a_match_and_the_others_are_not() -> None:
    scored = score_all(library(MOSTLY_INLAND), recipe(wants("the beach", BEACH)))
    assert scored[-1].is_match
    assert scored[-1].is_super_match
    assert not any(each.is_match for each in scored[:-1])


def test_the_reason_says_how_strongly_and_where_the_photo_ranks() -> None:
    scored = score_all(library(MOSTLY_INLAND), recipe(wants("the beach", BEACH)))
    assert scored[-1].components["semantic"]["reason"] == "Strong: “the beach” (top 3 % of your photos)"


def test_a_small_library_gives_no_ranks() -> None:
    scored = score_all(library([0.0, 0.0, 0.5]), recipe(wants("the beach", BEACH)))
    assert scored[-1].reasons[0]["text"] == "Clear: “the beach”"


def test_what_is_avoided_takes_away_from_the_score() -> None:
    vectors = library([*MOSTLY_INLAND, 0.5], [0.0] * len(MOSTLY_INLAND) + [0.5])
    *_, without_dog, with_dog = score_all(vectors, recipe(wants("the beach", BEACH), avoids("a dog", DOG)))
    assert without_dog.score is not None
    assert with_dog.score is not None
    assert with_dog.score < without_dog.score / 2


def test_a_dealbreaker_that_is_clearly_there_caps_the_score_and_is_named_first() -> None:
    vectors = library([*MOSTLY_INLAND, 0.5], [0.0] * len(MOSTLY_INLAND) + [0.3])
    breaks = recipe(wants("the beach", BEACH), avoids("a dog", DOG, dealbreaker=True), semantic_weight=0.1)
    found = score_all(vectors, breaks, learned=np.ones(len(vectors), dtype=np.float32))[-1]
    assert found.score == pytest.approx(0.59)
    assert not found.is_match
    assert found.reasons[0]["kind"] == "dealbreaker"
    assert "a dog" in found.reasons[0]["text"]


def test_a_dealbreaker_wins_even_over_a_match_threshold_of_nought() -> None:
    vectors = library(MOSTLY_INLAND, [0.0] * 30 + [0.5])
    found = score_all(vectors, recipe(avoids("a dog", DOG, dealbreaker=True), match_threshold=0.0))[-1]
    assert not found.is_match


def test_the_background_keeps_a_first_photo_from_being_extraordinary() -> None:
    rng = np.random.default_rng(0)
    background = BackgroundStatistics.from_vectors(library(list(rng.uniform(0, 0.5, 100))))
    (alone,) = score_all(library([0.25]), recipe(wants("the beach", BEACH)), background=background)
    assert alone.score is not None
    assert 0.05 < alone.score < 0.4
    (sunny,) = score_all(library([0.9]), recipe(wants("the beach", BEACH)), background=background)
    assert sunny.is_match


def test_likeness_to_reference_photos_counts_and_a_reference_is_not_compared_with_itself() -> None:
    vectors = library([0.0] * 30 + [0.8, 0.75, 0.78])
    scored = score_all(vectors, recipe(references=(30, 31)))
    assert scored[32].is_match
    assert scored[30].score == pytest.approx(scored[31].score)
    assert scored[0].reasons == [{"kind": "reference", "text": "Not much like the photos you chose"}]


def test_the_score_is_the_weighted_mean_of_the_components_that_exist() -> None:
    vectors = library(MOSTLY_INLAND)
    learned = np.full(len(vectors), 0.2, dtype=np.float32)
    found = score_all(
        vectors, recipe(wants("the beach", BEACH), semantic_weight=1.0, learned_weight=0.5), learned=learned
    )[-1]
    semantic = found.components["semantic"]["value"]
    assert found.score == pytest.approx((semantic + 0.5 * 0.2) / 1.5, abs=1e-5)


@pytest.mark.parametrize("taste", [recipe(), recipe(wants("the beach", BEACH), semantic_weight=0.0)])
def test_with_nothing_to_go_by_a_photo_is_unrated(taste: Recipe) -> None:
    found = score_all(library([0.1, 0.5]), taste)[0]
    assert found.score is None
    assert not found.is_match


def test_a_score_equal_to_the_threshold_is_a_match() -> None:
    learned = np.array([0.6, 0.599], dtype=np.float32)
    at, below = score_all(library([0.1, 0.2]), recipe(), learned=learned)
    assert at.is_match
    assert not below.is_match


def test_identical_photos_get_identical_finite_scores() -> None:
    scored = score_all(library([0.3] * 5), recipe(wants("the beach", BEACH), references=(0, 1)))
    assert len({each.score for each in scored[2:]}) == 1
    assert all(each.score is not None and np.isfinite(each.score) for each in scored)
