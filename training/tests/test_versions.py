"""Which version serves, which are kept, and what is counted of them."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from classifier.model import current_backbone
from classifier.models import ClassificationResult, Photo, PhotoEmbedding, Taste
from classifier.services import give_feedback
from training import versions
from training.models import Activation, Chance, ModelVersion
from training.tests.job_samples import version_of
from training.usage import usage_of
from training.version_table import SORTS, version_rows

pytestmark = pytest.mark.django_db

ACCURATE = {"accuracy": {"value": 0.81, "low": 0.74, "high": 0.87}, "likes": 42, "dislikes": 38}
LESS_SO = {"accuracy": {"value": 0.7, "low": 0.6, "high": 0.8}, "likes": 20, "dislikes": 20}


def with_file(version: ModelVersion) -> str:
    """Gives the version a file; returns its name."""
    default_storage.delete(str(version.file.name))
    return default_storage.save(str(version.file.name), ContentFile(b"weights"))


def scored(owner: User, version: ModelVersion, count: int, *, matches: int = 0, is_current: bool = True) -> list[Photo]:
    """Photos with a result by `version`, the first ones matches."""
    first, backbone = Photo.objects.count(), current_backbone().id
    photos = Photo.objects.bulk_create(
        Photo(owner=owner, sha256=f"{first + number:064}", source_name="one", width=1, height=1, status="ready")
        for number in range(count)
    )
    PhotoEmbedding.objects.bulk_create(
        PhotoEmbedding(owner=owner, photo=photo, backbone=backbone, vector=b"") for photo in photos
    )
    ClassificationResult.objects.bulk_create(
        ClassificationResult(
            owner=owner,
            photo=photo,
            model_version=version,
            score=0.9 if number < matches else 0.1,
            is_match=number < matches,
            is_super_match=number < matches,
            is_current=is_current,
        )
        for number, photo in enumerate(photos)
    )
    return photos


def test_one_version_serves_and_what_served_when_is_kept(owner: User) -> None:
    base = ModelVersion.objects.active_of(owner)
    second = version_of(owner)
    revision = Taste.objects.of(owner).revision
    assert versions.activate_version(version=second)
    assert not versions.activate_version(version=second)  # it serves already: nothing to do
    assert versions.activate_version(version=base, reason=Activation.Reason.TRAINING)
    assert list(ModelVersion.objects.filter(owner=owner, is_active=True)) == [base]
    assert list(Activation.objects.owned_by(owner).values_list("version__version_number", "reason")) == [
        (1, "training"),
        (2, "you"),
        (1, "start"),
    ]
    assert Taste.objects.of(owner).revision == revision + 2


def test_what_cannot_serve_is_refused_in_words(owner: User) -> None:
    ModelVersion.objects.active_of(owner)
    elsewhere = version_of(owner)
    ModelVersion.objects.filter(pk=elsewhere.pk).update(backbone="ViT-B-32/other")
    gone = version_of(owner, 3)
    ModelVersion.objects.filter(pk=gone.pk).update(file="")
    with pytest.raises(versions.WrongBackbone, match="Version 2 was trained on another model"):
        versions.activate_version(version=elsewhere)
    with pytest.raises(versions.FileIsGone, match="The file of Version 3 was removed"):
        versions.activate_version(version=gone)
    assert ModelVersion.objects.active_of(owner).is_base


@pytest.mark.django_db(transaction=True)
def test_a_deleted_version_takes_its_file_and_leaves_the_answers(owner: User) -> None:
    base = ModelVersion.objects.active_of(owner)
    version = version_of(owner)
    name = with_file(version)
    answered, unanswered = scored(owner, version, 2)
    give_feedback(photo=answered, feedback="like")
    ClassificationResult.objects.update(is_current=False)
    Chance.objects.create(version=version, photo=answered, value=0.5)
    versions.delete_version(version=version)
    assert not default_storage.exists(name)
    assert answered.answer == "like"
    assert not unanswered.results.exists()
    assert not Chance.objects.exists()
    assert [row.version for row in version_rows(owner)] == [base]
    assert version_of(owner, 3).version_number == 3  # a number is never given twice


def test_the_active_and_the_first_version_cannot_be_deleted(owner: User) -> None:
    base = ModelVersion.objects.active_of(owner)
    version = version_of(owner)
    versions.activate_version(version=version)
    with pytest.raises(versions.CannotDelete, match="Version 2 is active"):
        versions.delete_version(version=version)
    with pytest.raises(versions.CannotDelete, match="takes no room"):
        versions.delete_version(version=base)


@pytest.mark.django_db(transaction=True)
@override_settings(WIZARD_KEEP_VERSIONS=2)
def test_old_files_make_room_except_active_and_pinned_ones(owner: User) -> None:
    ModelVersion.objects.active_of(owner)
    made = [version_of(owner, number) for number in range(2, 8)]
    names = [with_file(version) for version in made]
    versions.activate_version(version=made[0])
    versions.pin_version(version=made[1], is_pinned=True)
    assert versions.prune_files(owner=owner) == 2
    assert [default_storage.exists(name) for name in names] == [True, True, False, False, True, True]
    lost = ModelVersion.objects.get(pk=made[2].pk)
    assert lost.has_lost_its_file
    assert len(version_rows(owner)) == 7  # it is listed with its figures
    assert versions.prune_files(owner=owner) == 0


def test_usage_counts_answers_for_the_version_whose_score_stood(owner: User) -> None:
    base = ModelVersion.objects.active_of(owner)
    second = version_of(owner)
    photos = scored(owner, base, 6, matches=3)
    feedbacks = ["like", "super_like", "dislike", "dislike", "like"]
    for photo, feedback in zip(photos, feedbacks, strict=False):
        give_feedback(photo=photo, feedback=feedback)
    scored(owner, second, 4, is_current=False)
    usage = usage_of(owner)[base.pk]
    assert (usage.predictions, usage.likes, usage.super_likes, usage.dislikes) == (6, 2, 1, 2)
    shares = [usage.like_rate, usage.like_rate_of_matches, usage.held_up]
    assert [share.value for share in shares if share] == pytest.approx([3 / 5, 2 / 3, 3 / 5])
    assert usage_of(owner)[second.pk].predictions == 4
    assert usage_of(owner)[second.pk].like_rate is None


def test_an_answer_to_a_photo_without_a_score_judges_nobody(owner: User) -> None:
    base = ModelVersion.objects.active_of(owner)
    (photo,) = scored(owner, base, 1)
    ClassificationResult.objects.update(score=None)
    give_feedback(photo=photo, feedback="dislike")
    usage = usage_of(owner)[base.pk]
    assert (usage.answers, usage.judged, usage.held_up) == (1, 0, None)


@pytest.mark.parametrize("sort", SORTS)
def test_the_table_is_sorted_with_the_unknown_last(owner: User, sort: str) -> None:
    base = ModelVersion.objects.active_of(owner)
    for number, figures in ((2, ACCURATE), (3, LESS_SO)):
        version = version_of(owner, number)
        ModelVersion.objects.filter(pk=version.pk).update(figures=figures)
    for ascending in (False, True):
        rows = version_rows(owner, sort=sort, ascending=ascending)
        assert {row.version.version_number for row in rows} == {1, 2, 3}
        if sort == "accuracy":
            assert [row.version.version_number for row in rows] == ([3, 2, 1] if ascending else [2, 3, 1])
            assert rows[-1].version == base


def test_the_page_costs_the_same_however_many_versions_there_are(owner: User, owner_client: Client) -> None:
    ModelVersion.objects.active_of(owner)
    scored(owner, version_of(owner), 3)
    owner_client.get("/versions/")
    with CaptureQueriesContext(connection) as few:
        assert owner_client.get("/versions/").status_code == 200
    for number in range(3, 13):
        scored(owner, version_of(owner, number), 2, is_current=False)
    with CaptureQueriesContext(connection) as many:
        owner_client.get("/versions/")
    assert len(many) == len(few) <= 12


def test_a_version_measured_as_worse_takes_a_second_click(owner: User, owner_client: Client) -> None:
    ModelVersion.objects.active_of(owner)
    better, worse = version_of(owner, 2), version_of(owner, 3)
    ModelVersion.objects.filter(pk=better.pk).update(figures=ACCURATE)
    ModelVersion.objects.filter(pk=worse.pk).update(figures=LESS_SO)
    owner_client.post("/versions/2/activate/")
    assert ModelVersion.objects.active_of(owner) == better
    asked = owner_client.post("/versions/3/activate/").content.decode()
    assert "about 70 %" in asked
    assert "about 81 %" in asked
    assert ModelVersion.objects.active_of(owner) == better
    owner_client.post("/versions/3/activate/", {"sure": "1"})
    assert ModelVersion.objects.active_of(owner) == worse
    page = owner_client.get("/versions/").content.decode()
    assert page.count('class="version version-active"') == 1
    assert "Version 3 is scoring your photos: 0 of 0." in page


def test_before_any_training_an_empty_version_is_asked_about(owner: User) -> None:
    base = ModelVersion.objects.active_of(owner)
    version = version_of(owner)
    for ranking, is_worse in ((0.45, True), (0.8, False)):
        version.figures = LESS_SO | {"auc": {"value": ranking, "low": 0.3, "high": 0.9}}
        assert versions.lowers_quality(version, base) is is_worse


def test_a_version_of_another_backbone_needs_training_again(owner: User, owner_client: Client) -> None:
    base, version = ModelVersion.objects.active_of(owner), version_of(owner)
    ModelVersion.objects.filter(pk=version.pk).update(backbone="another/1", figures=ACCURATE)
    ModelVersion.objects.filter(pk=base.pk).update(is_active=False)
    ModelVersion.objects.filter(pk=version.pk).update(is_active=True)
    page = owner_client.get("/versions/")
    assertContains(page, "It learned on another model, another/1")
    assertContains(page, "Train again", count=1)
    home = owner_client.get("/")
    assertContains(home, "on another model")
    assertNotContains(home, "81 %")  # measured on a backbone that does not run
    assertRedirects(owner_client.post("/versions/1/activate/"), "/versions/")  # nothing to ask about: it says nothing
    with pytest.raises(versions.WrongBackbone, match="train again"):
        versions.activate_version(version=ModelVersion.objects.get(pk=version.pk))


def test_the_page_pins_and_deletes(owner: User, owner_client: Client) -> None:
    ModelVersion.objects.active_of(owner)
    version = version_of(owner)
    owner_client.post("/versions/2/pin/", {"pin": "1"})
    version.refresh_from_db()
    assert version.is_pinned
    assert "Delete version 2?" in owner_client.get("/versions/2/delete/").content.decode()
    owner_client.post("/versions/2/delete/")
    assert [row.version.version_number for row in version_rows(owner)] == [1]
    assert owner_client.post("/versions/2/activate/").status_code == 404
    refused = owner_client.post("/versions/1/delete/", follow=True).content.decode()
    assert "active" in refused or "stays" in refused
