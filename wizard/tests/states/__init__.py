"""Every state of every page, as a reader meets it: each brings the page there and hands it over, to be looked at.

`test_browser_access.py` looks, and misses a page that stands in no state here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from playwright.sync_api import Page
from pytest_django import Settings

from wizard.tests.browser import Opener, PageErrors


@dataclass(frozen=True)
class Stage:
    owner: User
    open: Opener
    said: dict[str, Any]  # by the score worker, by question; what is not here is on its way. "away": why it is silent
    settings: Settings
    page_errors: PageErrors


@dataclass(frozen=True)
class State:
    name: str
    pages: tuple[str, ...]  # names of the addresses that it shows
    shown: Callable[[Stage], Page]


STATES: list[State] = []


def state(*pages: str) -> Callable[[Callable[[Stage], Page]], Callable[[Stage], Page]]:
    def add(shown: Callable[[Stage], Page]) -> Callable[[Stage], Page]:
        STATES.append(State(shown.__name__, pages, shown))
        return shown

    return add


from wizard.tests.states import accounts, errors, library, photo, review, taste, training, versions  # noqa: E402, F401
