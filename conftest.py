"""Fixtures that every test may ask for."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from unittest.mock import Mock

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer
from rest_framework.test import APIClient

from classifier import vectors
from classifier.questions.finding import NoAnswer
from classifier.tests.factories import UserFactory
from wizard.tests import groups
from wizard.tests.browser import Answering, Opener, PageErrors, launched, left_of
from wizard.tests.buckets import Bucket, new_bucket, s3_server
from wizard.tests.tiers import TimeBudget, marks_without_a_reason, runs_a_product


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full", action="store_true", help="run the full tier too: the tests marked `full`")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(groups)
    if not config.getoption("--full") and "coverage" not in sys.modules:  # which makes every test slower
        config.pluginmanager.register(TimeBudget())


@pytest.hookimpl(tryfirst=True)  # pytest-xdist reads the groups in the same hook
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if complaints := [complaint for item in items for complaint in marks_without_a_reason(item)]:
        raise pytest.UsageError("\n".join(complaints))
    for item in items:
        if runs_a_product(item):
            item.add_marker(pytest.mark.xdist_group("product"))  # two cores are enough for one product at a time
    left_out = [item for item in items if not _is_in_this_run(config, item)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in set(left_out)]


def _is_in_this_run(config: pytest.Config, item: pytest.Item) -> bool:
    """The commit tier leaves out what is marked `full`; a run on Postgres what would be the same again."""
    if item.get_closest_marker("full") and not config.getoption("--full"):
        return False
    return not os.environ.get("WIZARD_TEST_DATABASE_URL") or _depends_on_the_database(item)


def _depends_on_the_database(item: pytest.Item) -> bool:
    """By what it asks for, itself or through its fixtures; marked `system`, it starts a product that has one.

    What a page does in a browser is held once: what it is made of is asked of both databases without one.
    """
    if any(item.get_closest_marker(mark) for mark in ("browser", "once")):
        return False
    asks_for = getattr(item, "fixturenames", [])
    is_marked = any(item.get_closest_marker(mark) for mark in ("django_db", "system"))
    return is_marked or bool({"db", "transactional_db", "live_server"}.intersection(asks_for))


@pytest.fixture(scope="session")
def is_full(pytestconfig: pytest.Config) -> bool:
    """Whether this is the full tier, where tests that search do so in depth."""
    return bool(pytestconfig.getoption("--full"))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests: Playwright runs once in a thread."""
    with launched() as browser:
        yield browser


@pytest.fixture(autouse=True)
def no_library_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that is rolled back gives its primary keys to the next one."""
    monkeypatch.setattr(vectors, "_kept", {})


@pytest.fixture
def owner(db: None) -> User:
    return UserFactory.create()


@pytest.fixture
def stranger(db: None) -> User:
    return UserFactory.create()


@pytest.fixture
def owner_client(owner: User, client: Client) -> Client:
    client.force_login(owner)
    return client


@pytest.fixture
def api(owner: User) -> APIClient:
    """The API as the owner sees it."""
    caller = APIClient()
    caller.force_authenticate(owner)
    return caller


@pytest.fixture
def strangers_api(stranger: User) -> APIClient:
    caller = APIClient()
    caller.force_authenticate(stranger)
    return caller


@pytest.fixture
def page_errors() -> PageErrors:
    return PageErrors()


@pytest.fixture(scope="session")
def answering(live_server: LiveServer) -> Answering:
    """What the live server is at."""
    server = live_server.thread.httpd
    found = Answering(server.get_app())  # type: ignore[arg-type]  # there is one by now
    server.set_app(found)
    return found


@pytest.fixture
def open_page(
    chromium: Browser, live_server: LiveServer, answering: Answering, owner: User, page_errors: PageErrors
) -> Iterator[Opener]:
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
        page_errors.listen(page)
        page.goto(address)
        return page

    yield open_
    left = left_of(contexts, page_errors)
    answering.wait()
    assert left == [], left


@pytest.fixture
def no_similar_photos(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a score worker a photo's page asks for similar photos again and again. With this it asks once.

    For a test in which the photo or the session goes while the page is open: the next question would be refused.
    """
    monkeypatch.setattr("classifier.views.questions.find", Mock(side_effect=NoAnswer))


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    with s3_server() as endpoint:
        yield endpoint


@pytest.fixture
def bucket(s3_endpoint: str, settings: Settings) -> Bucket:
    """Files are kept in it for as long as the test lasts."""
    found = new_bucket(s3_endpoint)
    settings.STORAGES = found.storages
    return found
