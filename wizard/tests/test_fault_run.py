"""A short fault run: `make torture` is the long one. docs/torture.md says what it promises."""

from __future__ import annotations

import subprocess
import sys

import pytest

from wizard.instance import BASE_DIR

pytestmark = [
    pytest.mark.system,
    pytest.mark.timeout(1200),
    pytest.mark.slow("every fault is followed by the time in which the product recovers"),
]

SEED, FAULTS, FAULTS_OF_A_COMMIT = "7", "24", "6"


def test_acknowledged_data_survives_every_fault(is_full: bool) -> None:
    """On failure it shows the seed, the table of faults and each violation."""
    faults = FAULTS if is_full else FAULTS_OF_A_COMMIT
    asked = ("--seed", SEED, "--faults", faults, "--rounds", "1", "--people", "3")
    run = subprocess.run([sys.executable, "-m", "torture", *asked], cwd=BASE_DIR, capture_output=True, text=True)
    assert run.returncode == 0, f"{run.stdout}\n{run.stderr}"
    assert f"Seed {SEED}: 0 violations." in run.stdout
