"""The two tiers of tests, and the time that a test of the commit tier may take.

The commit tier (`make test`) leaves out the tests marked `full`. The full tier (`make test-all`, `pytest --full`) runs
every test. Tests that exist in both, but search deeper in the full tier, ask for the fixture `is_full`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest

BUDGET_SECONDS = 5.0
PRESSURE = Path("/proc/pressure/cpu")
RUNS_A_PRODUCT = {"prepared", "instance", "running"}


def seconds_waited(pressure: Path = PRESSURE) -> float:
    """How long some process of this machine has waited for a processor since the machine started; 0.0 if unknown."""
    try:
        return int(pressure.read_text().partition("total=")[2].split()[0]) / 1e6
    except (OSError, ValueError):
        return 0.0


class Stopwatch:
    """Seconds since it was made, less the time in which a process of this machine waited for a processor.

    A busy machine, a low priority or a running product beside the tests therefore do not make a test too slow.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, waited: Callable[[], float] = seconds_waited):
        self._clock, self._waited = clock, waited
        self._began, self._had_waited = clock(), waited()

    def seconds(self) -> float:
        return (self._clock() - self._began) - (self._waited() - self._had_waited)


class TimeBudget:
    """A pytest plugin: a test that takes more than `budget` seconds fails, unless it is marked `slow`.

    The fixtures of a test count too, except those of the whole session, which any test may be the first to need.
    """

    def __init__(self, budget: float = BUDGET_SECONDS, waited: Callable[[], float] = seconds_waited) -> None:
        self._budget, self._waited = budget, waited
        self._shared_seconds = 0.0
        self._nesting = 0
        self._seconds = 0.0

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[Any]) -> Generator[None, Any, Any]:
        if fixturedef.scope not in ("session", "package"):
            return (yield)
        watch = Stopwatch(waited=self._waited)
        self._nesting += 1
        try:
            return (yield)
        finally:
            self._nesting -= 1
            if not self._nesting:
                self._shared_seconds += watch.seconds()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self) -> Generator[None, Any, Any]:
        self._seconds = 0.0
        return (yield from self._count())

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self) -> Generator[None, Any, Any]:
        return (yield from self._count())

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
        report = yield
        if call.when == "call" and report.passed and not item.get_closest_marker("slow"):
            complaint = over_budget(self._seconds, self._budget)
            if complaint:
                report.outcome, report.longrepr = "failed", complaint
        return report

    def _count(self) -> Generator[None, Any, Any]:
        watch, self._shared_seconds = Stopwatch(waited=self._waited), 0.0
        try:
            return (yield)
        finally:
            self._seconds += watch.seconds() - self._shared_seconds


def over_budget(seconds: float, budget: float) -> str:
    """What is wrong with a test that took so long; empty when nothing is."""
    if seconds <= budget:
        return ""
    return (
        f"The test took {seconds:.1f} s, and a test of the commit tier has {budget:g} s. Make it faster, "
        f'mark it @pytest.mark.full("why"), or mark it @pytest.mark.slow("why") if every commit needs it.'
    )


def runs_a_product(item: pytest.Item) -> bool:
    """Whether the test starts the whole product or asks a running one."""
    asks_for = getattr(item, "fixturenames", ())
    return bool(item.get_closest_marker("system") or RUNS_A_PRODUCT.intersection(asks_for))


def marks_without_a_reason(item: pytest.Item) -> list[str]:
    """`slow` and `full` each say why."""
    marks = (mark for name in ("slow", "full") for mark in item.iter_markers(name))
    return [f"{item.nodeid}: {mark.name} needs a reason" for mark in marks if not _has_reason(mark)]


def _has_reason(mark: pytest.Mark) -> bool:
    return len(mark.args) == 1 and isinstance(mark.args[0], str) and bool(mark.args[0].strip())
