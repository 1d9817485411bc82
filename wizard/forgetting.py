"""What one process deleted, another may still hold in its memory: each worker reads of it before its next task."""

from __future__ import annotations

import logging
from typing import Any

from wizard import store

log = logging.getLogger(__name__)

KEY = "wizard:forgotten"  # a stream: its order does not depend on the clocks of machines
KEPT, KEPT_SECONDS = 1000, 60 * 60

_last_read = "0-0"


def tell(owner_id: int) -> None:
    """Something of theirs was deleted."""
    try:
        with store.redis().pipeline(transaction=False) as pipeline:
            pipeline.xadd(KEY, {"owner": owner_id}, maxlen=KEPT, approximate=True)
            pipeline.expire(KEY, KEPT_SECONDS)
            pipeline.execute()
    except store.UNREACHABLE as error:
        log.debug("it is not told what was deleted: %s", error)


def told() -> set[int]:
    """The owners that were told of since this process last asked."""
    global _last_read
    try:
        found: Any = store.redis().xrange(KEY, f"({_last_read}")
    except store.UNREACHABLE:
        return set()
    if found:
        _last_read = found[-1][0].decode()
    return {int(fields[b"owner"]) for _, fields in found}
