"""A chart of costs against sizes as an SVG: both axes logarithmic, so that a power of n is a straight line.

It follows the reader's theme by itself, also as a picture in a page of Markdown.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

Points = Sequence[tuple[int, float]]

WIDTH, LEFT, RIGHT, TOP, BOTTOM = 920, 64, 330, 64, 48
LABEL_HEIGHT, LEAST_HEIGHT = 15, 300
STYLE = """
svg { color-scheme: light dark; font: 12px system-ui, sans-serif; fill: #1c1917; background: #fafaf9; }
.title { font-size: 15px; font-weight: 600; } .muted { fill: #57534e; }
.grid { stroke: #e7e5e4; } .guide { stroke: #8a847e; stroke-dasharray: 4 4; }
.line { fill: none; stroke: #6d28d9; stroke-width: 1.5; stroke-opacity: .7; } .dot { fill: #6d28d9; }
.leader { stroke: #d0ccc8; }
@media (prefers-color-scheme: dark) {
  svg { fill: #fafaf9; background: #0c0a09; } .muted { fill: #a8a29e; }
  .grid { stroke: #33302d; } .guide { stroke: #7d766f; }
  .line { stroke: #a78bfa; } .dot { fill: #a78bfa; } .leader { stroke: #4a4541; }
}
"""


class Scale:
    """From numbers to places: the logarithm of `low` to `high` laid out between two places."""

    def __init__(self, low: float, high: float, start: float, end: float) -> None:
        self.low, self.start = math.log10(low), start
        self.step = (end - start) / (math.log10(high) - self.low)

    def __call__(self, value: float) -> float:
        return self.start + self.step * (math.log10(value) - self.low)


def svg(title: str, sizes: str, unit: str, lines: Mapping[str, Points]) -> str:
    """`sizes` says what is counted along the bottom; each of the lines goes by its name, which stands at its end."""
    height = max(LEAST_HEIGHT, LABEL_HEIGHT * len(lines)) + TOP + BOTTOM
    ticks = sorted({size for points in lines.values() for size, _ in points})
    costs = [cost for points in lines.values() for _, cost in points]
    levels = _levels(min(costs), max(costs))
    x = Scale(ticks[0], ticks[-1], LEFT, WIDTH - RIGHT)
    y = Scale(levels[0], levels[-1], height - BOTTOM, TOP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
        f"<title>{escape(title)}</title><style>{STYLE}</style>",
        f'<text class="title" x="{LEFT}" y="24">{escape(title)}</text>',
        f'<text class="muted" x="{LEFT}" y="44">{escape(unit)}, by number of {escape(sizes)}; dashed: in proportion to'
        " the number, and to its logarithm</text>",
    ]
    for level in levels:
        parts += [
            f'<path class="grid" d="M{LEFT} {y(level):.1f}H{WIDTH - RIGHT}"/>',
            f'<text class="muted" text-anchor="end" x="{LEFT - 8}" y="{y(level) + 4:.1f}">{level:,g}</text>',
        ]
    for size in ticks:
        parts.append(
            f'<text class="muted" text-anchor="middle" x="{x(size):.1f}" y="{height - BOTTOM + 20}">{size:,}</text>'
        )
    parts += _guides(x, y, ticks, costs_at_first=[points[0][1] for points in lines.values()], top=levels[-1])
    parts += _drawn(x, y, lines, height)
    return "\n".join([*parts, "</svg>\n"])


def _levels(least: float, most: float) -> list[float]:
    """1, 2, 5, 10 and so on, from one that is no larger than `least` to one that is no smaller than `most`."""
    every = [step * 10.0**power for power in range(-6, 9) for step in (1, 2, 5)]
    first = max(level for level in every if level <= least)
    last = min(level for level in every if level >= most and level > first)
    return [level for level in every if first <= level <= last]


def _guides(x: Scale, y: Scale, ticks: list[int], *, costs_at_first: list[float], top: float) -> list[str]:
    """From the middle of what is measured at the first size, as far as the chart goes."""
    begins = sorted(costs_at_first)[len(costs_at_first) // 2]
    ends = {"n": min(ticks[-1], ticks[0] * top / begins), "log n": float(ticks[-1])}
    parts = []
    for name, end in ends.items():
        sizes = [ticks[0] * (end / ticks[0]) ** (part / 20) for part in range(21)]
        costs = [begins * (size / ticks[0] if name == "n" else math.log(size) / math.log(ticks[0])) for size in sizes]
        path = "L".join(f"{x(size):.1f} {y(cost):.1f}" for size, cost in zip(sizes, costs, strict=True))
        parts.append(f'<path class="guide" fill="none" d="M{path}"/>')
    return parts


def _drawn(x: Scale, y: Scale, lines: Mapping[str, Points], height: float) -> list[str]:
    places = _apart({name: y(points[-1][1]) for name, points in lines.items()}, TOP, height - BOTTOM)
    parts = []
    for name, points in lines.items():
        path = "L".join(f"{x(size):.1f} {y(cost):.1f}" for size, cost in points)
        parts.append(f'<path class="line" d="M{path}"/>')
        parts += [f'<circle class="dot" r="2.5" cx="{x(size):.1f}" cy="{y(cost):.1f}"/>' for size, cost in points]
        end, label = x(points[-1][0]), WIDTH - RIGHT + 26
        parts += [
            f'<path class="leader" d="M{end + 4:.1f} {y(points[-1][1]):.1f}L{label - 4} {places[name]:.1f}"/>',
            f'<text x="{label}" y="{places[name] + 4:.1f}">{escape(name)}</text>',
        ]
    return parts


def _apart(wanted: Mapping[str, float], top: float, bottom: float) -> dict[str, float]:
    """Labels moved down, and where there is no more room up again, until none covers another."""
    names = sorted(wanted, key=lambda name: wanted[name])
    places = [wanted[name] for name in names]
    for number, place in enumerate(places):
        places[number] = max(place, places[number - 1] + LABEL_HEIGHT if number else top)
    for number in reversed(range(len(places))):
        places[number] = min(places[number], places[number + 1] - LABEL_HEIGHT if number + 1 < len(places) else bottom)
    return dict(zip(names, places, strict=True))
