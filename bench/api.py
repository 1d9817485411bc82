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

from wizard.instance import Api, Instance, running_instance
from wizard.tests.listening import Ear

CLIENTS = 50
SECONDS = 12.0
LISTENERS = 200
PAGE = "photos?order=score"

Requests = Iterator[tuple[str, str, bytes]]  # method, path, body


def main() -> None:
    with (
        tempfile.TemporaryDirectory(prefix="wizard-bench-") as name,
        running_instance(Path(name) / "data", WIZARD_API_RATE="0") as instance,
    ):
        api = instance.api()
        photos = api.wait_until_scored()
        for place, photo in enumerate(photos[:120]):
            api.answer(photo, ("like", "dislike")[place % 2])
        print(f"a page is {len(api.call('GET', PAGE).content) / 1024:.0f} kB; {CLIENTS} clients, p50 / p95 / max:")
        measure(api, photos, "idle")
        job = api.start_training(epochs=100)
        api.wait_until_learning(job)
        measure(api, photos, "while a training runs")
        print(f"  the training is {api.job(job)['status']}")
        api.call("POST", f"training/jobs/{job}/cancel")
        measure_listeners(instance, api)


def measure(api: Api, photos: list[dict[str, Any]], what: str) -> None:
    def pages(_: int) -> Requests:
        return ((("GET", PAGE, b"")) for _ in count())

    def answers(_: int) -> Requests:
        kinds = cycle(("like", "dislike", "super_like"))
        for photo in cycle(photos):
            yield "POST", f"results/{photo['result_id']}/feedback", json.dumps({"feedback": next(kinds)}).encode()

    show(f"{what}: pages, one a second each", *load(api, pages, CLIENTS, pause=1.0), promised=150)
    show(f"{what}: pages, without a pause", *load(api, pages, CLIENTS), promised=150)
    show(f"{what}: answers, one after another", *load(api, answers, 1), promised=80)
    both = asyncio.run(_both(api, pages, answers))
    show(f"{what}: answers beside {CLIENTS} readers", *both, promised=80)


def show(what: str, taken: list[float], rate: float, *, promised: float) -> None:
    taken = sorted(1000 * each for each in taken)
    p95 = taken[int(0.95 * len(taken))]
    figures = f"{statistics.median(taken):6.1f} / {p95:6.1f} / {taken[-1]:6.1f} ms"
    print(f"  {what:<58} {figures}  {rate:6.0f} a second   (promised p95: {promised:g} ms)", flush=True)


def load(api: Api, made: Callable[[int], Requests], clients: int, pause: float = 0.0) -> tuple[list[float], float]:
    return asyncio.run(_load(api, made, clients, pause))


async def _load(api: Api, made: Callable[[int], Requests], clients: int, pause: float) -> tuple[list[float], float]:
    taken: list[float] = []
    began = time.monotonic()
    until = began + SECONDS
    each = (_client(api, made(number), until, pause, number / clients, taken) for number in range(clients))
    await asyncio.gather(*each)
    return taken, len(taken) / (time.monotonic() - began)


async def _both(api: Api, pages: Callable[[int], Requests], answers: Callable[[int], Requests]) -> Any:
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


def measure_listeners(instance: Instance, api: Api) -> None:
    def held() -> float:
        return sum(resident_mb(pid) for pid in instance.processes("web"))

    before = held()
    people = [api, *instance.newcomers(*(f"l{number}" for number in range(1, LISTENERS // 20)))]
    with ExitStack() as stack:
        ears = [stack.enter_context(Ear(api.url, each.token)) for each in people for _ in range(20)]
        for ear in ears:
            ear.hear()
        after = held()
        taken, _ = load(api, lambda _: (("GET", "stats", b"") for _ in count()), 1)
    print(f"  {len(ears)} listeners: the web processes hold {after:.0f} MB, {after - before:.1f} more than without")
    print(f"  a small request beside them: {1000 * statistics.median(taken):.1f} ms")


def resident_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


if __name__ == "__main__":
    main()
