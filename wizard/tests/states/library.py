"""The library, its bars and trays, adding photos, the map."""

from __future__ import annotations

from playwright.sync_api import FilePayload, Page, expect

from classifier import services
from classifier.models import Photo
from classifier.services import give_feedback
from classifier.tests.factories import PhotoFactory, TextPreferenceFactory, jpeg, scored_photo
from wizard.tests.states import Stage, state

GOOD: FilePayload = {"name": "beach.jpg", "mimeType": "image/jpeg", "buffer": jpeg("gold")}
BAD: FilePayload = {"name": "notes.jpg", "mimeType": "image/jpeg", "buffer": b"hello"}


def filled(stage: Stage) -> list[Photo]:
    """A tile of each kind."""
    TextPreferenceFactory.create(owner=stage.owner)
    photos = [
        scored_photo(stage.owner, 0.93, is_match=True, is_super_match=True),
        scored_photo(stage.owner, 0.8, is_match=True, photo__source_name="a-very-long-name-" * 8 + ".jpg"),
        scored_photo(stage.owner, 0.3),
        scored_photo(stage.owner, None),
    ]
    for photo, answer in zip(photos, ("super_like", "like", "dislike"), strict=False):
        give_feedback(photo=photo, feedback=answer)
    PhotoFactory.create(
        owner=stage.owner, status=Photo.Status.UNREADABLE, unreadable_reason="This file is damaged; only part is there."
    )
    PhotoFactory.create(owner=stage.owner, status=Photo.Status.QUEUED)
    return photos


@state("library")
def library_that_is_empty(stage: Stage) -> Page:
    return stage.open("/library/")


@state("library")
def library_whose_worker_is_away(stage: Stage) -> Page:
    stage.said["away"] = "The score worker is away just now. Nothing is lost."
    filled(stage)
    page = stage.open("/library/")
    expect(page.locator("#away")).to_contain_text("is away")
    return page


@state("library")
def library_that_waits_for_the_sample(stage: Stage) -> Page:
    return stage.open("/library/?arriving=1")


@state("library")
def library_with_a_tile_of_each_kind(stage: Stage) -> Page:
    filled(stage)
    return stage.open("/library/")


@state("library")
def library_before_anything_is_said(stage: Stage) -> Page:
    scored_photo(stage.owner, None)
    return stage.open("/library/")


@state("library")
def library_with_some_chosen(stage: Stage) -> Page:
    photos = filled(stage)
    page = stage.open("/library/")
    for photo in photos[:2]:
        page.locator(f"#photo-{photo.pk}-open").focus()
        page.keyboard.press("x")
    expect(page.locator("#selection")).to_be_visible()
    return page


@state("library")
def library_with_a_toast(stage: Stage) -> Page:
    photos = filled(stage)
    page = stage.open("/library/")
    page.locator(f"#photo-{photos[2].pk}-open").focus()
    page.keyboard.press("2")
    expect(page.locator(".toast")).to_be_visible()
    page.locator(".toast button").first.focus()  # so that it stays
    return page


@state("library")
def library_with_the_menu(stage: Stage) -> Page:
    page = stage.open("/library/")
    page.locator(".menu > summary").click()
    return page


@state("library")
def library_with_the_keys(stage: Stage) -> Page:
    page = stage.open("/library/")
    page.keyboard.press("?")
    expect(page.locator("#keys-help")).to_be_visible()
    return page


@state("library")
def library_in_which_nothing_fits(stage: Stage) -> Page:
    scored_photo(stage.owner)
    return stage.open("/library/?feedback=like")


@state("library")
def search_with_finds(stage: Stage) -> Page:
    photos = filled(stage)
    stage.said["search"] = {"found": [[photo.pk, 4 - number] for number, photo in enumerate(photos)]}
    return stage.open("/library/?q=at+the+beach")


@state("library")
def search_that_looks(stage: Stage) -> Page:
    scored_photo(stage.owner)
    return stage.open("/library/?q=at+the+beach")


@state("library")
def search_without_an_answer(stage: Stage) -> Page:
    scored_photo(stage.owner)
    stage.said["search"] = {"error": "The score worker could not read it."}
    return stage.open("/library/?q=at+the+beach")


@state("library")
def library_with_the_upload_tray(stage: Stage) -> Page:
    page = stage.open("/library/")
    page.set_input_files("#empty-files", [GOOD, BAD])
    expect(page.locator("[data-part=close]")).to_be_visible()
    expect(page.locator("#grid")).to_be_visible()
    return page


@state("upload")
def upload(stage: Stage) -> Page:
    return stage.open("/upload/")


@state("upload")
def upload_with_its_tray(stage: Stage) -> Page:
    page = stage.open("/upload/")
    page.set_input_files("#files-js", [GOOD, BAD])
    expect(page.locator("[data-part=see]")).to_be_visible()
    return page


@state("upload")
def upload_without_a_script(stage: Stage) -> Page:
    page = stage.open("/upload/")
    page.set_input_files("#files", [GOOD, BAD])
    page.locator("#files").evaluate("field => field.form.submit()")
    expect(page.locator(".upload-outcome")).to_be_visible()
    return page


@state("selection_delete")
def several_photos_to_delete(stage: Stage) -> Page:
    page = library_with_some_chosen(stage)
    page.locator("#selection").evaluate("form => { form.action = '/photos/delete/'; form.submit(); }")
    page.wait_for_url("**/photos/delete/")
    return page


@state("map")
def map_of_nothing(stage: Stage) -> Page:
    return stage.open("/map/")


@state("map")
def map_with_a_photo_and_a_region(stage: Stage) -> Page:
    photos = [scored_photo(stage.owner, 0.1 * number) for number in range(9)]
    stage.said["map"] = {"points": [[each.pk, (at % 3) / 2, (at // 3) / 2] for at, each in enumerate(photos)]}
    page = stage.open("/map/")
    expect(page.locator("#map")).to_have_attribute("data-ready", "9")
    page.locator("#map canvas").click()  # the middle: a photo
    expect(page.locator(".map-card")).to_be_visible()
    page.locator("#map-choose").click()
    page.locator("#map canvas").press("Enter")
    return page


@state("trash")
def trash_that_is_empty(stage: Stage) -> Page:
    return stage.open("/trash/")


@state("trash")
def trash_with_deleted_photos(stage: Stage) -> Page:
    services.trash_photos(filled(stage))
    return stage.open("/trash/")


@state("trash_delete")
def trash_that_is_about_to_be_emptied(stage: Stage) -> Page:
    services.trash_photos(filled(stage))
    page = stage.open("/trash/")
    page.get_by_role("button", name="Empty now").click()
    expect(page.get_by_role("heading", name="for good?")).to_be_visible()
    return page


@state("library")
def library_beside_a_trash(stage: Stage) -> Page:
    photos = filled(stage)
    services.trash_photos(photos[:1])
    return stage.open("/library/")
