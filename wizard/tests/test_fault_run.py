"""A short fault run: `make torture` is the long one. docs/torture.md says what it promises."""

from __future__ import annotations

import subprocess
import sys

import pytest

from wizard.instance import BASE_DIR

pytestmark = [pytest.mark.system, pytest.mark.timeout(1200)]

SHORT = ("--seed", "7", "--faults", "24", "--rounds", "1", "--people", "3")


def test_whatever_befalls_it_everybody_was_told_the_truth() -> None:
    """The test's name is all that is shown when it passes; when it fails, the seed, the table and each violation."""
    run = subprocess.run([sys.executable, "-m", "torture", *SHORT], cwd=BASE_DIR, capture_output=True, text=True)
    assert run.returncode == 0, f"{run.stdout}\n{run.stderr}"
    assert "Seed 7: 0 violations." in run.stdout
