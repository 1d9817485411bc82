"""What the tray says when the server takes nothing, when the reader stops it, and when nothing was dropped."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import FilePayload, Page, expect

from classifier import services
from classifier.models import Photo
from classifier.tests.factories import jpeg
from classifier.tests.test_browser_upload_faults import counts, drop
from wizard.tests.browser import Opener, PageErrors

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NO_PHOTOS = "There are no photos in this. Choose picture files, or a folder that holds some."
NO_LINKS = "A link cannot be added. Save the picture on this device first, then drop the file."
PICTURES: list[FilePayload] = [
    {"name": f"{number}.jpg", "mimeType": "image/jpeg", "buffer": jpeg(size=(32, 40 + number))} for number in range(20)
]


def let_time_pass(page: Page) -> None:
    """Until the page has made all of its attempts."""
    for _ in range(50):
        if page.locator("[data-part=cancel]").is_hidden():
            return
        page.clock.fast_forward(10_000)
        page.wait_for_timeout(20)
    raise AssertionError("it still tries")


@pytest.mark.parametrize("status", [429, 503, 507])
def test_the_sentence_of_the_server_is_shown(open_page: Opener, page_errors: PageErrors, status: int) -> None:
    page_errors.provoke(f"a status of {status}")
    page = open_page("/upload/")
    page.clock.install()
    body = json.dumps({"detail": "The disk is full. Make room, then try again.", "code": "unavailable"})
    page.route("**/api/photos", lambda route: route.fulfill(status=status, body=body, headers={"Retry-After": "5"}))
    page.set_input_files("#files-js", PICTURES)
    expect(page.locator("[data-part=title]")).to_have_text("The disk is full. Make room, then try again.")
    let_time_pass(page)
    expect(page.locator("[data-part=title]")).to_have_text("The disk is full. Make room, then try again.")
    assert counts(page) == "0 of 20 added, 20 not sent"
    page.unroute_all()
    page.get_by_role("button", name="Try again").click()
    assert counts(page) == "20 of 20 added"


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ('{"detail": "Files have at most 1 MB."}', "Files have at most 1 MB."),
        ("<h1>413</h1>", "This file is larger than the server accepts; add a smaller copy."),
    ],
    ids=["ours", "of a proxy"],
)
def test_a_file_too_large_for_the_server_is_named(
    open_page: Opener, page_errors: PageErrors, body: str, sentence: str
) -> None:
    page_errors.provoke("a status of 413")
    page = open_page("/upload/")
    page.route("**/api/photos", lambda route: route.fulfill(status=413, body=body))
    page.set_input_files("#files-js", PICTURES[:2])
    assert counts(page) == "0 of 2 added, 2 refused"
    expect(page.locator("[data-part=refusals]")).to_contain_text(f"0.jpg{sentence}")


def test_a_file_that_breaks_the_server_takes_no_other_along(open_page: Opener, page_errors: PageErrors) -> None:
    page_errors.provoke("a status of 500")
    page = open_page("/upload/")
    broken = b'filename="3.jpg"'

    page.route(
        "**/api/photos",
        lambda route: (
            route.fulfill(status=500, body='{"detail": "The wizard met an error."}')
            if broken in (route.request.post_data_buffer or b"")
            else route.continue_()
        ),
    )
    page.set_input_files("#files-js", PICTURES[:8])
    assert counts(page) == "7 of 8 added, 1 not sent"
    expect(page.locator("[data-part=title]")).to_have_text("The wizard met an error.")


def test_after_stop_everything_added_is_counted(
    open_page: Opener, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server works on two parts of eight when Stop is pressed."""
    is_stopped, at_work = threading.Event(), threading.Semaphore(0)
    add_photos = services.add_photos

    def add_later(**given: Any) -> services.UploadOutcome:
        at_work.release()
        is_stopped.wait(20)
        return add_photos(**given)

    monkeypatch.setattr(services, "add_photos", add_later)
    page = open_page("/upload/")
    page.set_input_files("#files-js", PICTURES)
    for _ in range(2):
        assert at_work.acquire(timeout=20)
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("[data-part=title]")).to_have_text("Stopping; the last photos are being added")
    is_stopped.set()
    expect(page.locator("[data-part=title]")).to_have_text("Stopped. What was added is kept.")
    assert counts(page) == "16 of 20 added"
    assert Photo.objects.owned_by(owner).count() == 16


@pytest.mark.parametrize("name", ["nothing", ".hidden.jpg"])
def test_a_folder_without_photos_says_so(open_page: Opener, tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    if name != "nothing":
        (tmp_path / "empty" / name).write_bytes(jpeg())
    page = open_page("/upload/")
    drop(page, files=[tmp_path / "empty"])
    expect(page.locator(".toast")).to_contain_text(NO_PHOTOS)
    expect(page.locator("#upload-tray")).to_be_hidden()


@pytest.mark.parametrize("address", ["/upload/", "/library/"])
def test_a_dropped_link_says_what_to_do(open_page: Opener, address: str) -> None:
    page = open_page(address)
    drop(page, link="https://example.org/beach.jpg")
    expect(page.locator(".toast")).to_contain_text(NO_LINKS)
    assert page.url.endswith(address)
