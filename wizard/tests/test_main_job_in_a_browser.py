"""What a new user does, in a real Chromium, on the real product."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, FilePayload, Page, expect

from classifier.sample import sample_photos
from wizard.instance import Instance
from wizard.tests.browser import fresh_page

pytestmark = [
    pytest.mark.system,
    pytest.mark.browser,
    pytest.mark.slow("waits for the real model on the running product"),
]

PASSWORD = "four quiet words here"
SLOW = 60_000  # ms: the score worker may be busy with another test's photos


@pytest.fixture
def page(chromium: Browser, instance: Instance, request: pytest.FixtureRequest) -> Iterator[Page]:
    """Signed up as somebody new, on an empty library."""
    with fresh_page(chromium, base_url=instance.url) as opened:
        sign_up(opened, re.sub(r"\W+", "-", request.node.name)[-60:])
        yield opened


def sign_up(page: Page, username: str) -> None:
    page.goto("/accounts/sign-up/")
    page.fill("[name=username]", username)
    page.fill("[name=password1]", PASSWORD)
    page.fill("[name=password2]", PASSWORD)
    page.check("[name=is_adult]")
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_text("Your first steps")).to_be_visible()


def samples(attribute: str, count: int) -> list[Path]:
    return [photo.file for photo in sample_photos() if attribute in photo.attributes][:count]


def test_photos_go_in_scores_with_reasons_come_out_and_answers_are_kept(page: Page, tmp_path: Path) -> None:
    broken = tmp_path / "notes.jpg"
    broken.write_text("this is no picture")
    beach, other = samples("beach", 6), samples("kitchen", 18)

    page.goto("/upload/")
    page.set_input_files("#files-js", [*beach, *other, broken])
    tray = page.locator("#upload-tray")
    expect(tray).to_contain_text("24 of 25 added, 1 refused", timeout=SLOW)
    expect(tray).to_contain_text("notes.jpg")  # refused, with its sentence; the others unharmed

    page.goto("/taste/")
    page.fill("#new-want", "at the beach")
    page.locator("form.phrase-add", has=page.locator("#new-want")).get_by_role("button", name="Add").click()
    expect(page.get_by_role("button", name="Remove “at the beach”")).to_be_visible()

    page.goto("/library/")
    expect(page.locator(".tile-queued")).to_have_count(0, timeout=SLOW)  # tiles fill in by themselves
    expect(page.locator(".tile")).to_have_count(24)
    page.wait_for_function("() => document.querySelectorAll('.tile .ring').length === 24", timeout=SLOW)

    page.goto("/library/")
    page.locator(".tile-open").first.click()
    expect(page.locator("#panel")).to_contain_text("at the beach")
    page.wait_for_load_state()  # the scripts take keys from now on
    liked = page.locator("#answer-like")
    with page.expect_response("**/answer/"):  # shown at once, kept when the server has it
        page.keyboard.press("2")
    expect(liked).to_have_attribute("aria-pressed", "true")
    page.reload()
    expect(liked).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("3")
    expect(page.locator("#answer-super_like")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("z")
    expect(liked).to_have_attribute("aria-pressed", "true")


@pytest.mark.full("a thousand files; test_browser_upload.py has some")
def test_a_drop_of_a_thousand_files_is_added_with_progress(page: Page) -> None:
    page.goto("/upload/")
    # Through the page's own drop handler; Chromium takes at most 50 MB of generated files in one go.
    page.set_input_files("#files-js", [tiny_file(number) for number in range(1000)])
    tray = page.locator("#upload-tray")
    expect(tray).to_contain_text(re.compile(r"of 1,000"))
    expect(tray).to_contain_text("1,000 of 1,000 added", timeout=180_000)


def tiny_file(number: int) -> FilePayload:
    buffer = io.BytesIO()
    Image.new("RGB", (24, 30), (number % 256, number // 256 * 60, 128)).save(buffer, "PNG")
    return {"name": f"photo {number}.png", "mimeType": "image/png", "buffer": buffer.getvalue()}


def test_everything_works_without_javascript(chromium: Browser, instance: Instance) -> None:
    with fresh_page(chromium, base_url=instance.url, java_script_enabled=False) as page:
        sign_up(page, "no-script")
        page.goto("/taste/")
        page.fill("#new-want", "in the kitchen")
        page.locator("form.phrase-add", has=page.locator("#new-want")).get_by_role("button", name="Add").click()
        expect(page.get_by_role("button", name="Remove “in the kitchen”")).to_be_visible()

        page.goto("/upload/")
        page.set_input_files("#files", samples("kitchen", 2))
        page.get_by_role("button", name="Add photos").click()
        page.goto("/library/?sort=newest")
        for _ in range(60):
            if page.locator(".tile").count() == 2 and not page.locator(".tile-queued").count():
                break
            page.wait_for_timeout(1000)
            page.reload()
        page.locator(".tile-open").first.click()
        page.locator("#answer-dislike").click()
        expect(page.locator("#answer-dislike")).to_have_attribute("aria-pressed", "true")


def test_a_stranger_sees_nothing_of_the_demo_users_photos(page: Page, instance: Instance) -> None:
    photo = instance.api().every_photo()[0]
    for path in (f"/photos/{photo['id']}/", photo["image"], photo["thumbnail"]):
        answer = page.request.get(path)
        assert answer.status == 404
