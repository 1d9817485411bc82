"""Files that cannot be read, or are no files: each is named, and harms no other."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from classifier.tests.factories import jpeg
from wizard.tests.browser import Opener

pytestmark = pytest.mark.browser

UNREADABLE = """
    document.addEventListener("drop", (event) => {
        const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry());
        const entry = Object.getPrototypeOf(entries.find(({ isFile }) => isFile));
        const { file } = entry;
        entry.file = function (found, failed) {
            if (this.name === "locked.jpg") failed(new DOMException("", "NotReadableError"));
            else file.call(this, found, failed);
        };
    }, { capture: true, once: true });
"""
CANNOT_READ = "This could not be read; it may have been moved, changed or deleted. Choose it again."


def pictures(folder: Path, number: int) -> list[Path]:
    folder.mkdir(exist_ok=True)
    paths = [folder / f"{each}.jpg" for each in range(number)]
    for each, path in enumerate(paths):
        path.write_bytes(jpeg(f"rgb({each * 5}, 90, 90)", size=(32, 40)))
    return paths


def drop(page: Page, *, files: Sequence[Path] = (), link: str = "") -> None:
    """As from the file manager, which is how folders come, or as a link from another window."""
    items = [{"mimeType": "text/uri-list", "data": link}] if link else []
    data = {"items": items, "files": [str(file) for file in files], "dragOperationsMask": 1}
    browser = page.context.new_cdp_session(page)
    for kind in ("dragEnter", "dragOver", "drop"):
        browser.send("Input.dispatchDragEvent", {"type": kind, "x": 300, "y": 300, "data": data})


def counts(page: Page) -> str:
    expect(page.locator("[data-part=cancel]")).to_be_hidden(timeout=60_000)
    expect(page.locator("[data-part=counts]")).not_to_be_empty()
    return page.locator("[data-part=counts]").inner_text()


def test_an_unreadable_file_in_a_folder_is_named(open_page: Opener, tmp_path: Path) -> None:
    pictures(tmp_path / "trip", 3)
    for name in ("trip/locked.jpg", "beside.jpg"):
        (tmp_path / name).write_bytes(jpeg())
    page = open_page("/upload/")
    page.evaluate(UNREADABLE)
    drop(page, files=[tmp_path / "trip", tmp_path / "beside.jpg"])
    expect(page.locator("[data-part=refusals]")).to_contain_text(f"locked.jpg{CANNOT_READ}")
    assert counts(page) == "4 of 5 added, 1 refused"


@pytest.mark.parametrize("fault", ["deleted", "changed"])
def test_a_file_lost_before_its_turn_takes_no_other_along(open_page: Opener, tmp_path: Path, fault: str) -> None:
    paths = pictures(tmp_path / "chosen", 24)
    page = open_page("/upload/")
    held: list[Route] = []
    page.route("**/api/photos", lambda route: held.append(route), times=2)
    page.set_input_files("#files-js", paths)
    while len(held) < 2:  # the first two parts are on their way; the third one waits
        page.wait_for_timeout(20)
    if fault == "deleted":
        paths[20].unlink()
    else:
        paths[20].write_bytes(jpeg("red", size=(64, 80)))
    for route in held:
        route.continue_()
    assert counts(page) == "23 of 24 added, 1 refused"
    expect(page.locator("[data-part=refusals]")).to_contain_text(f"20.jpg{CANNOT_READ}")
