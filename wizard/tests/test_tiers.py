"""The time budget of the commit tier, and the marks that leave it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from wizard.instance import BASE_DIR, FIRST_PORT, PORTS_PER_PART, free_port
from wizard.tests import tiers
from wizard.tests.tiers import Stopwatch, over_budget, seconds_waited

SESSION = """
import sys
import time
import pytest
from wizard.tests.tiers import TimeBudget

@pytest.fixture(scope="session")
def shared():
    time.sleep(0.3)

@pytest.fixture
def own():
    time.sleep(0.3)

def test_quick(): pass
def test_sleeps(): time.sleep(0.3)
def test_has_a_slow_fixture(own): pass
def test_is_the_first_to_need_what_all_share(shared): pass
@pytest.mark.slow("why")
def test_is_marked(): time.sleep(0.3)

if __name__ == "__main__":
    options = ["-p", "no:django", "-p", "no:cacheprovider", "-c", "/dev/null", "-rA", "--rootdir", "/", __file__]
    sys.exit(pytest.main(options, [TimeBudget(budget=0.2, waited=lambda: 0.0)]))
"""


def test_a_test_over_the_budget_fails_the_run(tmp_path: Path) -> None:
    file = tmp_path / "test_session.py"
    file.write_text(SESSION)
    environment = {**os.environ, "PYTHONPATH": str(BASE_DIR)}
    ran = subprocess.run([sys.executable, file], capture_output=True, text=True, check=False, env=environment)
    outcomes = {name: outcome for outcome, name in re.findall(r"^([A-Z]+) .*::(test_\w+)", ran.stdout, re.MULTILINE)}
    assert outcomes == {
        "test_quick": "PASSED",
        "test_sleeps": "FAILED",
        "test_has_a_slow_fixture": "FAILED",
        "test_is_the_first_to_need_what_all_share": "PASSED",
        "test_is_marked": "PASSED",
    }
    assert ran.returncode == 1


def test_time_spent_waiting_for_a_processor_does_not_count() -> None:
    clock, waited = iter([100.0, 109.0]), iter([40.0, 46.5])
    assert Stopwatch(lambda: next(clock), lambda: next(waited)).seconds() == 2.5


def test_the_complaint_names_the_time_and_the_two_marks() -> None:
    assert over_budget(5.0, budget=5.0) == ""
    complaint = over_budget(6.24, budget=5.0)
    assert "took 6.2 s" in complaint
    assert "@pytest.mark.full" in complaint
    assert "@pytest.mark.slow" in complaint


def test_the_kernel_counts_what_processes_waited(tmp_path: Path) -> None:
    assert seconds_waited(tmp_path / "none") == 0.0
    (tmp_path / "cpu").write_text("some avg10=0.58 avg60=2.78 avg300=1.18 total=4688426\nfull avg10=0 total=0\n")
    assert seconds_waited(tmp_path / "cpu") == 4.688426


@pytest.mark.parametrize("reason", [(), ("",), (3,)])
def test_slow_and_full_need_a_reason(request: pytest.FixtureRequest, reason: tuple[object, ...]) -> None:
    item = pytest.Function.from_parent(request.node.parent, name="test_probe", callobj=lambda: None)
    item.add_marker(pytest.mark.full(*reason))
    assert tiers.marks_without_a_reason(item) == [f"{item.nodeid}: full needs a reason"]
    other = pytest.Function.from_parent(request.node.parent, name="test_probe", callobj=lambda: None)
    other.add_marker(pytest.mark.slow("it waits for a timeout"))
    assert tiers.marks_without_a_reason(other) == []


@pytest.mark.parametrize(("worker", "part"), [("gw0", 0), ("gw1", 1)])
def test_each_worker_has_ports_of_its_own(monkeypatch: pytest.MonkeyPatch, worker: str, part: int) -> None:
    monkeypatch.setenv("PYTEST_XDIST_WORKER", worker)
    first = FIRST_PORT + part * PORTS_PER_PART
    assert all(first <= free_port() < first + PORTS_PER_PART for _ in range(50))
