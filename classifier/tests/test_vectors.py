"""The library that the score worker holds: read once, then only what came in."""

from __future__ import annotations

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from classifier import vectors
from classifier.model import current_backbone
from classifier.models import PhotoEmbedding
from classifier.questions.asking import library_state
from classifier.tests.factories import PhotoFactory
from classifier.vectors import library_of

pytestmark = pytest.mark.django_db


def axis(number: int) -> list[float]:
    """A unit vector."""
    return [float(place == number) for place in range(4)]


def embed(owner: User, number: int) -> int:
    photo = PhotoFactory.create(owner=owner)
    vector = np.array(axis(number), "<f2").tobytes()
    PhotoEmbedding.objects.create(owner=owner, photo=photo, backbone=current_backbone().id, vector=vector)
    return photo.pk


def test_it_is_one_persons_oldest_first(owner: User, stranger: User) -> None:
    first, _, third = embed(owner, 1), embed(stranger, 2), embed(owner, 3)
    library = library_of(owner)
    assert library.ids == [first, third]
    assert library.vectors.tolist() == [axis(1), axis(3)]


def test_only_what_came_in_is_read(owner: User) -> None:
    first = embed(owner, 1)
    library_of(owner)
    second = embed(owner, 2)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        library = library_of(owner)
    assert library.ids == [first, second]
    assert library.vectors.tolist() == [axis(1), axis(2)]
    (read,) = [query["sql"] for query in queries if '"vector"' in query["sql"]]
    assert f'"id" > {PhotoEmbedding.objects.get(photo=first).pk}' in read


def test_nothing_is_read_when_nothing_came(owner: User) -> None:
    embed(owner, 1)
    assert library_of(owner) is library_of(owner)


@pytest.mark.parametrize("came_in", [0, 1])
def test_a_photo_that_went_is_gone(owner: User, came_in: int) -> None:
    first, second = embed(owner, 1), embed(owner, 2)
    library_of(owner)
    PhotoEmbedding.objects.filter(photo=first).delete()
    new = [embed(owner, 3) for _ in range(came_in)]
    assert library_of(owner).ids == [second, *new]


def test_one_that_was_embedded_late_takes_its_place(owner: User) -> None:
    late = PhotoFactory.create(owner=owner)
    second = embed(owner, 2)
    library_of(owner)
    vector = np.array(axis(1), "<f2").tobytes()
    PhotoEmbedding.objects.create(owner=owner, photo=late, backbone=current_backbone().id, vector=vector)
    library = library_of(owner)
    assert library.ids == [late.pk, second]
    assert library.vectors.tolist() == [axis(1), axis(2)]


def test_a_photo_deleted_right_after_the_count_is_gone(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = embed(owner, 1), embed(owner, 2)

    def counted_then_deleted(of: User) -> list[int]:
        state = library_state(of)
        PhotoEmbedding.objects.filter(photo=second).delete()
        return state

    with monkeypatch.context() as late:
        late.setattr(vectors, "library_state", counted_then_deleted)
        assert library_of(owner).ids == [first]
    assert library_of(owner).ids == [first]


def test_vectors_have_unit_length_whatever_halves_made_of_them(owner: User) -> None:
    photo = PhotoFactory.create(owner=owner)
    stored = np.array([0.6, 0.6, 0.4, 0.36], "<f2")
    assert np.linalg.norm(stored.astype(np.float32)) != pytest.approx(1, abs=1e-4)
    PhotoEmbedding.objects.create(owner=owner, photo=photo, backbone=current_backbone().id, vector=stored.tobytes())
    assert np.linalg.norm(library_of(owner).vectors, axis=1) == pytest.approx(1, abs=1e-6)


def test_nobody_changes_what_others_hold(owner: User) -> None:
    embed(owner, 1)
    with pytest.raises(ValueError, match="read-only"):
        library_of(owner).vectors[0] = 0
