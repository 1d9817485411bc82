"""The queues that the workers take messages from. In Redis each is two lists: what arrives in bulk has its own."""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings

from wizard import store

QUEUES = ("score", "train")
UNACKED = "unacked"  # kombu's name for messages that a worker has in hand


def queue_of(worker: str) -> str:
    """The queue that a worker is named after (`score.1@host`)."""
    return re.split(r"[.@-]", worker)[0]


def queue_lengths() -> dict[str, int] | None:
    """Messages that wait, by queue, and those in hand; None without Redis."""
    redis: Any = store.redis()
    try:
        with redis.pipeline(transaction=False) as pipeline:
            for queue in QUEUES:
                pipeline.llen(queue)
                pipeline.llen(f"{queue}:{settings.BULK}")
            pipeline.hlen(UNACKED)
            *lengths, in_hand = map(int, pipeline.execute())
    except store.UNREACHABLE:
        return None
    sums = map(sum, zip(lengths[::2], lengths[1::2], strict=True))
    return dict(zip(QUEUES, sums, strict=True)) | {"in hand": in_hand}
