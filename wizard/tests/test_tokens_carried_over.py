"""The tokens of earlier releases, plain in a table of their own, go on working; their texts do not stay."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from wizard.models import ApiToken
from wizard.tests.token_samples import WRITE, caller, whole_database

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
KEY, ANOTHER = "9944b09199c62bcf9418ad846dd0e4bbdfc6ee4b", "0123456789abcdef0123456789abcdef01234567"
MADE = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
TABLE = "authtoken_token"


def migrate(name: str) -> None:
    MigrationExecutor(connection).migrate([("wizard", name)])


@pytest.fixture
def before(transactional_db: None) -> Iterator[None]:
    migrate("0001_initial")
    yield
    migrate("0002_earlier_tokens")


@pytest.fixture
def earlier(before: None, owner: User, stranger: User) -> None:
    """What rest_framework.authtoken made: one row for each of two people, and what says that it was made."""
    time = "timestamp with time zone" if connection.vendor == "postgresql" else "datetime"
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TABLE {TABLE} (key varchar(40) NOT NULL PRIMARY KEY, created {time} NOT NULL, user_id integer"
            " NOT NULL UNIQUE REFERENCES auth_user (id) DEFERRABLE INITIALLY DEFERRED)"
        )
        made = connection.ops.adapt_datetimefield_value(MADE)
        for key, user in ((KEY, owner), (ANOTHER, stranger)):
            cursor.execute(f"INSERT INTO {TABLE} (key, created, user_id) VALUES (%s, %s, %s)", [key, made, user.pk])
    MigrationRecorder(connection).record_applied("authtoken", "0001_initial")


def test_they_go_on_working(earlier: None, owner: User, stranger: User) -> None:
    migrate("0002_earlier_tokens")
    token = ApiToken.objects.get(owner=owner)
    assert (token.name, token.hint, token.scope, token.created_at) == ("Earlier token", "9944b0…", WRITE, MADE)
    assert (token.is_sign_in, token.last_used_at) == (False, None)
    for key, name in ((KEY, "hers"), (ANOTHER, "his")):
        answer = caller(key).post("/api/preferences/texts", {"phrase": name}, format="json")
        assert answer.status_code == 201
    assert ApiToken.objects.get(owner=stranger).last_used_at is not None


def test_their_texts_do_not_stay(earlier: None) -> None:
    assert KEY in whole_database()
    migrate("0002_earlier_tokens")
    assert TABLE not in connection.introspection.table_names()
    assert KEY not in whole_database()
    assert not MigrationRecorder(connection).migration_qs.filter(app="authtoken").exists()


def test_their_texts_do_not_stay_in_the_file_either(earlier: None) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("Postgres removes a dropped table's file")

    def file() -> bytes:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return Path(connection.settings_dict["NAME"]).read_bytes()

    assert KEY.encode() in file()
    migrate("0002_earlier_tokens")
    assert KEY.encode() not in file()


def test_a_database_that_never_had_them_is_left_as_it_is(before: None) -> None:
    migrate("0002_earlier_tokens")
    assert not ApiToken.objects.exists()
