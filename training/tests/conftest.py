"""A person with scored photos of two kinds, and answers to them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from pytest_django import Settings

from classifier import pipeline, services
from classifier.model import current_backbone
from classifier.models import Photo
from classifier.sample import sample_photos
from classifier.tests.factories import small_sample
from training import exchange
from training.learn import check_file

Answer = Callable[..., list[Photo]]


@pytest.fixture
def answer(owner: User) -> Answer:
    """Add sample photos, score them, and like the first ones."""

    def answer_(count: int = 24, *, liked: int | None = None) -> list[Photo]:
        samples = sample_photos()[:count]
        files = [ContentFile(small_sample(sample), name=f"{sample.name}.webp") for sample in samples]
        photos = services.add_photos(owner=owner, files=files).created
        pipeline.embed_photos([photo.pk for photo in photos])
        likes = count // 2 if liked is None else liked
        for number, photo in enumerate(photos):
            services.give_feedback(photo=photo, feedback="like" if number < likes else "dislike")
        return photos

    return answer_


@pytest.fixture
def empty_storage(settings: Settings, tmp_path: Path) -> None:
    """A folder for this test alone. After a rollback the next test has the same keys, and so the same file names."""
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def checked_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Check imported weights in this process: a new one needs seconds to import torch.

    The check is the real one. test_check_file.py tests the boundary between the processes.
    """

    def check(weights: Path, shown: str) -> None:
        if sentence := check_file.verdict(weights, current_backbone()):
            raise exchange.ImportRefused("corrupt", exchange.in_words_of(shown, sentence))

    monkeypatch.setattr(exchange, "_check_weights", check)
