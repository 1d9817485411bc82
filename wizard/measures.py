"""How many requests there were and how long they took, counted in Redis for all web processes together.

A process adds up what it sees and passes it on once a second from a thread of its own: a request pays some
microseconds, and one that comes while Redis is away pays no more. What could not be passed on is lost; nothing else is.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from dataclasses import dataclass
from typing import Any

from wizard import store

log = logging.getLogger(__name__)

BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # seconds
EVERY_SECONDS = 1.0
SLOT_SECONDS = 600
SLOTS = 6  # an hour
KEY = "wizard:requests"
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
NOWHERE = "(nowhere)"


class Tally:
    """What this process has seen since it last passed it on."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()
        self._seconds: dict[str, float] = {}
        self._longest: dict[str, float] = {}
        self._timer: threading.Timer | None = None

    def add(self, method: str, route: str, status: int, seconds: float) -> None:
        bucket = next((each for each in BUCKETS if seconds <= each), "+Inf")
        with self._lock:
            self._counts[f"n|{method}|{route}|{status}"] += 1
            self._counts[f"b|{route}|{bucket}"] += 1
            self._seconds[route] = self._seconds.get(route, 0.0) + seconds
            self._longest[route] = max(self._longest.get(route, 0.0), seconds)
            if self._timer is None or not self._timer.is_alive():  # also after a fork
                self._timer = threading.Timer(EVERY_SECONDS, self.pass_on)
                self._timer.daemon = True
                self._timer.start()

    def pass_on(self) -> None:
        with self._lock:
            counts, seconds, longest = self._counts, self._seconds, self._longest
            self._counts, self._seconds, self._longest, self._timer = Counter(), {}, {}, None
        if not counts:
            return
        slot = _slot_key(int(time.time() // SLOT_SECONDS))
        try:
            with store.redis().pipeline(transaction=False) as pipeline:
                for name, count in counts.items():
                    pipeline.hincrby(KEY, name, count)
                for route, sum_ in seconds.items():
                    pipeline.hincrbyfloat(KEY, f"s|{route}", sum_)
                pipeline.zadd(slot, longest, gt=True)
                pipeline.expire(slot, SLOT_SECONDS * (SLOTS + 1))
                pipeline.execute()
        except store.UNREACHABLE as error:
            log.debug("requests are not counted: %s", error)


tally = Tally()


def note_request(method: str, route: str, status: int, seconds: float) -> None:
    """`route` is the name of the view, of which there are few; "" for addresses that lead nowhere."""
    tally.add(method, route or NOWHERE, status, seconds)


@dataclass(frozen=True)
class Histogram:
    route: str
    counts: list[int]  # of each of BUCKETS and of what was longer, not cumulated
    seconds: float


def requests() -> tuple[dict[tuple[str, str, str], int], list[Histogram]]:
    """How many, by method, route and status; and how long they took. Empty without Redis."""
    tally.pass_on()
    redis: Any = store.redis()  # whose types allow for what this connection never answers
    try:
        kept = {name.decode(): value for name, value in redis.hgetall(KEY).items()}
    except store.UNREACHABLE:
        return {}, []
    counts = {}
    for name, value in kept.items():
        if name.startswith("n|"):
            _, method, route, status = name.split("|")
            counts[method, route, status] = int(value)
    edges = [*map(str, BUCKETS), "+Inf"]
    histograms = [
        Histogram(route, [int(kept.get(f"b|{route}|{edge}", 0)) for edge in edges], float(kept.get(f"s|{route}", 0)))
        for route in sorted({route for _, route, _ in counts})
    ]
    return counts, histograms


def slowest(most: int) -> list[tuple[str, float]]:
    """The routes that took longest within the last hour, and how many seconds."""
    tally.pass_on()
    redis: Any = store.redis()
    now = int(time.time() // SLOT_SECONDS)
    longest: dict[str, float] = {}
    try:
        for slot in range(now - SLOTS, now + 1):
            for route, seconds in redis.zrange(_slot_key(slot), 0, most - 1, desc=True, withscores=True):
                longest[route.decode()] = max(longest.get(route.decode(), 0.0), float(seconds))
    except store.UNREACHABLE:
        return []
    return sorted(longest.items(), key=lambda each: -each[1])[:most]


def _slot_key(slot: int) -> str:
    return f"wizard:slow:{slot}"
