from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from pytest_django import Settings
from pytest_django.plugin import DjangoDbBlocker

from classifier.tests.factories import scored_photo
from classifier.tests.memory_store import change_in
from wizard import store, workers
from wizard.instance import Instance
from wizard.tests.access import Found, walk
from wizard.tests.backups import made
from wizard.tests.browser import Opener, PageErrors
from wizard.tests.prepared import Prepared, prepare
from wizard.tests.states import Stage


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    """What fails on a running product is told with the end of that product's log."""
    report = yield
    if report.failed:
        for name, found in getattr(item, "funcargs", {}).items():
            if isinstance(found, Instance):
                report.sections.append((f"log of {name}", found.last_words()))
    return report


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """What a first start leaves behind, for whoever does not ask about the first start itself: it takes long."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "prepared"
    folder.mkdir(exist_ok=True)
    return prepare(folder)


@pytest.fixture(scope="session")
def instance(prepared: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """One running product for all tests of the whole system: starting it takes seconds."""
    with prepared.running(tmp_path_factory.mktemp("system") / "data") as running:
        yield running


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of `running`."""
    return tmp_path_factory.mktemp("own") / "data"


@pytest.fixture(scope="module")
def running(prepared: Prepared, data_dir: Path) -> Iterator[Instance]:
    """A product for one module alone, which does to it what the others would not survive."""
    with prepared.running(data_dir) as own:
        yield own


@pytest.fixture(scope="session")
def walked(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Found:
    """What every address answers to every method and caller. It takes long: the tests that need it share a process."""
    with django_db_blocker.unblock():
        return walk()


@pytest.fixture
def backup(owner: User, tmp_path: Path) -> Path:
    """Of one photo. It needs a database whose rows are committed (`transaction=True`)."""
    scored_photo(owner)
    return made(tmp_path / "monday.tar")


@pytest.fixture
def stage(
    owner: User, open_page: Opener, monkeypatch: pytest.MonkeyPatch, settings: Settings, page_errors: PageErrors
) -> Stage:
    """Where the states of the pages are set up. There is no Redis: what is kept there is kept in a dictionary."""
    kept: dict[str, Any] = {}
    monkeypatch.setattr(store, "put", lambda key, value, seconds: kept.update({key: value}))
    monkeypatch.setattr(store, "get", kept.get)
    monkeypatch.setattr(store, "change", partial(change_in, kept))
    monkeypatch.setattr(store, "is_first", lambda key, seconds: False)
    said: dict[str, Any] = {}
    for module in ("views.questions", "questions.finding"):
        monkeypatch.setattr(f"classifier.{module}.ask", lambda owner, question, **about: said.get(question))
    monkeypatch.setattr(workers, "trouble_of", lambda queue: said.get("away", ""))
    return Stage(owner, open_page, said, settings, page_errors)
