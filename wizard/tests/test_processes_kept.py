"""Every process that is killed comes back by itself, and what it left behind does not stay."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from wizard.instance import Instance, wait_until
from wizard.tests.prepared import Prepared

pytestmark = [
    pytest.mark.system,
    pytest.mark.once,
    pytest.mark.timeout(300),
    pytest.mark.full("kills every process of an instance of its own; the keeper itself rarely changes"),
]


@pytest.fixture(scope="module")
def kept(prepared: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    as_it_is = {"WIZARD_TRAIN_NICE": ""}
    with prepared.running(tmp_path_factory.mktemp("kept") / "data", **as_it_is) as running:
        running.wait_until_kept()
        yield running


def is_ready(instance: Instance) -> bool:
    try:
        return requests.get(f"{instance.url}/readyz", timeout=10).status_code == 200
    except requests.RequestException:
        return False


def is_alive(pid: int) -> bool:
    """An orphan that has ended may wait for the system's first process to take note of it: that is a zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_the_train_worker_has_a_low_priority(kept: Instance) -> None:
    """15 steps below the priority that the product was started with, as far as there are so many."""
    wanted = min(19, os.getpriority(os.PRIO_PROCESS, kept.process.pid) + 15)
    for pid in kept.processes("train"):
        assert os.getpriority(os.PRIO_PROCESS, pid) == wanted
        autogroup = Path(f"/proc/{pid}/autogroup")
        assert not autogroup.exists() or autogroup.read_text().endswith(f"nice {wanted}\n")


@pytest.mark.parametrize("kind", ["web", "score", "train", "beat", "valkey"])
def test_a_killed_process_comes_back_and_leaves_no_child_behind(kept: Instance, kind: str) -> None:
    family = kept.processes(kind)
    os.kill(family[0], signal.SIGKILL)
    wait_until(lambda: kept.processes(kind)[:1] not in ([], family[:1]), f"{kind} is started again")
    wait_until(lambda: is_ready(kept), "everything answers")
    wait_until(lambda: not any(map(is_alive, family)), "nothing is left of it")
    assert kept.process.poll() is None
