"""What tests of the review and of questions to the model share."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import User

from classifier.model import current_backbone
from classifier.models import Photo, PhotoEmbedding
from classifier.tests.factories import scored_photo
from classifier.tests.memory_store import change_in
from wizard import store


@pytest.fixture
def kept_in_memory(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What is kept in Redis, in a dictionary; and no message is sent."""
    values: dict[str, Any] = {}
    monkeypatch.setattr(store, "put", lambda key, value, seconds: values.update({key: value}))
    monkeypatch.setattr(store, "get", values.get)
    monkeypatch.setattr(store, "get_many", lambda *keys: [values.get(key) for key in keys])
    monkeypatch.setattr(store, "change", partial(change_in, values))
    monkeypatch.setattr(store, "is_first", lambda key, seconds: False)
    monkeypatch.setattr(store, "forget", lambda *keys: None)
    return values


@pytest.fixture
def no_process_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """HEIC and AVIF are decoded here: many of them in a short time, and a decoder that crashes takes the test along."""
    monkeypatch.setattr("classifier.images._ALONE", frozenset())


@pytest.fixture
def photos(owner: User) -> list[Photo]:
    """Thirty matches, none like another."""
    made = [scored_photo(owner, 0.5, is_match=True) for _ in range(30)]
    generator = np.random.default_rng(0)
    for photo in made:
        vector = generator.standard_normal(64)
        vector /= np.linalg.norm(vector)
        PhotoEmbedding.objects.create(
            owner=owner, photo=photo, backbone=current_backbone().id, vector=vector.astype("<f2").tobytes()
        )
    return made
