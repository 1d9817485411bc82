"""Who gets what: every address, every method, every kind of caller. docs/access.md has the answers as a table.

Addresses are found in the URL resolver, and filled with rows of the owner's, so that a new one is walked by itself.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from wizard.tests.access_world import World, made_world

TABLE = Path(settings.BASE_DIR, "docs", "access.md")
HEAD = """# Who gets what

Every address and method, and the status that each kind of caller is answered with; the rows that an address names are
the owner's. "Token" is the owner's, for reading alone or for both; a page takes no token. Staff may do all that the
admin has. `make access` writes this table anew: read the difference before you commit it.
`wizard/tests/test_access_matrix.py` compares, and holds what no new table can change: nothing private in any answer to
anybody else, nothing of the owner's changed by them.

"""
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
CALLERS = ("anonymous", "stranger", "owner", "read token", "write token", "staff")
READS = ("SELECT", "SAVEPOINT", "RELEASE", "ROLLBACK", "PRAGMA", "BEGIN", "EXPLAIN", "SET")

Key = tuple[str, str]  # route, method
Found = dict[Key, dict[str, "Answer"]]  # by caller


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    refusal: Any  # what the API says, read from its JSON; None for pages, and where nothing was refused
    leaks: frozenset[str]  # the owner's secrets that it holds, by name
    wrote: str  # the first statement that wrote something
    changed: frozenset[str]  # tables in which rows of the owner's are not what they were


def routes(patterns: list[URLPattern | URLResolver] | None = None, before: str = "/") -> Iterator[str]:
    for each in get_resolver().url_patterns if patterns is None else patterns:
        address = before + str(each.pattern).lstrip("^").rstrip("$")
        if isinstance(each, URLResolver):
            yield from routes(each.url_patterns, address)
        else:
            yield address


def walk() -> Found:
    """Ask everything; each answer is undone before the next question."""
    found: Found = {}
    with ExitStack() as stack:
        logging.disable()  # thousands of refusals would be logged
        stack.callback(logging.disable, logging.NOTSET)
        stack.enter_context(transaction.atomic())
        world = stack.enter_context(made_world())
        clients = _clients(world)
        cookies = {name: client.cookies.output() and dict(client.cookies) for name, client in clients.items()}
        for route in routes():
            address = world.fill(route)
            for method in METHODS:
                answers = found[route, method] = {}
                for caller, client in clients.items():
                    client.cookies.clear()
                    client.cookies.update(cookies[caller] or {})
                    answers[caller] = _ask(client, method, route, address, world)
        transaction.set_rollback(True)
    return found


def _clients(world: World) -> dict[str, Client]:
    clients = {name: Client() for name in CALLERS}
    for name, user in (("stranger", world.stranger), ("owner", world.owner), ("staff", world.staff)):
        clients[name].force_login(user)
    for name, text in (("read token", world.read_token), ("write token", world.write_token)):
        clients[name].defaults["HTTP_AUTHORIZATION"] = f"Token {text}"
    return clients


def _ask(client: Client, method: str, route: str, address: str, world: World) -> Answer:
    cache.clear()
    wrote: list[str] = []

    def watch(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if not sql.lstrip(" (").upper().startswith(READS):
            wrote.append(sql)
        return execute(sql, *rest)

    sent = world.body(route, method)
    with transaction.atomic():
        try:
            with connection.execute_wrapper(watch):
                answer = client.generic(method, address, **sent)
                content = _content(answer)
        except Exception as error:
            raise AssertionError(f"{method} {address} broke: {error!r}") from error
        changed = world.changed() if wrote else frozenset()
        transaction.set_rollback(True)
    leaks = frozenset(name for name, secret in world.secrets.items() if secret in content)
    is_refusal = answer.status_code >= 400 and answer.headers.get("Content-Type") == "application/json"
    refusal = json.loads(content) if is_refusal and content else None
    return Answer(answer.status_code, answer.headers, refusal, leaks, wrote[0] if wrote else "", changed)


def _content(answer: HttpResponseBase) -> bytes:
    return bytes(answer.getvalue())  # a streaming one has it too


def as_table(found: Found) -> str:
    """Methods of a route that are answered alike share a row."""
    lines = [f"| route | method | {' | '.join(CALLERS)} |", "|---|---|" + "--:|" * len(CALLERS)]
    for route in sorted({route for route, _ in found}):
        alike: dict[str, list[str]] = {}
        for method in METHODS:
            statuses = " | ".join(str(found[route, method][caller].status) for caller in CALLERS)
            alike.setdefault(statuses, []).append(method)
        shown = route.replace("|", "\\|")
        lines += [f"| `{shown}` | {' '.join(methods)} | {statuses} |" for statuses, methods in alike.items()]
    return HEAD + "\n".join(lines) + "\n"


def expected(text: str) -> dict[Key, dict[str, int]]:
    table: dict[Key, dict[str, int]] = {}
    for line in text.splitlines():
        if match := re.fullmatch(r"\| `(.+)` \| ([A-Z ]+) \| ([\d |]+) \|", line):
            route, methods, statuses = match.groups()
            for method in methods.split():
                table[route.replace("\\|", "|"), method] = dict(
                    zip(CALLERS, map(int, statuses.split(" | ")), strict=True)
                )
    return table
