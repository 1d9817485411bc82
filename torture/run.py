"""One run: an instance, people who use it, faults in rounds, and after each round quiet and an audit."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from torture.faults import Faults, build_clock, mount_small_disk, set_clock
from torture.journal import Journal
from torture.workload import Person, Workload
from wizard.instance import BASE_DIR, Instance, InstanceError, running_instance

DISK_MB = 400
BREATH = (0.2, 3.0)  # seconds from one fault to the next, so that some strike at once
TOGETHER = 0.25  # chance that the next fault does not wait at all
STILL_SECONDS = 180.0  # so long nothing may move while something is under way
QUIET_SECONDS = 1800.0  # on a machine that has a lot of other work
WARM_UP_SECONDS = 5.0


@dataclass
class Run:
    folder: Path
    seed: int
    faults: int
    rounds: int
    people: int
    struck: Counter[str] = field(default_factory=Counter)
    told: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    trained: Counter[str] = field(default_factory=Counter)
    left_out: list[str] = field(default_factory=list)

    def do(self) -> list[str]:
        """What was violated, in words."""
        data_dir = self.folder / "data"
        data_dir.mkdir()
        may_fill = mount_small_disk(data_dir, DISK_MB)
        if not may_fill:
            self.left_out.append("disk full (no file system may be mounted here)")
        # Trainings as fast as the rest: a fault shall find some, also where something else keeps the machine busy.
        environment = {"WIZARD_API_RATE": "0", "WIZARD_KEEP_VERSIONS": "6", "WIZARD_TRAIN_NICE": "0"}
        clock = None
        if built := build_clock(self.folder):
            clock, more = built
            environment |= more
        else:
            self.left_out.append("clock jumps (there is no C compiler, cc, to build the clock with)")
        journal = Journal(self.folder / "journal.jsonl")
        with running_instance(data_dir, **environment) as instance:
            faults = Faults(instance, data_dir, may_fill, clock)
            self.struck = faults.struck
            self.told = journal.told
            if not faults.may_lock:
                self.left_out.append("database locked (it is not SQLite's)")
            return self._rounds(instance, faults, journal)

    def _rounds(self, instance: Instance, faults: Faults, journal: Journal) -> list[str]:
        rng = random.Random(self.seed)
        names = [f"person{number}" for number in range(1, self.people + 1)]
        apis = instance.newcomers(*names)
        people = [
            Person(name, api, journal, random.Random(f"{self.seed} {name}"))
            for name, api in zip(names, apis, strict=True)
        ]
        for person in people:
            person.api.call("POST", "preferences/texts", json={"phrase": "at the beach"}).raise_for_status()
            person.make_a_start()
        workload = Workload(people)
        instance.wait_until_kept()
        violations: list[str] = []
        for number in range(1, self.rounds + 1):
            goal = self.faults * number // self.rounds
            workload.begin()
            time.sleep(WARM_UP_SECONDS)
            self._strike(faults, rng, until=goal)
            workload.end()
            if faults.clock:
                set_clock(faults.clock, 0)
            began = time.monotonic()
            stuck = self._settle(instance, people)
            quiet = time.monotonic() - began
            # Of what is still being written an audit can say nothing.
            violations += [f"round {number}: {found}" for found in stuck or _audit(instance, journal)]
            told = journal.told
            print(
                f"Round {number}: {faults.struck.total()} faults, {told['upload']} uploads, {told['answer']} answers,"
                f" {told['training']} trainings; quiet after {quiet:.0f} s; {len(violations)} violations.",
                flush=True,
            )
            if violations:
                break  # what is wrong now would be told again
        for person in people:
            self.answers += person.answers
            self.trained += Counter(str(job["status"]) for job in _jobs(person))
        return violations

    def _strike(self, faults: Faults, rng: random.Random, *, until: int) -> None:
        threads: list[threading.Thread] = []
        while faults.struck.total() < until:
            threads.append(threading.Thread(target=faults.choose(rng)))
            threads[-1].start()
            if rng.random() > TOGETHER:
                time.sleep(rng.uniform(*BREATH))
            if faults.instance.process.poll() is not None:
                raise InstanceError("the whole system has ended; see the log")
        for thread in threads:
            thread.join()

    def _settle(self, instance: Instance, people: list[Person]) -> list[str]:
        """Wait until nothing is under way any more; says what is stuck. Then the product clears up."""
        began = moved = time.monotonic()
        before: tuple[list[str], int] = [], 0
        while found := _under_way(instance, people):
            now = time.monotonic()
            if (found, worked := _worked(instance)) != before:
                moved, before = now, (found, worked)
            if now - moved > STILL_SECONDS or now - began > QUIET_SECONDS:
                return [
                    f"after {now - began:.0f} s, {now - moved:.0f} of them without a change: {each}" for each in found
                ]
            time.sleep(0.5)
        instance.manage("orphans", "--delete", "--minutes", "0")
        return []


def _under_way(instance: Instance, people: list[Person]) -> list[str]:
    try:
        ready = requests.get(f"{instance.url}/readyz", timeout=30)
        if ready.status_code != 200:
            return [f"/readyz says {ready.text}"]
        found = []
        for person in people:
            if queued := person.api.call("GET", "photos?status=queued&page_size=200").json()["results"]:
                found.append(f"{len(queued)} photos of {person.name} are queued, {queued[0]['id']} first")
            if person.api.call("GET", "preferences").json()["is_being_scored"]:
                found.append(f"{person.name} is being scored")
            found += [
                f"training {job['id']} of {person.name} is {job['status']} ({job['phase']}, {job['done']:.2f})"
                for job in _jobs(person)
                if job["finished_at"] is None
            ]
    except (requests.RequestException, ValueError, KeyError) as error:
        return [f"no answer: {error}"]
    return found


def _worked(instance: Instance) -> int:
    """Seconds of a processor that trainings have had: one that gets little is slow, one that takes none is stuck."""
    ticks = 0
    for pid in instance.processes("train")[1:]:
        with suppress(OSError):  # it ended in this moment
            ticks += sum(map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]))
    return ticks // os.sysconf("SC_CLK_TCK")


def _jobs(person: Person) -> list[dict[str, Any]]:
    return person.api.every("training/jobs?page_size=200")


def _audit(instance: Instance, journal: Journal) -> list[str]:
    said = subprocess.run(
        [sys.executable, "-m", "torture.audit", str(journal.file)],
        cwd=BASE_DIR,
        env={name: value for name, value in instance.environment.items() if name != "LD_PRELOAD"},
        capture_output=True,
        text=True,
    )
    failed = [f"the audit itself failed: {said.stderr[-3000:]}"] if said.returncode else []
    return failed + said.stdout.splitlines()


def report(run: Run, *, minutes: float) -> str:
    """What was done and told, as a table."""
    rows = [("faults", run.struck.total()), *((f"  {kind}", count) for kind, count in sorted(run.struck.items()))]
    rows += [("acknowledged", sum(run.told[what] for what in ACKNOWLEDGED))]
    rows += [(f"  {what}", run.told[what]) for what in ACKNOWLEDGED]
    rows += [("trainings that ended", run.trained.total())]
    rows += [(f"  {status}", count) for status, count in sorted(run.trained.items())]
    rows += [
        ("requests", run.answers.total()),
        *((f"  {status}", count) for status, count in sorted(run.answers.items())),
    ]
    table = "\n".join(f"{name:<32}{count:>8,}" for name, count in rows)
    missing = "".join(f"\nLeft out: {what}." for what in run.left_out)
    return f"\n{table}\n{'minutes':<32}{minutes:>8.1f}{missing}\n"


ACKNOWLEDGED = ("upload", "answer", "undo", "training", "cancel", "switch", "taste", "delete", "look")
