"""Waiting in line: simulated one arrival after the other, and by the formulas for many servers.

Times are in seconds. The score workers take turns as classifier/claiming.py does; web and training are first come,
first served.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Load = TypeVar("Load", float, Floats)


@dataclass(frozen=True)
class Upload:
    at: float
    person: int
    photos: int


@dataclass(frozen=True)
class Turns:
    """How score workers share their time: so many photos at a time of whoever was served longest ago, with how long
    somebody counts as served (classifier/claiming.py)."""

    photos: int
    served_seconds: float


def first_come(arrivals: Floats, services: Floats, servers: int) -> Floats:
    """How long each waits until it is served; `arrivals` ascend."""
    free = [0.0] * servers
    waits = np.empty(len(arrivals))
    for place, (at, service) in enumerate(zip(arrivals.tolist(), services.tolist(), strict=True)):
        begins = max(at, heappop(free))
        heappush(free, begins + service)
        waits[place] = begins - at
    return waits


def fair_turns(
    uploads: Sequence[Upload], urgent: Sequence[tuple[float, float]], *, workers: int, photo: float, turns: Turns
) -> list[Floats]:
    """For each upload, when its photos have their scores after it: all those of a turn at its end.

    `urgent` are (at, seconds) of what goes before all photos; `photo` is how long a worker needs for one.
    """
    return _Line(uploads, urgent, workers, photo, turns).run()


class _Line:
    def __init__(
        self,
        uploads: Sequence[Upload],
        urgent: Sequence[tuple[float, float]],
        workers: int,
        photo: float,
        turns: Turns,
    ) -> None:
        self.uploads, self.photo, self.turns = uploads, photo, turns
        self.came = deque(sorted(range(len(uploads)), key=lambda number: uploads[number].at))
        self.urgent = deque(sorted(urgent))
        self.free = [0.0] * workers
        self.left: dict[int, deque[list[int]]] = {}  # person: [upload, photos that wait]
        self.line: list[tuple[float, int, int]] = []  # served at, oldest upload, person
        self.served: dict[int, float] = {}
        self.done: list[list[float]] = [[] for _ in uploads]

    def run(self) -> list[Floats]:
        heapify(self.free)
        while self.came or self.urgent or self.line:
            now = heappop(self.free)
            if not self.line:
                now = max(now, min(self._next_times()))
            while self.came and self.uploads[self.came[0]].at <= now:
                self._admit(self.came.popleft(), now)
            if self.urgent and self.urgent[0][0] <= now:
                heappush(self.free, now + self.urgent.popleft()[1])
            else:
                heappush(self.free, self._serve(now))
        return [np.array(done) for done in self.done]

    def _next_times(self) -> list[float]:
        times = [self.uploads[self.came[0]].at] if self.came else []
        return times + ([self.urgent[0][0]] if self.urgent else [])

    def _admit(self, number: int, now: float) -> None:
        upload = self.uploads[number]
        if upload.person not in self.left:
            self.left[upload.person] = deque()
            self._stand_in_line(upload.person, number, now)
        self.left[upload.person].append([number, upload.photos])

    def _stand_in_line(self, person: int, oldest: int, now: float) -> None:
        served = self.served.get(person, -math.inf)
        heappush(self.line, (served if now - served <= self.turns.served_seconds else -math.inf, oldest, person))

    def _serve(self, now: float) -> float:
        """When the turn ends."""
        _, _, person = heappop(self.line)
        self.served[person] = now
        waiting, taken, room = self.left[person], [], self.turns.photos
        while waiting and room:
            number, photos = waiting[0]
            some = min(photos, room)
            taken.append((number, some))
            room -= some
            if some == photos:
                waiting.popleft()
            else:
                waiting[0][1] -= some
        if waiting:
            self._stand_in_line(person, waiting[0][0], now)
        else:
            del self.left[person]
        ends = now + self.photo * (self.turns.photos - room)
        for number, some in taken:
            self.done[number] += [ends - self.uploads[number].at] * some
        return ends


def chance_to_wait(load: float, servers: int) -> float:
    """Erlang's C: how likely all of so many servers are busy; `load` is what arrives, in servers that it fills."""
    if load >= servers:
        return 1.0
    blocked = 1.0
    for server in range(1, servers + 1):
        blocked = load * blocked / (server + load * blocked)
    return blocked / (1 - (load / servers) * (1 - blocked))


def wait_quantile(share: float, load: float, servers: int, service: float, variation: float) -> float:
    """How long at most a `share` of all waits. Of those that wait, the times are taken to be exponential, with the mean
    that Allen and Cunneen give; `variation` is the squared coefficient of variation of the service times, 1 of M/M/c.
    """
    if load >= servers:
        return math.inf
    chance = chance_to_wait(load, servers)
    if chance <= 1 - share:
        return 0.0
    return math.log(chance / (1 - share)) * mean_wait_of_waiting(load, servers, service, variation)


def mean_wait_of_waiting(load: Load, servers: int, service: float, variation: float) -> Load:
    return service / (servers - load) * (1 + variation) / 2


def drawn_waits(
    generator: np.random.Generator, loads: Floats, servers: int, service: float, variation: float
) -> Floats:
    """A wait for each load that somebody finds who arrives."""
    chances = {load: chance_to_wait(load, servers) for load in np.unique(loads)}
    waits = generator.random(len(loads)) < np.array([chances[load] for load in loads])
    means = mean_wait_of_waiting(np.minimum(loads, servers - 1e-9), servers, service, variation)
    return np.where(waits, generator.exponential(means), 0.0)
