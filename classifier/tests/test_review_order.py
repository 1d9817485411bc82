"""The order of asking: first what is typical, then what is uncertain, one in five by chance, no twin twice."""

from __future__ import annotations

import numpy as np
import pytest

from classifier.review import ordering
from classifier.review.ordering import FIRST, Known, order
from classifier.review.reasons import Why

DIRECTIONS = 8


def library(per_kind: int = 30, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Unit vectors f32 around DIRECTIONS corners, and which corner each is around."""
    generator = np.random.default_rng(seed)
    kinds = np.repeat(np.arange(DIRECTIONS), per_kind)
    vectors = np.eye(DIRECTIONS, 64)[kinds] + 0.12 * generator.standard_normal((len(kinds), 64))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32), kinds


def known(rows: list[int], labels: list[int], closed: list[int] | None = None) -> Known:
    return Known(np.array(rows, np.int64), np.array(labels, np.int64), np.array(closed or [], np.int64))


def test_it_begins_with_one_of_each_kind() -> None:
    vectors, kinds = library()
    asked = [row for row, why in order(vectors, known([], []), count=2 * DIRECTIONS) if why == Why.START]
    assert set(kinds[asked]) == set(range(DIRECTIONS))


def test_a_thousand_answers_of_one_kind_make_no_thousand_clusters(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors, _ = library(per_kind=200)
    counts: list[int] = []

    def noting(vectors: np.ndarray, count: int, seed: int) -> np.ndarray:
        counts.append(count)
        return clusters(vectors, count, seed)

    clusters = ordering._clusters
    monkeypatch.setattr(ordering, "_clusters", noting)
    liked = list(range(1000))
    asked = [row for row, _ in order(vectors, known(liked, [1] * len(liked)), count=40)]
    assert len(asked) == 40
    assert min(asked) >= 1000
    assert counts == [ordering.MOST_CLUSTERS]


def test_what_was_written_takes_turns_with_what_is_typical() -> None:
    vectors, kinds = library()
    asked = [row for row, why in order(vectors, known([], []), wanted=vectors[:, 3], count=20) if why == Why.START]
    assert np.count_nonzero(kinds[asked] == 3) >= len(asked) / 3


def test_with_answers_of_both_kinds_it_asks_where_it_is_unsure() -> None:
    vectors, kinds = library()
    rows = [int(row) for kind in (0, 1, 2, 3) for row in np.flatnonzero(kinds == kind)[: FIRST // 4]]
    labels = [int(kinds[row] < 2) for row in rows]
    asked = [row for row, why in order(vectors, known(rows, labels), count=20) if why == Why.UNCERTAIN]
    # Of kinds 0 to 3 it knows; it asks about those that it has not met.
    assert np.count_nonzero(kinds[asked] >= 4) > 0.8 * len(asked)


def test_one_in_five_is_random_over_many_orders() -> None:
    vectors, _ = library()
    whys = [why for seed in range(40) for _, why in order(vectors, known([], []), count=20, seed=seed)]
    assert whys.count(Why.RANDOM) / len(whys) == pytest.approx(0.2, abs=0.03)


def test_twins_are_asked_about_once() -> None:
    vectors, _ = library(per_kind=5)
    twice = np.concatenate([vectors, vectors])
    half = len(vectors)
    asked = [row % half for row, _ in order(twice, known([0], [1]), count=len(twice))]
    assert sorted(asked) == list(range(1, half))


def test_what_is_closed_or_answered_is_left_alone() -> None:
    vectors, _ = library(per_kind=4)
    closed, answered = [1, 2, 3], [4, 5]
    asked = {row for row, _ in order(vectors, known(answered, [0, 1], closed), count=100)}
    assert not asked & {*closed, *answered}
    assert len(asked) == len(vectors) - 5


def test_an_empty_library_and_one_all_answered_ask_nothing() -> None:
    vectors, _ = library(per_kind=2)
    assert order(vectors[:0], known([], [])) == []
    assert order(vectors, known(list(range(len(vectors))), [1] * len(vectors))) == []


def test_the_same_answers_give_the_same_order() -> None:
    vectors, _ = library()
    assert order(vectors, known([1], [1]), seed=3) == order(vectors, known([1], [1]), seed=3)
