"""Callers with a token, and every row of the database to look for its text in."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import connection
from rest_framework.test import APIClient

from wizard.models import ApiToken
from wizard.tokens import create_token

READ, WRITE = ApiToken.Scope.READ, ApiToken.Scope.WRITE


def caller(text: str, scheme: str = "Token") -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"{scheme} {text}")
    return client


def make(owner: User, name: str = "Backup", scope: str = WRITE, *, is_sign_in: bool = False) -> tuple[ApiToken, str]:
    return create_token(owner=owner, name=name, scope=scope, is_sign_in=is_sign_in)


def whole_database() -> str:
    rows = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            rows += [table, str(cursor.fetchall())]
    return "\n".join(rows)
