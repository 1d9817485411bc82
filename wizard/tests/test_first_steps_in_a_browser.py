"""From a new account to a training, on the real product, led by the first steps alone: no address is typed."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from wizard.instance import Instance
from wizard.tests.browser import fresh_page
from wizard.tests.test_main_job_in_a_browser import SLOW, sign_up

pytestmark = [
    pytest.mark.system,
    pytest.mark.browser,
    pytest.mark.slow("waits for the sample library and the real model on the running product"),
]

CARD = ".review-card:not([inert]):not(.leaving)"


@pytest.mark.parametrize(
    "script",
    [
        True,
        pytest.param(
            False,
            marks=pytest.mark.full("the same steps with a page load each"),
        ),
    ],
    ids=["script", "no-script"],
)
def test_the_first_steps_lead_to_a_training(chromium: Browser, instance: Instance, script: bool) -> None:
    view = {"width": 320, "height": 640}
    with fresh_page(chromium, base_url=instance.url, java_script_enabled=script, viewport=view) as page:
        sign_up(page, f"first-steps-{script}".lower())
        say_what_is_liked(page)
        take_the_sample(page, script)
        answer_ten_of_each(page)
        follow_the_line(page, "Step 4 of 4")
        page.get_by_role("button", name="Train", exact=True).click()
        expect(page.locator("#running-title")).to_be_visible()


def follow_the_line(page: Page, step: str) -> None:
    line = page.locator("#first-line")
    expect(line).to_contain_text(step, timeout=SLOW)
    line.get_by_role("link").click()


def say_what_is_liked(page: Page) -> None:
    page.get_by_role("link", name="Write it down").click()
    page.fill("#new-want", "at the beach")
    page.locator("form.phrase-add", has=page.locator("#new-want")).get_by_role("button", name="Add").click()
    expect(page.get_by_role("button", name="Remove “at the beach”")).to_be_visible()


def take_the_sample(page: Page, script: bool) -> None:
    follow_the_line(page, "Step 2 of 4")
    page.get_by_role("button", name="Try the sample photos").click()
    if not script:
        look_again_until(page, page.locator("#first-line").get_by_text("Step 3 of 4"))
    follow_the_line(page, "Step 3 of 4")
    if not script:
        look_again_until(page, page.locator(CARD))


def look_again_until(page: Page, wanted: Locator) -> None:
    """Without JavaScript nothing looks by itself."""
    for _ in range(60):
        if wanted.count():
            break
        page.wait_for_timeout(1000)
        page.get_by_role("link", name="Look again").click()


def answer_ten_of_each(page: Page) -> None:
    for number in range(20):
        asked = page.locator(CARD)
        expect(asked).to_have_count(1, timeout=SLOW)
        photo = asked.get_attribute("id")
        page.locator(f'[data-answer="{"like" if number % 2 else "dislike"}"]').click()
        expect(page.locator(f"#{photo}:not(.leaving)")).to_have_count(0)
