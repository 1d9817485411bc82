"""A real Chromium for tests: skipped where there is none, except in CI, where they are the point."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, sync_playwright

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

Opener = Callable[..., Page]

ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium_path() -> str:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path:
        return path
    if os.environ.get("CI"):
        pytest.fail("CI has no Chromium: .ci/run installs it")
    pytest.skip("no Chromium on this machine: install the package `chromium` to run the browser tests")


@contextmanager
def launched() -> Iterator[Browser]:
    path = chromium_path()
    # Playwright runs an event loop in this thread; the ORM is used beside it, never inside.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()
            del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


# The line "Updating your scores" asks, and another answer replaces it meanwhile: htmx then looks for the places of what
# comes in the line that is gone, and finds none. The new line asks by itself; test_workers_away.py sees the notice.
HARMLESS = ("htmx:oobErrorNoTarget, #away",)


@dataclass
class PageErrors:
    """What the pages of a test complained of (a blocked script, say, or an answer that failed)."""

    heard: list[str] = field(default_factory=list)
    provoked: list[str] = field(default_factory=list)

    def listen(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.heard.append(str(error)))
        page.on("console", self._hear)

    def provoke(self, part: str) -> None:
        """The test brings about complaints like it. They need not have arrived yet: the browser says them beside."""
        self.provoked.append(part)

    def left(self) -> list[str]:
        return [said for said in self.heard if not any(part in said for part in (*HARMLESS, *self.provoked))]

    def _hear(self, said: ConsoleMessage) -> None:
        if said.type == "error":
            self.heard.append(f"{said.text} [{said.location['url']}]")


def left_of(contexts: Iterable[BrowserContext], errors: PageErrors) -> list[str]:
    """What the pages complained of until now, and closes them: what they say as they go is nobody's fault."""
    for context in contexts:
        for page in context.pages:
            with suppress(Error):  # it crashed, or is just on its way to another address
                page.evaluate("0")  # what was said before this answer has arrived
    left = errors.left()
    for context in contexts:
        context.close()
    return left


@contextmanager
def fresh_page(browser: Browser, **context: Any) -> Iterator[Page]:
    """A page with an empty profile; it fails the test when the page complained."""
    opened = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **context})
    page, errors = opened.new_page(), PageErrors()
    errors.listen(page)
    try:
        yield page
    finally:
        left = left_of([opened], errors)
    assert left == [], left


def wait_on(page: Page, is_so: Callable[[], object], what: str, seconds: float = 10) -> None:
    """Let Playwright handle the events of the page until `is_so()`. Fails the test after `seconds`."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        page.wait_for_timeout(20)


class Answering:
    """Around the application of a live server: knows what that is answering."""

    def __init__(self, application: WSGIApplication) -> None:
        self.application = application
        self.under_way: list[str] = []

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterator[bytes]:
        asked = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"
        self.under_way.append(asked)
        try:
            with closing(self.application(environ, start_response)) as answer:  # type: ignore[type-var]  # Django's are
                yield from answer
        finally:
            self.under_way.remove(asked)

    def wait(self, seconds: float = 30) -> None:
        """What a closed page has asked for is still written; nobody shall empty the database under it."""
        deadline = time.monotonic() + seconds
        while self.under_way:
            assert time.monotonic() < deadline, f"after {seconds} s it still answers {self.under_way}"
            time.sleep(0.01)
