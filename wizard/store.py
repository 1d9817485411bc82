"""Redis, for what may be lost: live progress, the review queue, answers of the score worker that a page waits for."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import lru_cache, partial
from itertools import islice
from typing import Any

from django.conf import settings
from redis import Redis
from redis.backoff import NoBackoff
from redis.client import Pipeline
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as NoAnswer
from redis.retry import Retry

log = logging.getLogger(__name__)

UNREACHABLE = (RedisError, OSError)
REST_SECONDS = 2
_rests_until = 0.0  # by time.monotonic


class _OnceInAWhile(Retry):
    """Tried once; after a try that got no answer in time, nobody of this process tries again for REST_SECONDS.

    One request asks Redis some seven times: when it hangs, the first of them waits, and not each.
    """

    def call_with_retry(self, *call: Any, **options: Any) -> Any:
        if is_resting():
            raise NoAnswer("Redis did not answer a moment ago.")
        try:
            return super().call_with_retry(*call, **options)
        except NoAnswer:
            rest()
            raise


def rest() -> None:
    """Redis did not answer in time: it is left alone for a moment."""
    global _rests_until
    _rests_until = time.monotonic() + REST_SECONDS


def is_resting() -> bool:
    return time.monotonic() < _rests_until


@lru_cache(maxsize=1)
def redis() -> Redis:
    """What all calls of this process share; each waits for a second at most."""
    return connect(timeout=1, retry=_OnceInAWhile(NoBackoff(), 0))


def connect(*, timeout: float, retry: Retry | None = None) -> Redis:
    """A client of one's own, for calls that wait up to `timeout` seconds."""
    return Redis.from_url(settings.REDIS_URL, socket_timeout=timeout, socket_connect_timeout=1, retry=retry)


def answers() -> bool:
    """Whether there is a Redis."""
    try:
        return bool(redis().ping())
    except UNREACHABLE:
        return False


def put(key: str, value: Any, *, seconds: int) -> None:
    """Keep what JSON can hold for so long; without Redis nothing is kept."""
    try:
        redis().set(key, json.dumps(value), ex=seconds)
    except UNREACHABLE as error:
        log.debug("%s is not kept: %s", key, error)


def get(key: str) -> Any:
    """What was put there; None when it is gone, or no Redis."""
    try:
        found = redis().get(key)
    except UNREACHABLE:
        return None
    return json.loads(found) if isinstance(found, bytes | str) else None


def get_many(*keys: str) -> list[Any]:
    """As `get`, of each."""
    try:
        found: Any = redis().mget(keys) if keys else []
    except UNREACHABLE:
        return [None] * len(keys)
    return [None if each is None else json.loads(each) for each in found]


# Each of these scripts is one step for Redis: nobody comes in between its look and its change.
_IS_FIRST = """
if redis.call('SET', KEYS[1], '1', 'EX', ARGV[1], 'NX') then return 1 end
if redis.call('TTL', KEYS[1]) > tonumber(ARGV[1]) then redis.call('SET', KEYS[1], '1', 'EX', ARGV[1]) return 1 end
return 0
"""
_CLAIM = """
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
return 1
"""
_GIVE_UP = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"


def is_first(key: str, *, seconds: int) -> bool:
    """True for the first who asks within so many seconds; for everybody when there is no Redis.

    Redis forgets by the clock of day: a key that has longer to live than it was given is from before that was set back.
    """
    try:
        return bool(redis().eval(_IS_FIRST, 1, key, seconds))
    except UNREACHABLE:
        return True


def claim(key: str, holder: str, *, seconds: int) -> bool:
    """True for the first who asks, and for that one again, until they were silent for so many seconds; for everybody
    when there is no Redis."""
    try:
        return bool(redis().eval(_CLAIM, 1, key, holder, seconds))
    except UNREACHABLE:
        return True


def give_up(key: str, holder: str) -> None:
    """What was claimed is free again."""
    with suppress(*UNREACHABLE):
        redis().eval(_GIVE_UP, 1, key, holder)


def change(key: str, changed: Callable[[Any], Any], *, seconds: int) -> None:
    """Replace what is kept with what `changed` makes of it, None where there is nothing; None keeps it as it is.

    When somebody else writes in between, it is done again on what they wrote: no change is lost.
    """
    try:
        redis().transaction(lambda pipeline: _change(pipeline, key, changed, seconds), key)
    except UNREACHABLE as error:
        log.debug("%s is not changed: %s", key, error)


def _change(pipeline: Pipeline, key: str, changed: Callable[[Any], Any], seconds: int) -> None:
    found: Any = pipeline.get(key)
    value = changed(None if found is None else json.loads(found))
    pipeline.multi()
    if value is not None:
        pipeline.set(key, json.dumps(value), ex=seconds)


def count(key: str, *, seconds: int) -> int:
    """One more for this key, which is forgotten so many seconds after its last; the sum, 0 when there is no Redis."""
    try:
        with redis().pipeline() as pipeline:
            pipeline.incr(key)
            pipeline.expire(key, seconds)
            counted, _ = pipeline.execute()
    except UNREACHABLE:
        return 0
    return int(counted)


def forget_like(*patterns: str) -> None:
    """All keys that match one of the patterns (`wizard:answer:7:*`)."""
    try:
        for pattern in patterns:
            for some in iter(partial(_some, redis().scan_iter(pattern, count=1000)), []):
                redis().unlink(*some)
    except UNREACHABLE as error:
        log.debug("%s are not forgotten: %s", patterns, error)


def _some(keys: Iterator[bytes]) -> list[bytes]:
    return list(islice(keys, 500))


def forget(*keys: str) -> None:
    try:
        redis().delete(*keys)
    except UNREACHABLE as error:
        log.debug("%s are not forgotten: %s", keys, error)
