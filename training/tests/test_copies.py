"""Copies of one picture are found, and leak nothing between folds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bench.copies import MIXES, SEEDS, VARIANTS, trial, variants_of
from classifier.clip.backbones import resolve_backbone
from classifier.clip.engine import Engine
from classifier.sample import sample_photos
from training.learn.copies import are_copies, candidate_pairs, features_of, find_copies
from training.learn.data import Cancelled, TrainingData
from training.learn.folds import near_duplicate_groups
from training.learn.gate import compare
from training.tests.learn_samples import answers, learn

SAMPLES = [photo.file for photo in sample_photos()[10:16]]


@pytest.mark.parametrize("kind", VARIANTS)
def test_a_variant_is_a_copy_of_its_picture(kind: str) -> None:
    chance = np.random.default_rng(1)
    for file in SAMPLES:
        picture, (variant,) = features_of(file.read_bytes()), variants_of(file, [kind], chance)
        changed = features_of(variant)
        assert picture is not None
        assert changed is not None
        assert are_copies(picture, changed), file.name
        assert are_copies(changed, picture), file.name


def test_different_pictures_are_no_copies() -> None:
    found = [features_of(file.read_bytes()) for file in SAMPLES]
    pairs = [(one, other) for place, one in enumerate(found) for other in found[:place] if one and other]
    assert len(pairs) == 15
    assert not any(are_copies(one, other) for one, other in pairs)


def test_what_is_no_picture_is_no_copy() -> None:
    assert features_of(b"no picture") is None
    vectors = np.full((3, 4), 0.5, np.float32)
    pictures = [SAMPLES[0].read_bytes(), b"no picture", SAMPLES[0].read_bytes()]
    assert find_copies(vectors, pictures.__getitem__, lambda: None).tolist() == [[0, 2]]


def test_a_plain_picture_has_nothing_to_be_told_by() -> None:
    plain = features_of(_plain())
    assert plain is not None
    assert not are_copies(plain, plain)


def _plain() -> bytes:
    """A grey square, as PGM."""
    return b"P5 64 64 255\n" + b"\x80" * 64 * 64


def test_candidates_are_the_nearest_photos_that_are_alike() -> None:
    vectors = np.eye(4, dtype=np.float32)
    vectors[1] = [0.8, 0.6, 0, 0]
    assert candidate_pairs(vectors).tolist() == [[0, 1]]
    assert candidate_pairs(vectors[:1]).tolist() == []
    assert candidate_pairs(vectors[:0]).tolist() == []


def test_a_search_for_copies_can_be_stopped() -> None:
    def stop() -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        find_copies(np.full((2, 4), 0.5, np.float32), lambda photo: SAMPLES[photo].read_bytes(), stop)


def copied(pictures: int = 24, copies: int = 3) -> TrainingData:
    """Copies whose vectors are alike but not nearly the same, and an answer to each picture that follows no taste."""
    data = answers(photos=2 * pictures)
    which = np.repeat(np.arange(pictures) * 2, copies)  # one kind of picture: there is nothing to learn
    chance = np.random.default_rng(5)
    noise = chance.standard_normal((len(which), data.vectors.shape[1])) * 0.03
    vectors = data.vectors[which] + noise
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    labels = np.repeat(chance.permutation(np.arange(pictures) % 2), copies)
    links = np.array([(row, row + 1) for row in range(len(which) - 1) if which[row] == which[row + 1]])
    names = tuple(f"{number:064x}" for number in range(len(which)))
    return TrainingData(vectors, data.stems_of(which), labels, np.ones(len(which)), names, links)


def test_linked_copies_do_not_leak_between_folds() -> None:
    data = copied()
    assert len(np.unique(near_duplicate_groups(data.vectors))) > 40  # by vectors alone they are not found
    leaking, fair = learn(replace(data, links=None)), learn(data)
    assert leaking.figures.auc.low > 0.5
    assert fair.figures.auc.low <= 0.5
    assert fair.figures.accuracy.low <= 0.5 <= fair.figures.accuracy.high
    assert not compare(data.labels, fair.out_of_fold, None, fair.groups, folds=fair.folds).better


def test_copies_count_as_one_photo() -> None:
    data = copied()
    result = learn(data)
    assert (result.figures.likes, result.figures.dislikes) == (12, 12)
    verdict = compare(data.labels, result.out_of_fold, None, result.groups, folds=result.folds)
    assert verdict.photos == 24
    assert "on 24 photos it had not seen" in verdict.sentence


@pytest.mark.full("ten trainings take five minutes")
@pytest.mark.parametrize("mix", ["one of each", "two mild crops"])
@pytest.mark.parametrize("seed", range(SEEDS))
def test_nothing_is_learned_from_copies_without_a_taste(mix: str, seed: int, tmp_path: Path) -> None:
    engine = Engine.load(resolve_backbone("starter", tmp_path))
    files = [photo.file for photo in sample_photos()]
    result, verdict = trial(engine, files, MIXES[mix], seed)
    assert result.figures.accuracy.low <= 0.5 <= result.figures.accuracy.high
    assert not verdict.better
