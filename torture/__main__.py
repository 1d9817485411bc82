"""Faults by the hundred while people use the product, and then: was everybody told the truth?

    python -m torture [--seed 1] [--faults 300] [--people 4] [--keep FOLDER]

See docs/torture.md. The exit code is 1 when anything is violated.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from torture.run import Run, report

INSIDE = "TORTURE_INSIDE"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m torture", description=__doc__)
    parser.add_argument("--seed", type=int, default=None, help="names faults and pictures; drawn if not given")
    parser.add_argument("--faults", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3, help="after each everything has to get quiet, and is audited")
    parser.add_argument("--people", type=int, default=4)
    parser.add_argument("--keep", type=Path, help="leave data and logs in this folder")
    given = parser.parse_args()
    _enter_a_mount_namespace()
    seed = random.SystemRandom().randrange(10**6) if given.seed is None else given.seed
    folder = given.keep or Path(tempfile.mkdtemp(prefix="wizard-torture-"))
    folder.mkdir(parents=True, exist_ok=True)
    print(f"Seed {seed}: {given.faults} faults in {given.rounds} rounds, {given.people} people.", flush=True)
    began = time.monotonic()
    run = Run(folder=folder, seed=seed, faults=given.faults, rounds=given.rounds, people=given.people)
    violations = run.do()
    print(report(run, minutes=(time.monotonic() - began) / 60))
    for violation in violations:
        print(f"VIOLATION  {violation}")
    print(f"\nSeed {seed}: {len(violations)} violations.", flush=True)
    if violations:
        print(f"Journal and log are in {folder}.")
    elif not given.keep:
        shutil.rmtree(folder, ignore_errors=True)
    sys.exit(bool(violations))


def _enter_a_mount_namespace() -> None:
    """In it a small disk can be mounted that nobody else sees: as root, or where users may have namespaces."""
    if os.environ.get(INSIDE) or shutil.which("unshare") is None:
        return
    os.environ[INSIDE] = "1"
    command = ["unshare", "--mount", *([] if os.getuid() == 0 else ["--map-root-user"]), "--"]
    if subprocess.run([*command, "true"], check=False, capture_output=True).returncode == 0:
        os.execvp("unshare", [*command, sys.executable, "-m", "torture", *sys.argv[1:]])


main()
