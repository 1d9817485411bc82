"""Tasks that know which request sent them."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any

import celery

from wizard import logs

if TYPE_CHECKING:
    _Task = celery.Task[..., Any]
else:
    _Task = celery.Task

log = logging.getLogger("wizard.tasks")
HEADER = "wizard_request_id"


class Task(_Task):
    """The id travels in the message's headers; the worker's lines carry it, and so does what the task itself sends."""

    abstract = True

    def apply_async(self, *arguments: Any, **options: Any) -> Any:
        if sender := logs.request_id.get():
            options["headers"] = {**(options.get("headers") or {}), HEADER: sender}
        return super().apply_async(*arguments, **options)

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        # A worker finds the headers among what it knows of the task; where it runs at once they are in one place.
        sender = self.request.get(HEADER) or (self.request.headers or {}).get(HEADER) or logs.request_id.get()
        token, began = logs.request_id.set(sender), time.perf_counter()
        try:
            return super().__call__(*arguments, **options)
        finally:
            facts = {"ms": round((time.perf_counter() - began) * 1000)}
            log.log(logging.INFO if sender else logging.DEBUG, "%s", self.name, extra={"facts": facts})
            logs.request_id.reset(token)
