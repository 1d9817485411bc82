"""The live view of a running job, in Redis. The job's row is the truth; without Redis only the liveliness is gone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wizard import store

KEPT_SECONDS = 300  # a job that beats writes several times a second


def publish(job_id: int, news: dict[str, Any]) -> None:
    """`news` are some fields of `training.learn.progress.Progress`; they go before those of the row."""
    store.put(_key(job_id), news, seconds=KEPT_SECONDS)


def read(job_id: int) -> dict[str, Any]:
    """What was published last; empty when there is nothing, or no Redis."""
    news: dict[str, Any] = store.get(_key(job_id)) or {}
    return news


def forget_live(job_ids: Iterable[int]) -> None:
    if keys := [_key(job_id) for job_id in job_ids]:
        store.forget(*keys)


def _key(job_id: int) -> str:
    return f"wizard:training:{job_id}"
