"""The index of a very large library finds what a look at every photo finds; without faiss nothing is missing."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import User

from bench.nearest import Scatter, recall
from classifier import vectors
from classifier.checks import index_can_be_made
from classifier.models import Photo
from classifier.questions import answering
from classifier.questions.nearest import Index, Indexes, nearest

pytestmark = pytest.mark.xdist_group("nearest")  # one process makes the library and its index

COUNT = 20_000
KEY = (1, "starter")


@pytest.fixture(scope="session")
def library() -> Any:
    """Ids, vectors, and questions of both kinds: photos, and phrases."""
    generator, scatter = np.random.default_rng(1), Scatter()
    photos = scatter.photos(COUNT, generator)
    return np.arange(COUNT) * 2, photos, scatter.questions(photos, generator)


@pytest.fixture(scope="session")
def index(library: Any) -> Index:
    ids, photos, _ = library
    return Index.of(ids, photos)


@pytest.mark.parametrize("kind", [0, 1], ids=["by photo", "by phrase"])
def test_it_finds_nineteen_of_the_twenty_nearest_photos_and_more(library: Any, index: Index, kind: int) -> None:
    ids, photos, asked = library
    assert recall(ids, photos, asked[kind], index, first=50) >= 0.95


def test_its_mean_and_variance_are_those_of_all_photos(library: Any, index: Index) -> None:
    ids, photos, (_, asked) = library
    exact, found = (nearest(ids, photos, asked[-1], 50, each) for each in (None, index))
    assert found.mean == pytest.approx(exact.mean, abs=1e-4)
    assert found.variance == pytest.approx(exact.variance, rel=1e-2)
    assert list(found.values) == sorted(found.values, reverse=True)


def test_what_came_in_since_is_found_and_what_is_gone_is_not(library: Any, index: Index) -> None:
    ids, photos, (asked, _) = library
    best = nearest(ids, photos, asked[0], 1).rows[0]
    now, vectors = np.delete(ids, best), np.delete(photos, best, axis=0)
    new_id = ids[best] + 1  # between two others: a photo may be read long after a later one
    now, vectors = np.insert(now, best, new_id), np.insert(vectors, best, asked[0], axis=0)
    found = now[nearest(now, vectors, asked[0], 50, index).rows]
    assert found[0] == new_id
    assert ids[best] not in found
    assert not index.is_old(now)
    assert index.is_old(now[: int(0.8 * COUNT)])


def test_it_is_made_beside_the_search_and_forgotten_with_the_person(library: Any) -> None:
    ids, photos, _ = library
    indexes = Indexes()
    assert indexes.of(KEY, ids, photos, wanted_from=COUNT + 1) is None
    assert indexes.of(KEY, ids, photos, wanted_from=0) is None
    assert threading.active_count() == (before := threading.active_count())
    assert indexes.of(KEY, ids, photos, wanted_from=COUNT) is None  # it is being made
    (making,) = [thread for thread in threading.enumerate() if thread.name == "index"]
    making.join(60)
    assert threading.active_count() <= before
    assert indexes.of(KEY, ids, photos, wanted_from=COUNT) is not None
    indexes.forget(KEY[0])
    assert indexes.of(KEY, ids, photos, wanted_from=COUNT) is None


def test_without_faiss_one_warning_says_so_and_every_photo_is_looked_at(
    library: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids, photos, _ = library
    settings.WIZARD_INDEX_FROM = 1
    assert index_can_be_made(None) == []
    monkeypatch.setattr("classifier.questions.nearest.is_installed", lambda: False)
    (warning,) = index_can_be_made(None)
    assert "faiss is not installed" in str(warning.msg)
    assert Indexes().of(KEY, ids, photos, wanted_from=1) is None


def test_a_search_by_the_index_knows_no_photo_of_a_stranger(
    owner: User, stranger: User, photos: list[Photo], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.WIZARD_INDEX_FROM = 1
    indexes = Indexes()
    monkeypatch.setattr(answering, "indexes", indexes)
    monkeypatch.setattr(vectors, "indexes", indexes)
    monkeypatch.setattr(answering, "get_statistics", lambda: None)  # these vectors are no model's
    exact = dict(answering.similar(owner, {"photo": photos[0].pk})["found"])
    for thread in threading.enumerate():
        if thread.name == "index":
            thread.join(60)
    assert indexes._kept
    found = dict(answering.similar(owner, {"photo": photos[0].pk})["found"])
    assert set(found) <= {photo.pk for photo in photos[1:]}
    assert found == pytest.approx({photo: exact[photo] for photo in found}, abs=2e-2)
    assert answering.similar(stranger, {"photo": photos[0].pk}) == {"found": []}
