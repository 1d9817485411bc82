"""What is stored looks like what Chromium shows of the same file, in the picture and in its thumbnail."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from classifier.images import clean_image
from classifier.tests.colour_samples import FIELDS, GREYS, seen_in
from classifier.tests.fault_samples import LIKE_CHROMIUM
from wizard.instance import BASE_DIR

WITHIN = 15
ANIMATED = ("fades in", "out of nothing", "anim_")
TYPES = {".jpg": "jpeg", ".png": "png", ".gif": "gif", ".webp": "webp", ".avif": "avif"}
CASES = Path(os.environ.get("WIZARD_TEST_CASES", BASE_DIR.parent / "shared" / "cases"))

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def blank_page(chromium: Browser) -> Iterator[Page]:
    page = chromium.new_page(viewport={"width": 400, "height": 300})
    yield page
    page.close()


def shown(page: Page, name: str, data: bytes) -> Image.Image:
    address = f"data:image/{TYPES[Path(name).suffix]};base64,{base64.b64encode(data).decode()}"
    page.set_content(f'<body style="margin:0;background:white"><img src="{address}">')
    page.evaluate("document.images[0].decode()")
    if name.startswith(ANIMATED):
        page.wait_for_timeout(400)  # until it has come to its last frame
    return Image.open(BytesIO(page.locator("img").screenshot()))


def assert_alike(data: bytes, wanted: Image.Image) -> None:
    clean = clean_image(data)
    assert (clean.width, clean.height) == wanted.size
    for output in (clean.image, clean.thumbnail):
        seen = seen_in(Image.open(BytesIO(output)))
        assert np.abs(np.subtract(seen, seen_in(wanted))).max() <= WITHIN, (seen, seen_in(wanted))


@pytest.mark.parametrize("name", LIKE_CHROMIUM)
def test_it_looks_as_in_chromium(blank_page: Page, name: str) -> None:
    data = LIKE_CHROMIUM[name]()
    assert_alike(data, shown(blank_page, name, data))


def test_the_reported_cases_look_right(blank_page: Page) -> None:
    files = sorted(path for path in CASES.glob("*") if path.suffix in (*TYPES, ".heic"))
    if not files:
        pytest.skip(f"no reported files in {CASES}: name their folder by WIZARD_TEST_CASES")
    for path in files:
        data, colours = path.read_bytes(), GREYS if path.name.startswith("grayalpha") else FIELDS
        clean = clean_image(data)
        assert (clean.width, clean.height) == (240, 160), path.name
        seen = [seen_in(Image.open(BytesIO(output))) for output in (clean.image, clean.thumbnail)]
        assert np.abs(np.subtract(seen, colours)).max() <= WITHIN, (path.name, seen)
        if path.suffix in TYPES:
            assert_alike(data, shown(blank_page, path.name, data))
