"""The prior for a phrase's scores: two moments of a backbone's vectors."""

from pathlib import Path

import numpy as np
import pytest

from classifier.clip.statistics import BackgroundStatistics
from classifier.tests.clip_helpers import engine_for, starter


def some_vectors(count: int = 500, size: int = 12) -> np.ndarray:
    vectors = np.random.default_rng(7).normal(0.3, 1, (count, size)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


def test_two_moments_give_mean_and_variance_along_any_direction() -> None:
    vectors = some_vectors()
    direction = np.linspace(-1, 1, 12, dtype=np.float32)
    scores = vectors @ direction
    mean, variance = BackgroundStatistics.from_vectors(vectors).along(direction)
    assert mean == pytest.approx(scores.mean(), abs=1e-5)
    assert variance == pytest.approx(scores.var(ddof=1), rel=1e-4)


def test_the_share_of_the_neutral_direction_leaves_nothing_of_it_behind() -> None:
    vectors, phrase, neutral = some_vectors(), *np.eye(12, dtype=np.float32)[:2]
    share = BackgroundStatistics.from_vectors(vectors).share(phrase, neutral)
    rest = vectors @ (phrase - share * neutral)
    assert np.corrcoef(rest, vectors @ neutral)[0, 1] == pytest.approx(0, abs=1e-4)


def test_they_survive_being_saved(tmp_path: Path) -> None:
    statistics = BackgroundStatistics.from_vectors(some_vectors())
    statistics.save(tmp_path / "some.npz")
    loaded = BackgroundStatistics.load(tmp_path / "some.npz")
    assert loaded is not None
    np.testing.assert_array_equal(loaded.covariance, statistics.covariance)
    assert loaded.count == 500
    assert [path.name for path in tmp_path.iterdir()] == ["some.npz"]


@pytest.mark.parametrize("content", [None, b"", b"PK\x03\x04 half a file"], ids=["missing", "empty", "cut"])
def test_a_missing_or_broken_file_is_no_statistics(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "some.npz"
    if content is not None:
        path.write_bytes(content)
    assert BackgroundStatistics.load(path) is None


def test_fewer_than_two_vectors_are_refused() -> None:
    with pytest.raises(ValueError, match="at least two"):
        BackgroundStatistics.from_vectors(some_vectors(1))


def test_the_starter_comes_with_its_own() -> None:
    statistics = BackgroundStatistics.load(starter().statistics)
    assert statistics is not None
    assert statistics.mean.shape == (engine_for(starter()).embed_dim,)
