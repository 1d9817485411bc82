"""Messages to the workers, sent once the rows they speak of are committed."""

from __future__ import annotations

import logging
from typing import Any

from celery import Task
from django.db import transaction
from redis.exceptions import TimeoutError as NoAnswer

from wizard import store

log = logging.getLogger(__name__)


def send(task: Task[..., Any], *arguments: Any, **options: Any) -> bool:
    """`options` are those of `apply_async`. False when no broker takes it; at once where one is known to hang."""
    if store.is_resting():
        log.warning("%s is not sent: Redis did not answer a moment ago", task.name)
        return False
    try:
        task.apply_async(arguments, **options)
    except Exception as error:  # an OperationalError, or what Kombu trips over when the broker goes in the middle
        log.warning("%s is not sent: %s", task.name, error)
        if isinstance(error.__cause__ or error, NoAnswer):
            store.rest()
        return False
    return True


def send_on_commit(task: Task[..., Any], *arguments: Any, **options: Any) -> None:
    """With no broker nothing is sent, and nothing fails: the rows wait, and beat hands them over when it is back."""
    transaction.on_commit(lambda: send(task, *arguments, **options), robust=True)
