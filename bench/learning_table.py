"""From the results of bench.learning to the tables of docs/learning.md."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import groupby
from typing import Any

import numpy as np

from bench.table import DOCS, between

DOCUMENT = DOCS / "learning.md"
BEGIN, END = "<!-- tables: begin (written by python -m bench.learning) -->\n", "<!-- tables: end -->\n"
METHODS = ("zero-shot", "probe", "plain", "recipe")
MEASURES = {"accuracy": "Accuracy", "balanced_accuracy": "Balanced accuracy", "auc": "AUC"}
Result = dict[str, Any]


def write_tables(results: Sequence[Result]) -> None:
    """Prints the tables and puts them into docs/learning.md, between its markers."""
    text = tables(results)
    print(text)
    write(f"\n{text}\n", BEGIN, END, {result["task"]["library"] for result in results})


def write(text: str, begin: str, end: str, libraries: Collection[str]) -> None:
    """Where the real photos are not, what was measured elsewhere with them stays."""
    if "photos" in libraries:
        DOCUMENT.write_text(between(DOCUMENT.read_text(), begin, text, end))
    else:
        print("docs/learning.md stays as it is: its figures need the real photos, too (WIZARD_TEST_PHOTOS).")


def tables(results: Sequence[Result]) -> str:
    complete = [result for result in results if "recipe" in result["answers"]]
    complete.sort(key=_condition)
    parts = []
    for (library, unliked, wrong), of_condition in groupby(complete, _condition_of_table):
        parts.append(f"**{library}, {-100 * unliked:.0f} % liked, {100 * wrong:.0f} % wrong answers**\n")
        parts.append("| answers | people | measure | " + " | ".join(METHODS) + " | recipe - probe | recipe - best |")
        parts.append("|" + "---|" * (5 + len(METHODS)))
        for photos, alike in groupby(of_condition, lambda result: result["task"]["photos"]):
            same = list(alike)
            parts += [_row(photos, same, measure) for measure in MEASURES]
        parts.append("")
    return "\n".join([*parts, _summary(complete)])


def _row(photos: int, same: list[Result], measure: str) -> str:
    by_method = {name: _values(same, name, measure) for name in METHODS}
    gain = by_method["recipe"] - by_method["probe"]
    best = max((by_method["probe"], by_method["plain"]), key=np.mean)
    cells = [_with_interval(values) for values in (*by_method.values(), gain, by_method["recipe"] - best)]
    return f"| {photos} | {len(same)} | {MEASURES[measure]} | " + " | ".join(cells) + " |"


def _summary(complete: list[Result]) -> str:
    """What was promised, beside what came out."""
    lines = [
        "| answers | recipe less the better of probe and plain, on average | AUC | accuracy |",
        "|---|---|---|---|",
    ]
    for photos in sorted({result["task"]["photos"] for result in complete}):
        same = [result for result in complete if result["task"]["photos"] == photos]
        gaps = []
        for measure in ("auc", "accuracy"):
            best = max((_values(same, name, measure) for name in ("probe", "plain")), key=np.mean)
            gaps.append(_with_interval(_values(same, "recipe", measure) - best))
        lines.append(f"| {photos} | over all of the above, {len(same)} runs | {gaps[0]} | {gaps[1]} |")
    return "\n".join(lines) + "\n"


def _values(same: list[Result], method: str, measure: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.array([result["answers"][method][measure] for result in same])


def _with_interval(values: np.ndarray[Any, np.dtype[np.float64]]) -> str:
    """Mean over people and its 95 % interval, in points."""
    if len(values) < 2:
        return f"{100 * values.mean():.1f}"
    return f"{100 * values.mean():.1f} +- {196 * values.std(ddof=1) / len(values) ** 0.5:.1f}"


def _condition_of_table(result: Result) -> tuple[str, float, float]:
    task = result["task"]
    return task["library"], -task["liked_share"], task["wrong"]


def _condition(result: Result) -> tuple[str, float, float, int]:
    return (*_condition_of_table(result), result["task"]["photos"])
