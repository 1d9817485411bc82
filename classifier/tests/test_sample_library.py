"""The sample library is whole, harmless, small, and the phrases suggested for it work on the starter."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from classifier.clip.engine import Engine
from classifier.clip.statistics import BackgroundStatistics
from classifier.scoring import phrase_direction
from classifier.tests.clip_helpers import engine_for, starter

pytestmark = pytest.mark.xdist_group("sample")  # one process looks at all pictures

Library = tuple[Engine, NDArray[np.float32]]

FOLDER = Path(__file__).resolve().parents[1] / "sample"
PHOTOS: list[dict[str, Any]] = json.loads((FOLDER / "manifest.json").read_text())["photos"]
SUGGESTED: list[dict[str, Any]] = json.loads((FOLDER / "phrases.json").read_text())["suggested"]


@pytest.fixture(scope="session")
def library() -> Library:
    """The starter and the unit vectors f32 [n, d] of the library, in the manifest's order."""
    engine = engine_for(starter())
    embedded = list(engine.embed((photo["file"], FOLDER / photo["file"]) for photo in PHOTOS))
    assert [each.error for each in embedded if each.error] == []
    return engine, np.stack([each.vector for each in embedded if each.vector is not None])


def shows(attribute: str) -> NDArray[np.bool_]:
    return np.array([attribute in photo["attributes"] for photo in PHOTOS])


def test_it_holds_about_two_hundred_pictures_each_in_the_manifest_once() -> None:
    files = sorted(file.name for file in FOLDER.glob("*.webp"))
    assert 190 <= len(files) <= 240
    assert files == sorted(photo["file"] for photo in PHOTOS)


def test_it_stays_small() -> None:
    assert sum(file.stat().st_size for file in FOLDER.iterdir()) < 8_000_000


def test_every_picture_opens_at_its_size_and_carries_no_metadata() -> None:
    for photo in PHOTOS:
        with Image.open(FOLDER / photo["file"]) as image:
            image.load()
            assert image.size == (640, 800)
            assert not image.getexif()
            assert not {"exif", "xmp", "icc_profile"} & set(image.info)


def test_every_entry_tells_its_person_and_its_attributes() -> None:
    for photo in PHOTOS:
        name, age = photo["name"].split(", ")
        assert name.isalpha()
        assert 24 <= int(age) <= 60
        assert 10 <= len(photo["bio"]) <= 80
        assert photo["attributes"] == [photo["scene"], *photo["things"]]


def test_a_tenth_of_the_pictures_and_more_share_a_scene_and_a_thing_with_others() -> None:
    combined = [photo for photo in PHOTOS if len(photo["attributes"]) > 1]
    assert len(combined) > len(PHOTOS) / 10


def test_eight_phrases_or_more_are_suggested_each_for_another_attribute() -> None:
    assert len(SUGGESTED) >= 8
    assert len({entry["attribute"] for entry in SUGGESTED}) == len(SUGGESTED)


@pytest.mark.parametrize("entry", SUGGESTED, ids=lambda entry: str(entry["phrase"]))
def test_a_suggested_phrase_finds_what_it_names(entry: dict[str, Any], library: Library) -> None:
    engine, vectors = library
    background = BackgroundStatistics.load(engine.backbone.statistics)
    score = vectors @ phrase_direction(engine.encode_phrases([entry["phrase"]])[0], engine.neutral, background)
    assert roc_auc_score(shows(entry["attribute"]), score) > 0.8


@pytest.mark.parametrize("taste", [("dog", "guitar"), ("beach", "sunset"), ("cat", "book", "library")], ids=" or ".join)
def test_a_taste_can_be_learned_from_eighty_answers(taste: tuple[str, ...], library: Library) -> None:
    _, vectors = library
    likes = np.any([shows(attribute) for attribute in taste], axis=0)
    aucs = []
    for seed in range(8):
        order = np.random.default_rng(seed).permutation(len(likes))
        seen, unseen = order[:80], order[80:140]
        probe = LogisticRegression(C=10, class_weight="balanced", max_iter=1000).fit(vectors[seen], likes[seen])
        aucs.append(roc_auc_score(likes[unseen], probe.decision_function(vectors[unseen])))
    assert np.mean(aucs) > 0.75
