from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import FilePayload, Page, Route, expect

from classifier.images import MAX_BYTES
from classifier.models import Photo
from classifier.tests.factories import jpeg
from wizard.tests.browser import Opener, PageErrors

pytestmark = pytest.mark.browser


def picture(number: int) -> FilePayload:
    content = jpeg(f"rgb({number % 10 * 25}, {number // 10 * 25}, 90)", size=(32, 40))
    return {"name": f"{number}.jpg", "mimeType": "image/jpeg", "buffer": content}


def said(page: Page) -> str:
    expect(page.locator("[data-part=cancel]")).to_be_hidden(timeout=60_000)
    return page.locator("[data-part=counts]").inner_text()


def test_many_files_go_out_in_small_parts(open_page: Opener, owner: User) -> None:
    page = open_page("/upload/")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.fill("#upload-bio", "Sails.")
    page.set_input_files("#files-js", [picture(number) for number in range(100)])
    assert said(page) == "100 of 100 added"
    assert len(sent) == 13
    assert Photo.objects.filter(owner=owner, bio="Sails.").count() == 100


def test_what_is_refused_is_named_and_harms_nothing_else(open_page: Opener, owner: User, tmp_path: Path) -> None:
    contents = {
        "beach.jpg": jpeg("gold"),
        "beach again.jpg": jpeg("gold"),
        "notes.jpg": b"hello",
        "huge.jpg": bytes(MAX_BYTES + 2**20),
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    page = open_page("/upload/")
    page.set_input_files("#files-js", [tmp_path / name for name in contents])
    assert said(page) == "1 of 4 added, 1 already here, 2 refused"
    refusals = page.locator("[data-part=refusals]")
    expect(refusals).to_contain_text("notes.jpg")
    expect(refusals).to_contain_text("This file is not a picture;")
    expect(refusals).to_contain_text("This file is over 20 MB; add a smaller copy.")


def test_files_dropped_on_the_library_appear_there(open_page: Opener, owner: User) -> None:
    page = open_page("/library/")
    dropped = page.evaluate_handle(
        """async (bytes) => {
            const transfer = new DataTransfer();
            transfer.items.add(new File([new Uint8Array(bytes)], "dropped.jpg", { type: "image/jpeg" }));
            return transfer;
        }""",
        list(jpeg("gold")),
    )
    page.dispatch_event("main", "dragenter", {"dataTransfer": dropped})
    expect(page.locator("#drop-veil")).to_be_visible()
    page.dispatch_event("main", "drop", {"dataTransfer": dropped})
    expect(page.locator("#drop-veil")).to_be_hidden()
    assert said(page) == "1 of 1 added"
    expect(page.locator("#grid .tile")).to_have_count(1)


def test_a_picture_can_be_pasted(open_page: Opener, owner: User) -> None:
    page = open_page("/library/")
    page.evaluate(
        """(bytes) => {
            const clipboardData = new DataTransfer();
            clipboardData.items.add(new File([new Uint8Array(bytes)], "image.png", { type: "image/png" }));
            document.dispatchEvent(new ClipboardEvent("paste", { clipboardData }));
        }""",
        list(jpeg("gold")),
    )
    assert said(page) == "1 of 1 added"


PASTE = """([bytes, text, html, place]) => {
    const clipboardData = new DataTransfer();
    clipboardData.items.add(new File([new Uint8Array(bytes)], "image.png", { type: "image/png" }));
    if (text) clipboardData.setData("text/plain", text);
    if (html) clipboardData.setData("text/html", html);
    document.querySelector(place).dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true }));
}"""


@pytest.mark.parametrize(
    ("text", "html", "place"),
    [
        ("1\t2", "<table><tr><td>1<td>2</table>", "#upload-bio"),
        ("1\t2", "<table><tr><td>1<td>2</table>", "body"),
        ("beach.png", "", "#upload-bio"),
    ],
    ids=["cells in a field", "cells", "the name of a file in a field"],
)
def test_pasted_text_adds_no_photo(open_page: Opener, owner: User, text: str, html: str, place: str) -> None:
    page = open_page("/upload/")
    page.evaluate(PASTE, [list(jpeg("gold")), text, html, place])
    expect(page.locator("#upload-tray")).to_be_hidden()
    page.evaluate(PASTE, [list(jpeg("red")), "", "<img src=x>", "body"])  # a picture that was copied on a web page
    assert said(page) == "1 of 1 added"


def test_a_part_whose_answer_was_lost_is_sent_again(open_page: Opener, owner: User, page_errors: PageErrors) -> None:
    page = open_page("/upload/")
    lost: list[str] = []

    def lose_the_answer_once(route: Route) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.request.url)
        route.fetch()  # the server has the photos; the browser never hears of it
        page_errors.provoke("net::ERR_FAILED")
        route.abort()

    page.route("**/api/photos", lose_the_answer_once)
    page.set_input_files("#files-js", [picture(number) for number in range(3)])
    assert said(page) == "0 of 3 added, 3 already here"
    assert Photo.objects.filter(owner=owner).count() == 3


def test_it_can_be_stopped(open_page: Opener, owner: User) -> None:
    page = open_page("/upload/")
    page.route("**/api/photos", lambda route: None)  # never answers
    page.set_input_files("#files-js", [picture(number) for number in range(30)])
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("[data-part=title]")).to_have_text("Stopped. What was added is kept.")
