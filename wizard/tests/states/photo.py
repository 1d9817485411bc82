"""One photo."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from classifier.models import Photo
from classifier.services import give_feedback
from classifier.tests.factories import PhotoFactory, ReferencePhotoFactory, TextPreferenceFactory, scored_photo
from wizard.tests.states import Stage, state

SCORED: dict[str, Any] = {
    "components": {
        "semantic": {"value": 0.9, "weight": 1.0, "reason": "Strong: “at the beach”"},
        "reference": {"value": 0.3, "weight": 0.5, "reason": "Not much like the photos you chose"},
        "learned": {"value": 0.6, "weight": 0.5, "reason": "You like most photos of this kind"},
    },
    "reasons": [
        {"kind": "want", "text": "Strong: “at the beach”"},
        {"kind": "avoid", "text": "Faint sign of “a car”"},
        {"kind": "dealbreaker", "text": "Clear sign of “smoking”"},
    ],
}


@state("photo")
def photo_with_its_reasons(stage: Stage) -> Page:
    scored_photo(stage.owner, 0.99, is_match=True)
    photo = scored_photo(stage.owner, 0.9, is_match=True, photo__source_name="a-very-long-name-" * 8, **SCORED)
    give_feedback(photo=photo, feedback="like")
    ReferencePhotoFactory.create(photo=photo)
    likes = [scored_photo(stage.owner, 0.5) for _ in range(3)]
    stage.said["similar"] = {"found": [[each.pk, 2.0] for each in likes]}
    page = stage.open(f"/photos/{photo.pk}/")
    expect(page.locator(".similar-row li")).to_have_count(3)
    return page


@state("photo")
def photo_that_is_super(stage: Stage) -> Page:
    photo = scored_photo(stage.owner, 0.95, is_match=True, is_super_match=True, photo__bio="Sails at weekends.")
    page = stage.open(f"/photos/{photo.pk}/")
    page.locator(".bio summary").click()
    return page


@state("photo")
def photo_that_is_no_match(stage: Stage) -> Page:
    photo = scored_photo(stage.owner, 0.2)
    page = stage.open(f"/photos/{photo.pk}/")
    page.keyboard.press("1")
    expect(page.locator(".toast")).to_be_visible()
    page.locator(".toast button").first.focus()
    return page


@state("photo")
def photo_with_the_map_of_why(stage: Stage) -> Page:
    TextPreferenceFactory.create(owner=stage.owner, phrase="at the beach")
    photo = scored_photo(stage.owner, 0.7, is_match=True)
    stage.said["why"] = {"grid": [[0.9, -0.4], [0.2, -0.8]]}
    page = stage.open(f"/photos/{photo.pk}/")
    page.locator(".why-box summary").click()
    expect(page.locator(".why-legend")).to_be_visible()
    return page


@state("photo")
def photo_with_nothing_to_explain(stage: Stage) -> Page:
    photo = scored_photo(stage.owner, None)
    page = stage.open(f"/photos/{photo.pk}/")
    page.locator(".why-box summary").click()
    expect(page.locator("#why .hint")).to_be_visible()
    return page


@state("photo")
def photo_that_waits(stage: Stage) -> Page:
    return stage.open(f"/photos/{PhotoFactory.create(owner=stage.owner, status=Photo.Status.QUEUED).pk}/")


@state("photo")
def photo_that_cannot_be_read(stage: Stage) -> Page:
    photo = PhotoFactory.create(
        owner=stage.owner, status=Photo.Status.UNREADABLE, unreadable_reason="This file is damaged."
    )
    return stage.open(f"/photos/{photo.pk}/")


@state("photo")
def photo_with_the_question_whether_to_delete_it(stage: Stage) -> Page:
    page = stage.open(f"/photos/{scored_photo(stage.owner).pk}/")
    page.locator("[data-dialog=delete-dialog]").click()
    expect(page.locator("#delete-dialog")).to_be_visible()
    return page


@state("photo_delete")
def photo_to_delete(stage: Stage) -> Page:
    return stage.open(f"/photos/{scored_photo(stage.owner).pk}/delete/")
