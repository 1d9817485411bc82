"""The API under load while a training runs, and two hundred listeners. Run: python -m bench api

A running instance with the starter and the sample library. Fifty clients read a page of results (60 photos, best
first), each over a connection of its own, for a bounded time: once every second, as scripts and pages do, and
without a pause, which shows how much there is. Then one of them answers photos, one after another.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count, cycle
from pathlib import Path
from typing import Any

from bench import machine
from bench.table import Row
from wizard.instance import Api, Instance, running_instance
from wizard.tests.listening import Ear

CLIENTS = 50
SECONDS, ROUNDS = 8.0, 3
LISTENERS = 200
PAGE = "photos?order=score"

Requests = Iterator[tuple[str, str, bytes]]  # method, path, body


def rows() -> Iterator[Row]:
    with (
        tempfile.TemporaryDirectory(prefix="wizard-bench-") as name,
        running_instance(Path(name) / "data", WIZARD_API_RATE="0") as instance,
    ):
        api = instance.api()
        api.change_taste(auto_train=False)  # or it would, beside what is measured without
        photos = api.wait_until_scored()
        for place, photo in enumerate(photos[:120]):
            api.answer(photo, ("like", "dislike")[place % 2])
        yield from latencies(api, photos, "")
        job = api.start_training(epochs=100)
        api.wait_until_learning(job)
        yield from latencies(api, photos, " while a training runs")
        if api.job(job)["status"] != "running":
            raise RuntimeError("The training ended before the measurement did.")
        api.call("POST", f"training/jobs/{job}/cancel").raise_for_status()
        api.wait_until_ended(job)
        yield from listeners(instance, api)


def latencies(api: Api, photos: list[dict[str, Any]], when: str) -> Iterator[Row]:
    """95th percentiles, one a run: pages once a second and without a pause, answers alone and beside readers."""

    def pages(_: int) -> Requests:
        return ((("GET", PAGE, b"")) for _ in count())

    def answers(_: int) -> Requests:
        kinds = cycle(("like", "dislike", "super_like"))
        for photo in cycle(photos):
            yield "POST", f"results/{photo['result_id']}/feedback", json.dumps({"feedback": next(kinds)}).encode()

    ways: dict[str, tuple[Callable[[], list[float]], float]] = {
        f"{CLIENTS} clients, a page of results a second each": (lambda: load(api, pages, CLIENTS, 1.0), 150),
        f"{CLIENTS} clients without a pause": (lambda: load(api, pages, CLIENTS), 150),
        "answers, one after another": (lambda: load(api, answers, 1), 80),
        f"answers beside {CLIENTS} readers": (lambda: asyncio.run(_both(api, pages, answers)), 80),
    }
    for what, (way, promised) in ways.items():
        p95s = tuple(_p95(way()) for _ in range(ROUNDS))
        yield Row(f"{what}{when}: p95", "ms", p95s, promised=promised)


def _p95(seconds: list[float]) -> float:
    return 1000 * sorted(seconds)[int(0.95 * len(seconds))]


def load(api: Api, made: Callable[[int], Requests], clients: int, pause: float = 0.0) -> list[float]:
    return asyncio.run(_load(api, made, clients, pause))


async def _load(api: Api, made: Callable[[int], Requests], clients: int, pause: float) -> list[float]:
    taken: list[float] = []
    until = time.monotonic() + SECONDS
    each = (_client(api, made(number), until, pause, number / clients, taken) for number in range(clients))
    await asyncio.gather(*each)
    return taken


async def _both(api: Api, pages: Callable[[int], Requests], answers: Callable[[int], Requests]) -> list[float]:
    """Answers, one after another, while the readers read a page a second each."""
    reading = asyncio.create_task(_load(api, pages, CLIENTS, 1.0))
    answered = await _load(api, answers, 1, 0.0)
    await reading
    return answered


async def _client(api: Api, made: Requests, until: float, pause: float, offset: float, taken: list[float]) -> None:
    """`pause` is from the beginning of one request to that of the next."""
    host = api.url.removeprefix("http://")
    address, _, port = host.partition(":")
    reader, writer = await asyncio.open_connection(address, int(port), limit=2**24)
    await asyncio.sleep(pause * offset)
    while (began := time.monotonic()) < until:
        method, path, body = next(made)
        head = f"{method} /api/{path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Token {api.token}\r\n"
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        lines = dict(line.lower().split(": ", 1) for line in answer.decode().split("\r\n")[1:] if ": " in line)
        await reader.readexactly(int(lines["content-length"]))
        if not answer.startswith(b"HTTP/1.1 200"):
            raise SystemExit(f"{method} {path}: {answer.decode()}")
        taken.append(time.monotonic() - began)
        if lines.get("connection") == "close":
            writer.close()
            reader, writer = await asyncio.open_connection(address, int(port), limit=2**24)
        await asyncio.sleep(max(0.0, pause - (time.monotonic() - began)))
    writer.close()


def listeners(instance: Instance, api: Api) -> Iterator[Row]:
    def held() -> float:
        return sum(machine.megabytes("VmRSS", pid) for pid in instance.processes("web"))

    before = held()
    people = [api, *instance.newcomers(*(f"l{number}" for number in range(1, LISTENERS // 20)))]
    with ExitStack() as stack:
        ears = [stack.enter_context(Ear(api.url, each.token)) for each in people for _ in range(20)]
        for ear in ears:
            ear.hear()
            if " 200 " not in ear.head:
                raise RuntimeError(f"Not everybody may listen: {ear.head}")
        after = held()
        taken = load(api, lambda _: (("GET", "stats", b"") for _ in count()), 1)
    yield Row(f"{len(ears)} listeners to events: the web processes hold more by", "MB", (after - before,))
    yield Row("a small request beside them", "ms", (1000 * statistics.median(taken),))
