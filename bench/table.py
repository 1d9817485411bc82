"""What the benchmarks print and keep: one row a figure, beside the plain way, the physical limit and the promise.

Each part of the benchmark yields rows. `python -m bench` prints them as they come, keeps them in docs/benchmarks.json,
and writes them as one table into docs/benchmarks.md, above what is said there about them.
"""

from __future__ import annotations

import json
import math
import statistics
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from bench import machine

DOCS = Path(__file__).resolve().parent.parent / "docs"
KEPT, PAGE = DOCS / "benchmarks.json", DOCS / "benchmarks.md"
BEGIN, END = "<!-- from here on written by `make bench` -->", "<!-- up to here written by `make bench` -->"
MORE_IS_BETTER = ("a second", "a minute", "times", "share", "GFLOP/s", "GB/s")


@dataclass(frozen=True)
class Row:
    """One figure.

    what: a noun phrase; runs: what was measured each time, in `unit`; plain: the median of the plain way, in the same
    unit and run; limit: the best the machine could do; promised: what was promised, a bound on `counted`, which is the
    ratio to the plain way where `promised_ratio` says so; at: the cost at each size, where its growth was measured, of
    which `runs` are those at the largest; chart: the name of the one it is drawn in.
    """

    what: str
    unit: str
    runs: tuple[float, ...]
    plain: float | None = None
    limit: float | None = None
    promised: float | None = None
    promised_ratio: float | None = None
    at: tuple[tuple[int, float], ...] = ()
    chart: str = ""

    @property
    def median(self) -> float:
        return statistics.median(self.runs)

    @property
    def more_is_better(self) -> bool:
        return self.unit in MORE_IS_BETTER

    @property
    def ratio(self) -> float | None:
        """How many times as good as the plain way."""
        return None if self.plain is None else self._against(self.plain)

    @property
    def share(self) -> float | None:
        """Of what the machine could do at best, 0 to 1."""
        return None if self.limit is None else self._against(self.limit)

    @property
    def is_kept(self) -> bool | None:
        """Whether the promise is kept; None where there is none."""
        if self.promised_ratio is not None:
            return (self.ratio or 0) >= self.promised_ratio
        if self.promised is None:
            return None
        return self.median >= self.promised if self.more_is_better else self.median <= self.promised

    @property
    def exponent(self) -> float:
        """Of the power of the size that the cost grows as: the slope of the straight line through their logarithms."""
        sizes, costs = zip(*self.at, strict=True)
        return statistics.linear_regression(*([math.log(each) for each in some] for some in (sizes, costs))).slope

    @property
    def a_thousand_more(self) -> float:
        """What 1,000 more cost, between the last two sizes."""
        (*_, (size, cost), (most, at_most)) = self.at
        return 1000 * (at_most - cost) / (most - size)

    def _against(self, other: float) -> float:
        return self.median / other if self.more_is_better else other / self.median


def rows_from(lines: Iterable[str]) -> Iterator[Row]:
    """Rows that a process printed, one JSON object a line; other lines are passed on to the reader."""
    for line in lines:
        if line.startswith("{"):
            fields = json.loads(line)
            yield _row(fields)
        elif line.strip():
            print(line.rstrip())


def _row(fields: dict[str, Any]) -> Row:
    """From JSON, which knows lists alone."""
    at = tuple((size, cost) for size, cost in fields.get("at", ()))
    return Row(**{**fields, "runs": tuple(fields["runs"]), "at": at})


def line_of(row: Row) -> str:
    """As it is printed while the benchmark runs."""
    said = [f"{row.what:<66} {figure(row.median)} {row.unit}"]
    if len(row.runs) > 1:
        said.append(f"({figure(min(row.runs))} to {figure(max(row.runs))})")
    said += [f"plain {figure(row.plain)}, {figure(row.ratio)} times as good"] if row.plain is not None else []
    said += [f"{row.share:.0%} of the limit"] if row.share is not None else []
    said += [f"at {size:,}: {figure(cost)}" for size, cost in row.at]
    said += [f"as n^{row.exponent:.2f}"] if row.at else []
    said += [f"promised {_promise(row)}{'' if row.is_kept else ': MISSED'}"] if row.is_kept is not None else []
    return "  ".join(said)


