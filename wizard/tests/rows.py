"""The rows of a running instance, seen past the product: on SQLite and on Postgres."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg

from wizard.instance import Instance

COLUMNS_OF_SQLITE = """
SELECT t.name, c.name FROM sqlite_master t JOIN pragma_table_info(t.name) c WHERE t.type = 'table'
"""
COLUMNS_OF_POSTGRES = "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"


def ask(instance: Instance, sql: str) -> list[tuple[Any, ...]]:
    address = instance.environment["DATABASE_URL"]
    connect: Any = psycopg.connect if address else sqlite3.connect
    with closing(connect(address or Path(instance.environment["WIZARD_DATA_DIR"], "wizard.sqlite3"))) as connection:
        rows: list[tuple[Any, ...]] = connection.execute(sql).fetchall()
        return rows


def columns(instance: Instance) -> list[tuple[str, str]]:
    """Every table with each of its columns."""
    is_postgres = instance.environment["DATABASE_URL"]
    return [
        (table, column) for table, column in ask(instance, COLUMNS_OF_POSTGRES if is_postgres else COLUMNS_OF_SQLITE)
    ]


def owned_rows(instance: Instance, person: int) -> dict[str, int]:
    """How many of somebody's rows each table has."""
    found = {}
    for table, column in columns(instance):
        if column in ("owner_id", "user_id"):
            ((count,),) = ask(instance, f"SELECT count(*) FROM {table} WHERE {column} = {person}")
            found[table] = count
    return found
