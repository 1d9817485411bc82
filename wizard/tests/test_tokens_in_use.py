"""When a token was last used: noted once a minute, and never at a request's cost."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from wizard.models import ApiToken
from wizard.patience import WAIT_MS, little_patience
from wizard.tests.token_samples import caller, make
from wizard.tokens import note_use


def writes_of(call: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as seen:
        call()
    return sum(query["sql"].startswith("UPDATE") for query in seen.captured_queries)


def test_its_use_is_noted_once_a_minute(owner: User) -> None:
    token, text = make(owner)
    client = caller(text)
    assert writes_of(lambda: client.get("/api/preferences")) == 1
    token.refresh_from_db()
    assert token.last_used_at is not None
    assert timezone.now() - token.last_used_at < timedelta(minutes=1)
    assert writes_of(lambda: client.get("/api/preferences")) == 0
    ApiToken.objects.update(last_used_at=timezone.now() - timedelta(seconds=61))
    assert writes_of(lambda: client.get("/api/preferences")) == 1


def test_of_two_requests_at_once_one_notes_it(owner: User) -> None:
    first, _ = make(owner)
    second = ApiToken.objects.get()
    note_use(first)
    noted = ApiToken.objects.get().last_used_at
    note_use(second)  # which was read before the first one wrote
    assert ApiToken.objects.get().last_used_at == noted


def test_a_database_that_fails_then_does_not_fail_the_request(owner: User) -> None:
    _, text = make(owner)

    def fail(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("UPDATE") and "wizard_apitoken" in sql:
            raise OperationalError("disk full")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(fail):
        assert caller(text).get("/api/photos").status_code == 200
    assert ApiToken.objects.get().last_used_at is None


@pytest.mark.django_db(transaction=True)
def test_a_locked_database_does_not_fail_the_request(transactional_db: None, owner: User) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite has one lock for everything")
    _, text = make(owner)
    writer = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    try:
        assert caller(text).get("/api/photos").status_code == 200
    finally:
        writer.close()
    assert ApiToken.objects.get().last_used_at is None
    assert caller(text).get("/api/photos").status_code == 200
    assert ApiToken.objects.get().last_used_at is not None


def test_little_patience_ends_with_its_block(db: None) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("nothing is changed on other databases")

    def patience() -> int:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout")
            return int(cursor.fetchone()[0])

    usual = patience()
    with little_patience():
        assert patience() == WAIT_MS != usual
    assert patience() == usual