def keep(part: str, rows: list[Row]) -> None:
    """The part's rows in place of its last ones, and the page anew."""
    kept = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    kept[part] = {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": machine.description(),
        "rows": [asdict(row) for row in rows],
    }
    KEPT.write_text(json.dumps(kept, indent=1) + "\n")
    write_page(kept)


def write_page(kept: dict[str, dict[str, object]]) -> None:
    """Raises ValueError when the page has lost the two lines between which the table stands."""
    PAGE.write_text(between(PAGE.read_text(), f"{BEGIN}\n", "".join(_section(*each) for each in kept.items()), END))


def between(page: str, begin: str, written: str, end: str) -> str:
    """The page with this in place of what stood between the two lines. Raises ValueError when it has lost one."""
    before, has_begin, rest = page.partition(begin)
    _, has_end, after = rest.partition(end)
    if not has_begin or not has_end:
        raise ValueError(f"The page needs the lines {begin.strip()} and {end.strip()}.")
    return f"{before}{begin}{written}{end}{after}"


def _section(part: str, kept: dict[str, object]) -> str:
    head = f"\n### {part}\n`python -m bench {part}`, {kept['date']}; {kept['machine']}\n"
    fields = kept["rows"]
    assert isinstance(fields, list)
    by_chart = groupby((_row(each) for each in fields), key=lambda row: row.chart)
    return head + "".join(_growth(list(rows)) if chart else _figures(rows) for chart, rows in by_chart)


def _figures(rows: Iterable[Row]) -> str:
    lines = ["\n", *HEAD]
    for row in rows:
        spread = f" ({figure(min(row.runs))} to {figure(max(row.runs))})" if len(row.runs) > 1 else ""
        cells = [
            row.what,
            f"{figure(row.median)} {row.unit}{spread}",
            f"{figure(row.plain)} {row.unit}" if row.plain is not None else "",
            f"**{figure(row.ratio)}**" if row.ratio is not None else "",
            f"{row.share:.0%} of {figure(row.limit)}" if row.share is not None else "",
            "" if row.is_kept is None else _promise(row) if row.is_kept else f"{_promise(row)}: **missed**",
        ]
        lines.append(f"| {' | '.join(cells)} |\n")
    return "".join(lines)


def _growth(rows: list[Row]) -> str:
    """What was measured at several sizes: a column for each, and the chart."""
    sizes = [size for size, _ in rows[0].at]
    head = ["what", *(f"{size:,}" for size in sizes), "exponent", "1,000 more", f"promised at {sizes[-1]:,}"]
    lines = ["\n", f"| {' | '.join(head)} |\n", f"|---{'|--:' * (len(head) - 1)}|\n"]
    for row in rows:
        costs = [f"{figure(cost)} {row.unit}" for _, cost in row.at]
        more = f"{figure(round(row.a_thousand_more, 3))} {row.unit}"
        kept = f"{_promise(row)}{'' if row.is_kept else ': **missed**'}"
        lines.append(f"| {' | '.join([row.what, *costs, f'{row.exponent:.2f}', more, kept])} |\n")
    return f"{''.join(lines)}\n![{rows[0].chart}]({rows[0].chart}.svg)\n"


HEAD = (
    "| what | measured | the plain way | times as good | of the limit | promised |\n",
    "|---|---|---|--:|--:|--:|\n",
)


def _promise(row: Row) -> str:
    if row.promised_ratio is not None:
        return f"{figure(row.promised_ratio)} times"
    return f"{figure(row.promised)} {row.unit}"


def figure(value: float | None) -> str:
    """Three digits that count, and thousands in groups."""
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
