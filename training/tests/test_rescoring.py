"""The library under another version: from kept stem activations, newest photos first, whatever became of the files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client

from classifier import learned, pipeline, services
from classifier.learned import read_stems
from classifier.model import current_backbone
from classifier.models import ClassificationResult, Photo, Taste
from classifier.scoring import Scored
from classifier.stems import stem_path
from classifier.tests.factories import jpeg
from training import versions
from training.learn.version import Scorer
from training.learn.version_file import save_version
from training.models import ModelVersion
from training.tests.job_samples import version_of
from training.tests.learn_samples import starter_tail
from training.tests.test_learn_version_file import a_version

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]

COLOURS = ["red", "green", "blue", "white", "black", "orange", "navy"]


@pytest.fixture(autouse=True)
def no_scorer_of_another_test() -> None:
    learned._scorer.cache_clear()


@pytest.fixture
def photos(owner: User) -> list[Photo]:
    files = [ContentFile(jpeg(colour), name=f"{colour}.jpg") for colour in COLOURS]
    created = services.add_photos(owner=owner, files=files).created
    pipeline.embed_photos([photo.pk for photo in created])
    return created


@pytest.fixture
def tuned(owner: User, tmp_path: Path) -> ModelVersion:
    """A version with tuned blocks, its file in place."""
    ModelVersion.objects.active_of(owner)
    row = version_of(owner)
    digest = save_version(tmp_path / "tuned.pt", a_version())
    name = default_storage.save(str(row.file.name), ContentFile((tmp_path / "tuned.pt").read_bytes()))
    ModelVersion.objects.filter(pk=row.pk).update(file=name, sha256=digest)
    return ModelVersion.objects.get(pk=row.pk)


def switch_to(version: ModelVersion) -> None:
    versions.activate_version(version=version)
    pipeline.rescore_library(version.owner_id, Taste.objects.of(version.owner).revision)


def said_by(version: ModelVersion) -> dict[int, float]:
    results = ClassificationResult.objects.filter(model_version=version, is_current=True)
    return dict(results.values_list("photo", "components__learned__value"))


def test_scores_are_those_of_the_version_itself(owner: User, photos: list[Photo], tuned: ModelVersion) -> None:
    switch_to(tuned)
    stems = read_stems(owner.pk, [photo.pk for photo in photos])
    expected = Scorer(a_version(), starter_tail())(np.stack([stems[photo.pk] for photo in photos]))
    assert np.ptp(expected) > 0.01
    said = said_by(tuned)
    np.testing.assert_allclose([said[photo.pk] for photo in photos], expected, atol=2e-3)


def test_a_lost_or_spoilt_stem_is_made_anew_from_the_photo(photos: list[Photo], tuned: ModelVersion) -> None:
    switch_to(tuned)
    whole = said_by(tuned)
    ClassificationResult.objects.filter(model_version=tuned).delete()
    lost, spoilt, infinite = (
        stem_path(photo.owner_id, current_backbone().id, photo.pk) for photo in (photos[0], photos[2], photos[4])
    )
    default_storage.delete(lost)
    Path(default_storage.path(spoilt)).write_bytes(b"not what was written")
    np.save(default_storage.path(infinite), np.full((50, 384), np.inf, np.float16))
    services.request_rescoring(owner=tuned.owner)
    pipeline.rescore_library(tuned.owner_id, Taste.objects.of(tuned.owner).revision)
    assert said_by(tuned) == pytest.approx(whole, abs=2e-3)
    assert all(default_storage.exists(name) for name in (lost, spoilt, infinite))
    assert np.isfinite(np.load(default_storage.path(infinite))).all()


def test_stems_of_another_shape_are_made_again_also_when_they_are_most(owner: User, photos: list[Photo]) -> None:
    ids = [photo.pk for photo in photos]
    right = read_stems(owner.pk, ids)
    for photo in photos[1:]:
        np.save(default_storage.path(stem_path(owner.pk, current_backbone().id, photo.pk)), np.ones((5, 7), np.float16))
    found = read_stems(owner.pk, ids)
    assert {stem.shape for stem in found.values()} == {right[ids[0]].shape}
    assert np.array_equal(found[ids[-1]], right[ids[-1]])


def test_the_newest_photos_come_first_and_a_newer_switch_ends_the_work(
    photos: list[Photo], tuned: ModelVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "WRITTEN_FIRST", 2)
    monkeypatch.setattr(pipeline, "WRITTEN_AT_ONCE", 3)
    write, written = pipeline._write_results, []

    def write_and_note(owner: User, version: ModelVersion, scored: dict[int, Scored]) -> bool:
        if has_written := write(owner, version, scored):
            written.append(list(scored))
        if len(written) == 2:  # the user goes back meanwhile
            versions.activate_version(version=ModelVersion.objects.get(owner=owner, version_number=1))
        return has_written

    monkeypatch.setattr(pipeline, "_write_results", write_and_note)
    switch_to(tuned)
    newest = [photo.pk for photo in reversed(photos)]
    assert written == [newest[:2], newest[2:5]]


def test_the_way_back_loads_no_weights(
    owner: User, photos: list[Photo], tuned: ModelVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    switch_to(tuned)
    first = said_by(tuned)
    switch_to(ModelVersion.objects.get(owner=owner, version_number=1))
    monkeypatch.setattr(learned, "_scorer", lambda *_: pytest.fail("weights were loaded"))
    switch_to(tuned)
    assert said_by(tuned) == first


def test_results_of_a_deleted_version_go_with_the_next_scores(
    owner: User, photos: list[Photo], tuned: ModelVersion
) -> None:
    switch_to(tuned)
    versions.activate_version(version=ModelVersion.objects.get(owner=owner, version_number=1))
    versions.delete_version(version=tuned)  # its results are still the current ones
    pipeline.rescore_library(owner.pk, Taste.objects.of(owner).revision)
    assert not ClassificationResult.objects.filter(model_version=tuned).exists()


def test_a_photos_page_lists_no_deleted_version(
    owner: User, owner_client: Client, photos: list[Photo], tuned: ModelVersion
) -> None:
    switch_to(tuned)
    services.give_feedback(photo=photos[0], feedback="like")  # keeps the result for good
    switch_to(ModelVersion.objects.get(owner=owner, version_number=1))
    shown = owner_client.get(photos[0].page_url).context["results"]
    assert [result.model_version.version_number for result in shown] == [2, 1]
    versions.delete_version(version=tuned)
    shown = owner_client.get(photos[0].page_url).context["results"]
    assert [result.model_version.version_number for result in shown] == [1]


def test_a_version_whose_file_is_spoilt_leaves_the_other_scores(
    owner: User, photos: list[Photo], tuned: ModelVersion
) -> None:
    Path(default_storage.path(str(tuned.file.name))).write_bytes(b"spoilt")
    services.add_phrase(owner=owner, phrase="the colour red")
    switch_to(tuned)
    results = ClassificationResult.objects.filter(model_version=tuned, is_current=True)
    assert results.count() == len(photos)
    assert all(result.score is not None and "learned" not in result.components for result in results)
