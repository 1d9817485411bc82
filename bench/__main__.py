"""`make bench`: everything that is promised about speed and memory, measured here and now, one part after the other."""

from __future__ import annotations

import sys

from bench import api, nearest, product, reviewing, scoring, sharing, training, versions, workers

PARTS = {
    "scoring": scoring.main,
    "product": product.main,
    "versions": versions.main,
    "reviewing": reviewing.main,
    "nearest": nearest.main,
    "api": api.main,
    "sharing": sharing.main,
    "training": training.main,
    "workers": workers.main,
}


def main(names: list[str]) -> None:
    for name in names or PARTS:
        print(f"\n== {name}")
        PARTS[name]()


if __name__ == "__main__":
    main(sys.argv[1:])
