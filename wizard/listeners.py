"""The connections of one web process that listen to events.

A thread of gunicorn's would be held for as long as somebody listens, and there are four. So the connection is taken
from it (`wizard/wsgi.py`), and one thread looks after all of them: a listener costs a socket and some bytes. Nothing
is kept for one that does not read: it is let go, comes again, and is told what it missed.
"""

from __future__ import annotations

import logging
import select
import socket
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from redis import Redis

from wizard import events, store
from wizard.events import Event, Kind

log = logging.getLogger(__name__)

MOST_LISTENERS = 500  # in one web process
MOST_OF_ONE = 20  # of one person's
LOOK_MS = 400  # Redis is asked anew this often, so that somebody who came in between is asked for too
BEAT_SECONDS = 15.0
LASTS_SECONDS = 600.0  # then it comes again, with a token that still holds
AGAIN_MS = 2000
SEND_BUFFER = 32 * 1024  # bytes, in the kernel

HELLO = f"retry: {AGAIN_MS}\n\n".encode()
BEAT = b": here\n\n"


@dataclass(eq=False)
class Listener:
    owner_id: int
    connection: socket.socket
    after: str  # the id of the last event it was told
    came: float = field(default_factory=time.monotonic)
    beat: float = field(default_factory=time.monotonic)

    def send(self, data: bytes) -> bool:
        """False when it is gone, or does not read."""
        try:
            return self.connection.send(data) == len(data)
        except OSError:
            return False


class Listeners:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._all: list[Listener] = []
        self._thread: threading.Thread | None = None

    def __len__(self) -> int:
        return len(self._all)

    def has_room_for(self, owner_id: int) -> bool:
        with self._lock:
            of_owner = Counter(each.owner_id for each in self._all)
            return len(self._all) < MOST_LISTENERS and of_owner[owner_id] < MOST_OF_ONE

    def add(self, owner_id: int, connection: socket.socket, head: bytes, *, after: str) -> None:
        """`head` is what is sent first: the response's head, and what was missed."""
        connection.setblocking(False)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        listener = Listener(owner_id, connection, after)
        if not listener.send(head):
            connection.close()
            return
        with self._lock:
            self._all.append(listener)
            if self._thread is None or not self._thread.is_alive():  # also after a fork
                self._thread = threading.Thread(target=self._run, name="listeners", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        redis = store.connect(timeout=LOOK_MS / 1000 + 5)
        while True:
            with self._lock:
                now = list(self._all)
            if not now:
                time.sleep(LOOK_MS / 1000)
                continue
            try:
                self._tell(now, redis)
            except store.UNREACHABLE as error:
                log.debug("nothing is told while Redis is away: %s", error)
                time.sleep(1)
            self._look_after(now)

    def _tell(self, now: list[Listener], redis: Redis) -> None:
        """Waits for news of anybody here, and passes them on."""
        after: dict[str, str] = {}
        for each in now:
            key = events.key_of(each.owner_id)
            after[key] = min(after.get(key, each.after), each.after, key=events.order_of)
        found: Any = redis.xread(after, block=LOOK_MS)  # type: ignore[arg-type]  # redis' dict is invariant
        news = {key.decode(): [events.event_of(*entry) for entry in entries] for key, entries in found or []}
        for each in now:
            self._pass_on(each, news.get(events.key_of(each.owner_id), []))

    def _pass_on(self, listener: Listener, news: list[Event]) -> None:
        fresh = [event for event in news if events.order_of(event.id) > events.order_of(listener.after)]
        if not fresh:
            return
        listener.after, listener.beat = fresh[-1].id, time.monotonic()
        if any(event.kind == events.ENDED for event in fresh) or not listener.send(
            b"".join(map(events.as_text, fresh))
        ):
            self._let_go(listener)

    def _look_after(self, now: list[Listener]) -> None:
        moment = time.monotonic()
        gone = _readable(now)  # nobody has anything to say any more: what can be read is the end
        for each in now:
            is_over = each in gone or moment - each.came > LASTS_SECONDS
            if not is_over and moment - each.beat > BEAT_SECONDS:
                each.beat = moment
                is_over = not each.send(BEAT)
            if is_over:
                self._let_go(each)

    def _let_go(self, listener: Listener) -> None:
        with self._lock:
            if listener in self._all:
                self._all.remove(listener)
        listener.connection.close()


def _readable(now: list[Listener]) -> set[Listener]:
    poll = select.poll()  # select() itself ends at 1,024 files
    by_number = {each.connection.fileno(): each for each in now if each.connection.fileno() >= 0}
    for number in by_number:
        poll.register(number, select.POLLIN | select.POLLHUP | select.POLLERR)
    ended: set[Listener] = set()
    for number, _ in poll.poll(0):
        listener = by_number[number]
        try:
            said = listener.connection.recv(4096)
        except BlockingIOError:
            continue
        except OSError:
            said = b""
        if not said:
            ended.add(listener)
    return ended


def missed(owner_id: int, last_id: str) -> tuple[bytes, str]:
    """What to tell somebody who was told `last_id` last ("": never before), and the id to go on from."""
    if not last_id:
        return HELLO, events.newest_id(owner_id)
    if not events.is_kept(owner_id, last_id):
        return HELLO + events.as_text(Event("", Kind.RESYNC, "{}")), events.newest_id(owner_id)
    news = events.events_after(owner_id, last_id)
    told = [event for event in news if event.kind != events.ENDED]
    return HELLO + b"".join(map(events.as_text, told)), news[-1].id if news else last_id


listeners = Listeners()
