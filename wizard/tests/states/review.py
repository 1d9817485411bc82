"""One photo at a time."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from classifier.review.queue import choose, replace
from classifier.review.reasons import Why
from classifier.services import give_feedback
from classifier.tests.factories import scored_photo
from wizard.tests.states import Stage, state


@state("review")
def review_of_a_photo(stage: Stage) -> Page:
    photos = [scored_photo(stage.owner) for _ in range(5)]
    replace(stage.owner.pk, [(photo.pk, Why.RANDOM) for photo in photos], is_whole=True)
    return stage.open("/review/")


@state("review")
def review_of_what_was_chosen(stage: Stage) -> Page:
    photos = [scored_photo(stage.owner, photo__source_name="a-very-long-name-" * 8) for _ in range(2)]
    choose(stage.owner.pk, [photo.pk for photo in photos])
    return stage.open("/review/")


@state("review")
def review_asking_again(stage: Stage) -> Page:
    photo, other = scored_photo(stage.owner), scored_photo(stage.owner)
    give_feedback(photo=photo, feedback="like")
    choose(stage.owner.pk, [photo.pk, other.pk], Why.SURPRISING)
    page = stage.open("/review/")
    page.keyboard.press("1")
    expect(page.locator(".toast")).to_be_visible()
    page.locator(".toast button").first.focus()
    return page


@state("review")
def review_that_waits(stage: Stage) -> Page:
    photo = scored_photo(stage.owner)
    replace(stage.owner.pk, [(photo.pk, Why.RANDOM)], is_whole=False)
    page = stage.open("/review/")
    page.keyboard.press("s")
    expect(page.locator("#review-empty")).to_be_visible()
    return page


@state("review")
def review_that_is_done(stage: Stage) -> Page:
    photo = scored_photo(stage.owner)
    give_feedback(photo=photo, feedback="like")
    replace(stage.owner.pk, [], is_whole=True)
    return stage.open("/review/")


@state("review")
def review_without_photos(stage: Stage) -> Page:
    return stage.open("/review/")
