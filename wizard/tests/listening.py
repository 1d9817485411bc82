"""Listens to `GET /api/events` over a socket of its own, as a script would."""

from __future__ import annotations

import json
import socket
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import urlsplit


@dataclass
class Ear:
    """One connection. `events` are [(id, kind, data)] as they came."""

    url: str
    token: str
    last_id: str = ""
    head: str = ""
    events: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    _rest: str = ""

    def __enter__(self) -> Self:
        parts = urlsplit(self.url)
        self._connection = socket.create_connection((parts.hostname or "", parts.port or 80), timeout=30)
        lines = [
            "GET /api/events HTTP/1.1",
            f"Host: {parts.netloc}",
            f"Authorization: Token {self.token}",
            "Accept: text/event-stream",
        ]
        lines += [f"Last-Event-ID: {self.last_id}"] if self.last_id else []
        self._connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def hear(self, kind: str = "") -> dict[str, Any]:
        """Reads on until an event of this kind came, or with none until the head did; returns the event's data."""
        while True:
            if self.head and (not kind or (self.events and self.events[-1][1] == kind)):
                return self.events[-1][2] if kind else {}
            read = self._connection.recv(4096)
            if not read:
                raise ConnectionError(f"it ended after {self.head!r}, {self.events}")
            self._take(read.decode())

    def _take(self, text: str) -> None:
        self._rest += text
        if not self.head and "\r\n\r\n" in self._rest:
            self.head, _, self._rest = self._rest.partition("\r\n\r\n")
        while self.head and "\n\n" in self._rest:
            block, _, self._rest = self._rest.partition("\n\n")
            fields = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
            if "event" in fields:
                self.events.append((fields.get("id", ""), fields["event"], json.loads(fields["data"])))
