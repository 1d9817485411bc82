"""The live view of a running job, in Redis. The job's row is the truth; without Redis only the liveliness is gone."""

from __future__ import annotations

import json
import logging
from functools import lru_cache
from typing import Any

from django.conf import settings
from redis import Redis
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

KEPT_SECONDS = 300  # a job that beats writes several times a second


@lru_cache(maxsize=1)
def _redis() -> Redis:
    return Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1)


def publish(job_id: int, news: dict[str, Any]) -> None:
    try:
        _redis().set(_key(job_id), json.dumps(news), ex=KEPT_SECONDS)
    except (RedisError, OSError) as error:
        log.debug("no live view of training %s: %s", job_id, error)


def read(job_id: int) -> dict[str, Any]:
    """What was published last; empty when there is nothing, or no Redis."""
    try:
        found = _redis().get(_key(job_id))
    except (RedisError, OSError):
        return {}
    news: dict[str, Any] = json.loads(found) if isinstance(found, bytes | str) else {}
    return news


def _key(job_id: int) -> str:
    return f"wizard:training:{job_id}"
