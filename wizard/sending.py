"""Messages to the workers, sent once the rows they speak of are committed."""

from __future__ import annotations

import logging
from typing import Any

from celery import Task
from django.db import transaction

log = logging.getLogger(__name__)


def send_on_commit(task: Task[..., Any], *arguments: Any, **options: Any) -> None:
    """`options` are those of `apply_async`. With no broker nothing is sent, and nothing fails: the rows wait, and beat
    hands them over when it is back."""

    # A function of its own: Django asks a robust hook that failed for its name, and a partial has none, so that what
    # was to be swallowed came out as an AttributeError.
    def send() -> None:
        try:
            task.apply_async(arguments, **options)
        except task.OperationalError as error:
            log.warning("%s is not sent: %s", task.name, error)

    transaction.on_commit(send, robust=True)
