"""What workers say in English is said again in the reader's language: all of it, whatever they say."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from django.utils import translation

from classifier.clip.pipeline import decode
from classifier.images import ImageRefused, clean_image
from classifier.tests.test_scoring import BEACH, DOG, avoids, library, recipe, score_all, wants
from training import jobs, services
from training.learn.data import TooFewLabels
from training.learn.gate import compare
from wizard.files import StorageAway
from wizard.words import retold

LABELS = np.array([0, 1] * 30)
GOOD, BAD = np.where(LABELS == 1, 0.9, 0.1), np.linspace(0.1, 0.9, 60)
LOPSIDED = np.array([1] * 10 + [0] * 40)


@pytest.fixture(autouse=True)
def german() -> Iterator[None]:
    with translation.override("de"):
        yield


def reasons() -> set[str]:
    """Of photos that have much, some and little of what is wanted and avoided, in a large and in a small library."""
    amounts = [0.5, 0.35, 0.2, 0.1, *[0.01, 0.02, 0.03] * 10]
    said: set[str] = set()
    for beach in (amounts, amounts[:5]):
        vectors = library(beach, [amount / 2 for amount in reversed(beach)])
        for phrases in (
            (wants("the beach", BEACH), avoids("a dog", DOG)),
            (avoids("the beach", BEACH, dealbreaker=True), wants("a dog", DOG)),
            (avoids("the beach", BEACH),),
        ):
            for each in score_all(vectors, recipe(*phrases, references=(0,)), learned=np.full(len(beach), 0.4)):
                said |= {reason["text"] for reason in each.reasons}
                said |= {part["reason"] for part in each.components.values()}
    return said


def test_every_reason_of_a_score_is_retold() -> None:
    said = reasons()
    assert len(said) > 15
    assert [text for text in said if retold(text) == text] == []
    assert retold("Strong: “the beach” (top 3 % of your photos)") == "Stark: „the beach“ (beste 3 % deiner Fotos)"


@pytest.mark.parametrize(
    ("labels", "new", "active"),
    [
        (LABELS, GOOD, BAD),
        (LABELS, BAD, GOOD),
        (LABELS, GOOD, GOOD),
        (LABELS, GOOD, None),
        (LABELS, 1 - GOOD, None),
        (LOPSIDED, LOPSIDED * 0.8 + 0.1, None),
        (1 - LOPSIDED, (1 - LOPSIDED) * 0.8 + 0.1, None),
        (LABELS[:6], GOOD[:6], BAD[:6]),
    ],
)
def test_every_outcome_of_a_training_is_retold(labels: np.ndarray, new: np.ndarray, active: np.ndarray | None) -> None:
    verdict = compare(labels, new, active, active_name="Version 3")
    said = retold(f"Version 4: {verdict.sentence}{' Now active.' if verdict.better else ''}")
    assert said.startswith("Version 4: ")
    assert not {"accurate", "photos", "version", "active", "Always", "better"} & set(said.replace(".", "").split())


def test_too_few_photos_after_an_import_is_retold() -> None:
    few = compare(LABELS[:6], GOOD[:6], BAD[:6], active_name="Version 3", if_too_few=jobs.IMPORTED)
    assert "nach dem Import" in retold(f"Version 4: {few.sentence}")


@pytest.mark.parametrize(
    "error", [MemoryError, partial(StorageAway, "timeout"), partial(OSError, errno.ENOSPC, "no room"), ValueError]
)
def test_every_way_to_fail_is_retold(error: Callable[[], Exception]) -> None:
    with translation.override("en"):  # as in a worker
        said = jobs._reason(error())
    assert "Deine aktive Version ist, wie sie war." in retold(said)
    assert "Your" not in retold(said)


@pytest.mark.parametrize("said", [services.SILENT, services.STOPPED, services.KILLED, services.TOO_LONG])
def test_what_ends_a_training_from_outside_is_retold(said: str) -> None:
    assert "Version ist, wie sie war" in retold(said)


def test_a_refusal_of_the_learner_is_retold() -> None:
    said = retold(str(TooFewLabels(3, 4, 10)))
    assert said.startswith("Ein Training braucht mindestens 10 verschiedene Fotos")
    assert said.endswith("bisher sind es 3 und 4.")


def test_what_a_decoder_says_of_a_file_is_retold() -> None:
    for source in (b"no picture", Path("/nowhere/at/all")):
        error = decode(1, source, 32).error
        assert error
        assert retold(error) != error


def test_a_refused_upload_is_told_in_the_readers_language() -> None:
    with pytest.raises(ImageRefused) as refused:
        clean_image(b"")
    assert str(refused.value).startswith("Diese Datei ist leer")
    with translation.override("en"):
        assert str(refused.value).startswith("This file is empty")


def test_what_is_not_one_of_our_sentences_stays_as_it_is() -> None:
    for text in ("", "A sentence of nobody's.", "It ranks them better. And more.", "Strong: “a” and then"):
        assert retold(text) == text
    with translation.override("en"):
        assert retold("It ranks them better.") == "It ranks them better."
