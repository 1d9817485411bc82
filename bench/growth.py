"""Growth: what pages, the work behind them and training cost, by the number of photos and of labels.

Run: python -m bench growth

What somebody waits for may not grow faster than the logarithm of the number of photos: with 100,000 it costs at most
log 100,000 / log 1,000 = 5/3 times what it costs with 1,000. The rest may grow in proportion to the number, no faster:
from the last size but one to the last, with a quarter more for what the processor's caches no longer hold. The charts
in docs/ are drawn from the same figures.
"""

from __future__ import annotations

import json
import math
import statistics
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

from bench import chart
from bench.apart import in_turn
from bench.table import DOCS, Row
from bench.training import alone, keep_stems, whole_job
from bench.weights import random_weights
from classifier.clip.backbones import resolve_backbone
from classifier.sample import sample_photos

SIZES = (1_000, 10_000, 100_000)
LABELS = (100, 300, 1_000, 2_000, 5_000)
LONGEST = 300  # seconds: a training that would take longer is left out
BEYOND_THE_CACHES = 1.25
CHARTS = {
    "growth-pages": ("What somebody waits for", "photos", "milliseconds"),
    "growth-work": ("The work behind it", "photos", "milliseconds"),
    "growth-training": ("A training", "labels", "seconds"),
}
START = "import django; django.setup(); from bench.growth_library import main; main({})"

Runs = dict[int, tuple[float, ...]]  # by size


def rows() -> Iterator[Row]:
    found: dict[str, dict[str, Runs]] = defaultdict(lambda: defaultdict(lambda: defaultdict(tuple)))
    for each in measurements():
        found[each["kind"]][each["what"]][each["size"]] += (each["ms"],)
    for what, runs in found["waits"].items():
        yield waited_for(what, runs)
    for what, runs in found["work"].items():
        yield in_proportion(what, runs, "ms", "growth-work")
    yield in_proportion("a whole training, starter model", training(), "s", "growth-training")


def waited_for(what: str, runs: Runs) -> Row:
    (least, *_, most), at = sorted(runs), medians(runs)
    allowed = at[0][1] * math.log(most) / math.log(least)
    return Row(what, "ms", runs[most], promised=allowed, at=at, chart="growth-pages")


def in_proportion(what: str, runs: Runs, unit: str, drawn_in: str) -> Row:
    (*_, (size, cost), (most, _)) = medians(runs)
    allowed = cost * most / size * BEYOND_THE_CACHES
    return Row(what, unit, runs[most], promised=allowed, at=medians(runs), chart=drawn_in)


def medians(runs: Runs) -> tuple[tuple[int, float], ...]:
    return tuple((size, statistics.median(runs[size])) for size in sorted(runs))


def measurements() -> Iterator[dict[str, Any]]:
    """Each size in a process of its own, all in turn. They read ViT-B/32 with random weights: they cost the same."""
    with tempfile.TemporaryDirectory(prefix="wizard-bench-") as name:
        folder = Path(name)
        weights = random_weights(folder)
        codes = {folder / str(size): START.format(size) for size in SIZES}
        said = in_turn(codes, WIZARD_BACKBONE=str(weights), LOG_LEVEL="WARNING")
        yield from map(json.loads, said)


def training() -> Runs:
    """Whole jobs in seconds, on the sample photos again and again, each copy a little different."""
    backbone = resolve_backbone("starter", Path())
    with tempfile.TemporaryDirectory(prefix="wizard-bench-") as name:
        keep_stems(backbone, [photo.file for photo in sample_photos()], Path(name))
        found: Runs = {}
        seconds = 0.0
        for before, labels in pairwise((LABELS[0], *LABELS)):
            if seconds * labels / before > LONGEST:
                break
            seconds, _ = alone(whole_job, backbone, Path(name), labels)
            found[labels] = (seconds,)
        return found


def draw(rows: list[Row]) -> None:
    """Beside the table, which shows them."""
    for name, some in groupby(rows, key=lambda row: row.chart):
        title, sizes, unit = CHARTS[name]
        picture = chart.svg(title, sizes, unit, {row.what: row.at for row in some})
        (DOCS / f"{name}.svg").write_text(picture)
