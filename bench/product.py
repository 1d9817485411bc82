"""The running product: how soon it serves, how much memory each process holds, how soon a change of taste shows.

Everything is measured on a real instance with the starter model, started as `make run` starts it.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from bench.meter import Meter
from bench.table import Row
from classifier.sample import sample_photos
from classifier.tests.image_samples import retouched
from wizard.instance import Api, running_instance

PHOTOS = 1000
ROUNDS = 5


def rows() -> Iterator[Row]:
    with tempfile.TemporaryDirectory(prefix="wizard-bench-") as folder:
        data_dir = Path(folder) / "data"
        with running_instance(data_dir, WIZARD_API_RATE="0") as first:
            api = first.api()
            api.wait_until_scored()
            fill(api)
            yield rescoring(api)
            yield from searches(api)
            yield from memory(Meter(first))
        yield cold_starts(data_dir)


def fill(api: Api) -> None:
    """The sample library again and again, each copy with another corner, until there are PHOTOS photos."""
    there, copy = len(api.every_photo()), 0
    while there < PHOTOS:
        copy += 1
        some = sample_photos()[: PHOTOS - there]
        for start in range(0, len(some), 16):
            files = [
                ("files", (each.file.name, retouched(each.file.read_bytes(), copy)))
                for each in some[start : start + 16]
            ]
            api.call("POST", "photos", files=files).raise_for_status()
        there += len(some)
    api.wait_until_scored(seconds=300)


def rescoring(api: Api) -> Row:
    for phrase in ("a dog", "at the beach", "playing guitar"):
        api.call("POST", "preferences/texts", json={"phrase": phrase})
    api.wait_until_scored()
    taken = []
    for round_ in range(ROUNDS):
        started = time.perf_counter()
        api.change_taste(match_threshold=0.5 + 0.01 * round_)
        while api.call("GET", "preferences").json()["is_being_scored"]:
            time.sleep(0.02)
        api.call("GET", "photos?order=score").raise_for_status()
        taken.append(time.perf_counter() - started)
    return Row(f"new order of {PHOTOS:,} photos after a change of taste", "s", tuple(taken), promised=2)


def searches(api: Api) -> Iterator[Row]:
    """By words: those that nobody asked for before, and one that was. From the question to the answer over HTTP."""
    new = tuple(_search(api, phrase) for phrase in ("a red bicycle", "in the snow", "cooking", "a tall tree", "a hat"))
    yield Row(f"search {PHOTOS:,} photos by words that are new", "ms", new)
    yield Row(
        f"search {PHOTOS:,} photos by words that were asked before", "ms", tuple(_search(api, "a hat") for _ in new)
    )


def _search(api: Api, phrase: str) -> float:
    started = time.perf_counter()
    while (answer := api.call("GET", f"search?q={quote(phrase)}")).status_code == 202:
        time.sleep(0.02)
    answer.raise_for_status()
    return 1000 * (time.perf_counter() - started)


def memory(meter: Meter) -> Iterator[Row]:
    promised = {"web": 130.0, "score": 1600.0}
    for kind, size in sorted(meter.resident().items()):
        yield Row(f"resident after {PHOTOS:,} uploads: {kind}", "MB", (size,), promised=promised.get(kind))


def cold_starts(data_dir: Path) -> Row:
    taken = []
    for _ in range(3):
        started = time.perf_counter()
        with running_instance(data_dir, wait_for="/accounts/sign-in/"):
            taken.append(time.perf_counter() - started)
    return Row("a later start, from the command to the first page", "s", tuple(taken), promised=8)
