"""Fixtures that every test may ask for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Browser
from rest_framework.test import APIClient

from classifier.tests.factories import UserFactory
from wizard.tests.browser import launched


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests: Playwright runs once in a thread."""
    with launched() as browser:
        yield browser


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
