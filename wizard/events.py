"""What happened, told to whoever listens: photos scored, a training's progress, a version activated.

Each person has a stream in Redis (https://redis.io/docs/latest/develop/data-types/streams/), short and soon gone: news
say where to look, the database says what is so. Without Redis nothing is told and nothing else is missing.
"""

from __future__ import annotations

import json
import logging
from enum import StrEnum
from typing import Any, NamedTuple

from django.db import transaction

from wizard import store

log = logging.getLogger(__name__)

KEPT_EVENTS = 200
KEPT_SECONDS = 60 * 60
START = "0-0"  # before the first event
ENDED = "ended"  # never told: whoever listens is let go, and comes again if they still may


class Kind(StrEnum):
    """What each carries is told in docs/api.md."""

    PHOTOS_SCORED = "photos.scored"
    PHOTO_UNREADABLE = "photo.unreadable"
    SCORES_UPDATED = "scores.updated"
    JOB_CHANGED = "job.changed"
    JOB_PROGRESS = "job.progress"
    VERSION_ACTIVATED = "version.activated"
    RESYNC = "resync"  # told by the listener's own end: something may have been missed


class Event(NamedTuple):
    id: str
    kind: str
    data: str  # JSON


def publish(owner_id: int, kind: Kind, **data: Any) -> None:
    """Tell the owner's listeners, once what happened is committed."""
    told = json.dumps(data)
    transaction.on_commit(lambda: _send(owner_id, kind, told), robust=True)


def end_streams(owner_id: int) -> None:
    """A token, a session or the account is no longer good: nobody goes on listening on the strength of it."""
    transaction.on_commit(lambda: _send(owner_id, ENDED, "{}"), robust=True)


def _send(owner_id: int, kind: str, data: str) -> None:
    key = key_of(owner_id)
    try:
        with store.redis().pipeline(transaction=False) as pipeline:
            pipeline.xadd(key, {"kind": str(kind), "data": data}, maxlen=KEPT_EVENTS, approximate=True)
            pipeline.expire(key, KEPT_SECONDS)
            pipeline.execute()
    except store.UNREACHABLE as error:
        log.debug("%s is not told: %s", kind, error)


def key_of(owner_id: int) -> str:
    return f"wizard:events:{owner_id}"


def newest_id(owner_id: int) -> str:
    """The id of the last event; START when there is none, or no Redis."""
    try:
        newest: Any = store.redis().xrevrange(key_of(owner_id), count=1)
    except store.UNREACHABLE:
        return START
    return newest[0][0].decode() if newest else START


def is_kept(owner_id: int, event_id: str) -> bool:
    """Whether everything since this event is still there to be told."""
    try:
        found: Any = store.redis().xrange(key_of(owner_id), event_id, event_id, count=1)
    except store.UNREACHABLE:
        return False
    return bool(found)


def events_after(owner_id: int, event_id: str) -> list[Event]:
    """What was told since this event, oldest first; empty without Redis."""
    try:
        found: Any = store.redis().xrange(key_of(owner_id), f"({event_id}")
    except store.UNREACHABLE:
        return []
    return [event_of(*each) for each in found]


def event_of(event_id: bytes, fields: dict[bytes, bytes]) -> Event:
    return Event(event_id.decode(), fields[b"kind"].decode(), fields[b"data"].decode())


def order_of(event_id: str) -> tuple[int, int]:
    """Redis' ids are two numbers, not words: 9-1 comes before 10-0."""
    milliseconds, _, sequence = event_id.partition("-")
    return int(milliseconds), int(sequence)


def as_text(event: Event) -> bytes:
    """As server-sent events are written: https://html.spec.whatwg.org/multipage/server-sent-events.html"""
    identity = f"id: {event.id}\n" if event.id else ""
    return f"{identity}event: {event.kind}\ndata: {event.data}\n\n".encode()
