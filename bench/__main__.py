"""`make bench`: everything that is promised about speed and memory, measured here and now, one part after the other.

`python -m bench` runs all parts, `python -m bench scoring training` these two. Rows are printed as they come and
kept in docs/benchmarks.md; `--dry` keeps nothing. Where Postgres is installed, some parts run on one of their own.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

from bench import (
    api,
    copies,
    footprint,
    growth,
    learning_costs,
    machine,
    nearest,
    product,
    reviewing,
    scoring,
    sharing,
    table,
    training,
    versions,
    workers,
)

PARTS = {
    "machine": machine.rows,
    "scoring": scoring.rows,
    "training": training.rows,
    "versions": versions.rows,
    "sharing": sharing.rows,
    "product": product.rows,
    "reviewing": reviewing.rows,
    "nearest": nearest.rows,
    "growth": growth.rows,
    "api": api.rows,
    "workers": workers.rows,
    "footprint": footprint.rows,
    "learning_costs": learning_costs.rows,
    "copies": copies.rows,
}
ON_POSTGRES = {"workers", "footprint", "learning_costs"}  # what they measure is for instances of many people
DRAWN = {"growth": growth.draw}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], metavar="part", help=", ".join(PARTS))
    parser.add_argument("--dry", action="store_true", help="write nothing into docs/")
    options = parser.parse_args()
    for part in options.parts or PARTS:
        if part in ON_POSTGRES and has_postgres() and not os.environ.get("WIZARD_TEST_DATABASE_URL"):
            here = [sys.executable, "-m", "bench", part, *(["--dry"] if options.dry else [])]
            subprocess.run([sys.executable, "scripts/on_postgres.py", *here], check=True)
            continue
        print(f"\n== {part}", flush=True)
        rows = []
        for row in PARTS[part]():
            print(table.line_of(row), flush=True)
            rows.append(row)
        if not options.dry:
            table.keep(part, rows)
            if part in DRAWN:
                DRAWN[part](rows)


def has_postgres() -> bool:
    return bool(shutil.which("initdb") or list(Path("/usr/lib/postgresql").glob("*/bin/initdb")))


if __name__ == "__main__":
    main()
