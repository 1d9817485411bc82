"""The running product: how soon it serves, how much memory each process holds, how soon a change of taste shows.

Everything is measured on a real instance with the starter model, started as `make run` starts it.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

import requests

from classifier.sample import sample_photos
from wizard.instance import Api, Instance, running_instance

PHOTOS = 1000
ROUNDS = 5


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="wizard-bench-") as folder:
        data_dir = Path(folder) / "data"
        with running_instance(data_dir) as first:
            api = first.api()
            api.wait_until_scored()
            fill(api)
            report_rescoring(api)
            report_memory(first)
        started = time.perf_counter()
        with running_instance(data_dir, wait_for="/accounts/sign-in/") as second:
            print(f"second start, command to first page   {time.perf_counter() - started:6.2f} s   (promised: 8 s)")
            report_web_alone(second)


def fill(api: Api) -> None:
    """The sample library again and again, each copy with some bytes more, until there are PHOTOS photos."""
    there, copy = len(api.every_photo()), 0
    while there < PHOTOS:
        copy += 1
        some = sample_photos()[: PHOTOS - there]
        for start in range(0, len(some), 16):
            files = [
                ("files", (each.file.name, each.file.read_bytes() + b"\0" * copy)) for each in some[start : start + 16]
            ]
            api.call("POST", "photos", files=files).raise_for_status()
        there += len(some)
    api.wait_until_scored(seconds=300)


def report_rescoring(api: Api) -> None:
    for phrase in ("a dog", "at the beach", "playing guitar"):
        api.call("POST", "preferences/texts", json={"phrase": phrase})
    api.wait_until_scored()
    taken = []
    for round_ in range(ROUNDS):
        started = time.perf_counter()
        api.call("PATCH", "preferences", json={"match_threshold": 0.5 + 0.01 * round_}).raise_for_status()
        while api.call("GET", "preferences").json()["is_being_scored"]:
            time.sleep(0.02)
        api.call("GET", "photos?order=score").raise_for_status()
        taken.append(time.perf_counter() - started)
    print(f"new order of {PHOTOS} photos after a change  {statistics.median(taken):6.2f} s   (promised: 2 s)")


def report_memory(instance: Instance) -> None:
    """Resident megabytes of each process of the instance, largest of its kind."""
    largest: dict[str, float] = {}
    for pid in instance.processes():
        kind = instance.kind_of(pid)
        largest[kind] = max(largest.get(kind, 0.0), resident_mb(pid))
    for kind, megabytes in sorted(largest.items()):
        promise = "   (promised: 130 MB)" if kind == "web" else ""
        print(f"resident, {kind:<27} {megabytes:6.0f} MB{promise}")


def report_web_alone(instance: Instance) -> None:
    taken = []
    for _ in range(50):
        started = time.perf_counter()
        requests.get(f"{instance.url}/accounts/sign-in/", timeout=10).raise_for_status()
        taken.append(time.perf_counter() - started)
    print(f"sign-in page, median of 50             {statistics.median(taken) * 1000:6.1f} ms")


def resident_mb(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


if __name__ == "__main__":
    main()
