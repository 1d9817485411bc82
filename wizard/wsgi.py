"""The web process's entry point."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wizard.settings")
django.setup(set_prefix=False)

from wizard.api_events import EventStream  # noqa: E402
from wizard.door import Handler  # noqa: E402  (after Django's setup)
from wizard.listeners import listeners  # noqa: E402

handler = Handler()

if TYPE_CHECKING:
    StartResponse = Callable[..., Any]


def application(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    """Django, but that the connection of an event stream leaves gunicorn's thread and stays open.

    A server that hands out no socket sends what was missed and ends; the client comes again by itself.
    """
    head: list[tuple[str, list[tuple[str, str]]]] = []

    def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
        head.append((status, headers))
        return start_response(status, headers, *rest)

    response = handler(environ, start)
    connection = environ.get("gunicorn.socket")
    if isinstance(response, EventStream) and environ["REQUEST_METHOD"] == "GET" and type(connection) is socket.socket:
        return _TakenAway(response, connection, *head[-1])
    return response


class _TakenAway:
    """To gunicorn it looks as if the client had gone: it writes nothing, and forgets the connection."""

    def __init__(
        self, response: EventStream, connection: socket.socket, status: str, headers: list[tuple[str, str]]
    ) -> None:
        self.response, self.connection = response, connection
        lines = [f"{name}: {value}" for name, value in headers if name.lower() != "content-length"]
        self.head = "\r\n".join([f"HTTP/1.1 {status}", *lines, "Connection: close", "", ""]).encode("latin-1")

    def __iter__(self) -> Iterator[bytes]:
        # Detached, since gunicorn will shut down what it still holds.
        own = socket.socket(fileno=self.connection.detach())
        first = self.head + self.response.content
        listeners.add(self.response.owner_id, own, first, after=self.response.after)
        raise ConnectionResetError(errno.ECONNRESET, "taken over by the listeners")
        yield b""

    def close(self) -> None:
        self.response.close()
