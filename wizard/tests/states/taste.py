"""What one likes, in words and in photos."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from classifier.models import Taste
from classifier.tests.factories import ReferencePhotoFactory, TextPreferenceFactory, scored_photo
from training.models import ModelVersion
from training.tests.job_samples import version_of
from wizard.tests.states import Stage, state


@state("taste")
def taste_of_which_nothing_is_known(stage: Stage) -> Page:
    page = stage.open("/taste/")
    expect(page.locator("#words-title")).to_be_visible()
    return page


@state("taste")
def taste_with_everything(stage: Stage) -> Page:
    photo = scored_photo(stage.owner, 0.9, is_match=True, photo__source_name="a-very-long-name-" * 8)
    ReferencePhotoFactory.create(photo=photo)
    for kind, phrase in (("want", "an uncommonly long phrase " * 4), ("avoid", "a car park"), ("avoid", "smoking")):
        is_dealbreaker = phrase == "smoking"
        TextPreferenceFactory.create(owner=stage.owner, phrase=phrase, kind=kind, is_dealbreaker=is_dealbreaker)
    TextPreferenceFactory.create(owner=stage.owner, phrase="at the beach", weight=1.7)
    ModelVersion.objects.active_of(stage.owner)
    ModelVersion.objects.filter(owner=stage.owner).update(is_active=False)
    version_of(stage.owner, is_active=True)
    stage.said["words"] = {
        "towards": [{"phrase": "at the beach", "photos": [photo.pk]}, {"phrase": "sailing", "photos": [photo.pk]}],
        "away": [{"phrase": "a car park", "photos": [photo.pk]}],
    }
    Taste.objects.filter(owner=stage.owner).update(revision=7)  # scores are being updated
    page = stage.open("/taste/")
    expect(page.locator(".words-list")).to_have_count(2)
    return page


@state("taste")
def taste_with_a_phrase_refused(stage: Stage) -> Page:
    TextPreferenceFactory.create(owner=stage.owner, phrase="at the beach")
    page = stage.open("/taste/")
    page.fill("#new-avoid", "at the beach")
    page.keyboard.press("Enter")
    expect(page.locator(".toast-bad")).to_be_visible()
    page.locator(".toast button").first.focus()
    return page
