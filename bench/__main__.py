"""`make bench`: everything that is promised about speed and memory, measured here and now, one part after the other.

`python -m bench` runs all parts, `python -m bench scoring training` these two. Rows are printed as they come and
kept in docs/benchmarks.md; `--dry` keeps nothing.
"""

from __future__ import annotations

import argparse

from bench import api, machine, nearest, product, reviewing, scoring, sharing, table, training, versions, workers

PARTS = {
    "machine": machine.rows,
    "scoring": scoring.rows,
    "training": training.rows,
    "versions": versions.rows,
    "sharing": sharing.rows,
    "product": product.rows,
    "reviewing": reviewing.rows,
    "nearest": nearest.rows,
    "api": api.rows,
    "workers": workers.rows,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], metavar="part", help=", ".join(PARTS))
    parser.add_argument("--dry", action="store_true", help="write nothing into docs/")
    options = parser.parse_args()
    for part in options.parts or PARTS:
        print(f"\n== {part}", flush=True)
        rows = []
        for row in PARTS[part]():
            print(table.line_of(row), flush=True)
            rows.append(row)
        if not options.dry:
            table.keep(part, rows)


if __name__ == "__main__":
    main()
