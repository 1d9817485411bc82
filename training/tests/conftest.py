"""A person with scored photos of two kinds, and answers to them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile

from classifier import pipeline, services
from classifier.models import Photo
from classifier.sample import sample_photos

Answer = Callable[..., list[Photo]]


@pytest.fixture
def answer(owner: User) -> Answer:
    """Add sample photos, score them, and like the first ones."""

    def answer_(count: int = 24, *, liked: int | None = None) -> list[Photo]:
        samples = sample_photos()[:count]
        files = [ContentFile(sample.file.read_bytes(), name=f"{sample.name}.webp") for sample in samples]
        photos = services.add_photos(owner=owner, files=files).created
        pipeline.embed_photos([photo.pk for photo in photos])
        likes = count // 2 if liked is None else liked
        for number, photo in enumerate(photos):
            services.give_feedback(photo=photo, feedback="like" if number < likes else "dislike")
        return photos

    return answer_
