"""Writes that may be left out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

WAIT_MS = 50


@contextmanager
def little_patience() -> Iterator[None]:
    """Within it SQLite, which has one writer at a time, gives up after a moment instead of the usual twenty seconds.

    Postgres needs none of it: there writers of different rows do not wait for one another.
    """
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        (usual,) = cursor.fetchone()
        cursor.execute(f"PRAGMA busy_timeout = {WAIT_MS}")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {usual}")
