"""Versions, side by side and one by one."""

from __future__ import annotations

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from playwright.sync_api import Page

from classifier.models import Photo, Taste
from classifier.tests.factories import jpeg
from training.models import LearnedAnswer, ModelVersion
from training.tests.job_samples import Status, job_of, version_of
from training.tests.test_home import answered_photos
from training.tests.test_versions import ACCURATE, LESS_SO
from wizard.tests.states import Stage, state


def trained(stage: Stage) -> None:
    """Versions 2 and 3, of which 2 was measured as better; 4 came from elsewhere, for another model."""
    photos = answered_photos(stage.owner)
    Photo.objects.update(thumbnail=default_storage.save("thumbnails/some.webp", ContentFile(jpeg())))
    for number, figures in ((2, ACCURATE), (3, LESS_SO)):
        version = version_of(stage.owner, number)
        ModelVersion.objects.filter(pk=version.pk).update(figures=figures, is_pinned=number == 2)
        job = job_of(stage.owner, Status.COMPLETED, version=version)
        chance = 0.8 if number == 2 else 0.3
        LearnedAnswer.objects.bulk_create(
            LearnedAnswer(job=job, photo_sha256=photo.sha256, feedback="like", chance=chance) for photo in photos
        )
    foreign = version_of(stage.owner, 4)
    ModelVersion.objects.filter(pk=foreign.pk).update(backbone="another/1", imported_from="a-laptop")


@state("versions")
def versions_of_which_there_is_one(stage: Stage) -> Page:
    return stage.open("/versions/")


@state("versions")
def versions_of_which_there_are_many(stage: Stage) -> Page:
    trained(stage)
    Taste.objects.filter(owner=stage.owner).update(revision=7)  # scores are being updated
    return stage.open("/versions/?sort=accuracy")


@state("versions_compare")
def versions_side_by_side(stage: Stage) -> Page:
    trained(stage)
    return stage.open("/versions/compare/?v=2&v=3")


@state("versions_compare")
def versions_that_are_asked_first(stage: Stage) -> Page:
    answered_photos(stage.owner)
    version_of(stage.owner)
    return stage.open("/versions/compare/?v=1&v=2")


@state("versions_compare")
def versions_with_nothing_to_compare(stage: Stage) -> Page:
    ModelVersion.objects.active_of(stage.owner)
    version_of(stage.owner)
    return stage.open("/versions/compare/?v=1&v=2")


@state("version_delete")
def version_to_delete(stage: Stage) -> Page:
    trained(stage)
    return stage.open("/versions/3/delete/")


@state("version_activate")
def version_that_is_worse(stage: Stage) -> Page:
    trained(stage)
    ModelVersion.objects.filter(owner=stage.owner).update(is_active=False)
    ModelVersion.objects.filter(owner=stage.owner, version_number=2).update(is_active=True)
    page = stage.open("/versions/")
    page.locator("#version-3 form[action$=activate\\/] button").click()
    page.wait_for_url("**/activate/")
    return page
