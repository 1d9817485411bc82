"""Lines of the log: plain, or one JSON object each; every line says which request it belongs to.

Nothing that a person wrote is logged: no text of a form, no name of a file, no address but those of our own rows.
"""

from __future__ import annotations

import json
import logging
import re
import uuid
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

request_id: ContextVar[str] = ContextVar("request_id", default="")
HARMLESS = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)


def id_for(given: str | None) -> str:
    """The id that a proxy gave, if it can do no harm in a line of a log; else a new one."""
    return given if given and HARMLESS.fullmatch(given) else uuid.uuid4().hex[:16]


class Whose(logging.Filter):
    """Says of every line which request it belongs to; in a worker, the request that sent the task."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        return True


class Plain(logging.Formatter):
    """`INFO wizard.requests: GET /library/ status=200 ms=12 user=3 id=4f1c...`"""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  (logging's own name)
        facts = {**getattr(record, "facts", {}), "id": getattr(record, "request_id", "")}
        told = "".join(f" {name}={value}" for name, value in facts.items() if value not in ("", None))
        return f"{record.levelname} {record.name}: {record.message}{told}"


class Json(logging.Formatter):
    """One object a line, for programs that collect logs."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "request_id": getattr(record, "request_id", ""),
            **getattr(record, "facts", {}),
        }
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)
