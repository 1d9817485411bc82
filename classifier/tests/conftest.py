"""Pages in Chromium, signed in, that let no error pass unseen."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page
from pytest_django.live_server_helper import LiveServer

Opener = Callable[..., Page]


@pytest.fixture
def page_errors() -> list[str]:
    """What the pages of a test complained of; a test that provokes complaints takes them out."""
    return []


@pytest.fixture
def open_page(chromium: Browser, live_server: LiveServer, owner: User, page_errors: list[str]) -> Iterator[Opener]:
    """Open an address of the owner's; keywords are those of Playwright's `new_context`."""
    contexts: list[BrowserContext] = []

    def open_(address: str, **options: object) -> Page:
        context = chromium.new_context(base_url=live_server.url, **options)  # type: ignore[arg-type]  # passed through
        contexts.append(context)
        client = Client()
        client.force_login(owner)
        name = settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: page_errors.append(str(error)))
        page.on("console", lambda said: page_errors.append(said.text) if said.type == "error" else None)
        page.goto(address)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert page_errors == []
