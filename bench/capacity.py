"""How much of everything 1, 1,000 and 1,000,000 people need, from what was measured. Run: python -m bench.capacity

The constants are rows of docs/benchmarks.json (bench/constants.py); what is missing there is named, with the command
that measures it. Days with an evening peak are simulated for few people (bench/demand.py); for a million, formulas do,
which are held against the simulation where both can be had. `--write` puts the tables into docs/scaling.md.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np

from bench.constants import CONSTANTS, Measured
from bench.demand import BUSY, CORES, Formulas, Profile, Simulation, Station, Waits, stations_of, with_answers
from bench.limits import connections, kept_of, limits_of, postgres_load
from bench.table import DOCS, between, figure

PAGE = DOCS / "scaling.md"
BEGIN = "<!-- from here on written by `python -m bench.capacity --write` -->\n"
END = "<!-- up to here written by `python -m bench.capacity --write` -->\n"
PEOPLE = (1, 1_000, 1_000_000)
COMPARED = (10_000, 30_000)
DAYS = {1: 200, 1_000: 7}  # simulated: one person does little in a day
TURNED = {
    "as it comes": Profile(),
    "`auto_train_every` 200": Profile(auto_train_every=200),
    "`auto_train_every` 500": Profile(auto_train_every=500),
    "`WIZARD_KEEP_VERSIONS=3`": Profile(keep_versions=3),
}


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.capacity", description=__doc__)
    parser.add_argument("--write", action="store_true", help="put the tables into docs/scaling.md")
    options = parser.parse_args(arguments)
    measured = Measured()
    for part, what in measured.missing:
        print(f"Not measured yet: {what}. Measure it: python -m bench {part}")
    written = tables(measured)
    print(written)
    if options.write:
        PAGE.write_text(with_tables(PAGE.read_text(), written))


def with_tables(page: str, written: str) -> str:
    """Raises ValueError when the page has lost the two lines between which they stand."""
    return between(page, BEGIN, written, END)


@dataclass(frozen=True)
class Example:
    """So many people, what they need, and how long they wait with it."""

    people: int
    servers: dict[str, int]
    waits: Waits
    is_simulated: bool


def example(stations: dict[str, Station], profile: Profile, people: int) -> Example:
    servers = {kind: each.servers(people * each.load * profile.peak) for kind, each in stations.items()}
    if people not in DAYS:
        return Example(people, servers, Formulas(stations, servers, profile, people).waits(), is_simulated=False)
    day = Simulation(stations, servers, profile, people, DAYS[people])
    return Example(people, servers, day.waits(), is_simulated=True)


def tables(measured: Measured, profile: Profile | None = None) -> str:
    """In Markdown."""
    profile = profile or Profile()
    stations = stations_of(measured, profile)
    examples = [example(stations, profile, people) for people in PEOPLE]
    sections = {
        "Assumed of a person": assumed(profile),
        "In short": in_short(measured, stations, profile),
        "Examples": needs(measured, stations, profile, examples),
        "Limits": limits(measured, stations, profile),
        "What turning does": turned(measured),
        "The formulas against the simulation": compared(stations, profile),
        "Constants": constants(measured),
    }
    return "".join(f"\n### {title}\n\n{''.join(lines)}" for title, lines in sections.items())


def constants(measured: Measured) -> list[str]:
    said = [f"`python -m bench {part}`, {date}; {machine}.\n" for part, date, machine in measured.said]
    lines = ["\n| what | measured | part |\n", "|---|--:|---|\n"]
    for name, (part, what) in CONSTANTS.items():
        row = measured.rows.get(name)
        value = f"{figure(row.median)} {row.unit}" if row else f"**missing**: `python -m bench {part}`"
        lines.append(f"| {what} | {value} | {part} |\n")
    return [*said, *lines]


def assumed(profile: Profile) -> list[str]:
    rows = {each.name.replace("_", " "): f"{getattr(profile, each.name):g}" for each in fields(profile)}
    rows |= {"so photos in the library": f"{profile.library:,.0f}", "and answers": f"{profile.answers:,.0f}"}
    rows |= {"at the peak, of the mean of the day": f"{profile.peak:.1f} times"}
    return ["| | |\n|---|--:|\n", *(f"| {what} | {value} |\n" for what, value in rows.items())]


def in_short(measured: Measured, stations: Mapping[str, Station], profile: Profile) -> list[str]:
    cores = {kind: each.load * profile.peak * (1 if kind == "web" else CORES) for kind, each in stations.items()}
    a_core = {f"people a core of {kind}, busy to {BUSY:.0%} at the peak": BUSY / each for kind, each in cores.items()}
    everything = sum(cores.values()) + postgres_load(stations) * profile.peak
    kept = kept_of(measured, profile)
    rows = {
        "photos scored a second by a core, ViT-B/32": number(1000 / measured["score"]),
        "photos scored a second by a core, starter": number(1000 / measured["score_starter"]),
        "photos taken in a second by a core of web": number(1000 / measured["upload"]),
        "pages of the library a second by a core of web": number(1000 / measured["page"]),
        "core seconds of a training with 200 answers": number(measured["train_many"]),
        f"core seconds of a training with {profile.answers:,.0f} answers": number(
            with_answers(measured, "train", profile.answers)
        ),
        **{what: _rounded(people) for what, people in a_core.items()},
        "people a core, all kinds and Postgres": _rounded(BUSY / everything),
        "files of a photo": size(sum(measured[f"{kind}_file"] for kind in ("image", "thumbnail", "stem"))),
        "a photo in the database, with its vector and one score": size(
            measured["photo_row"] + measured["vector_row"] + measured["result_row"]
        ),
        "files of a person": size(sum(kept.files.values())),
        "a person in the database": size(kept.database),
        "a person in Redis": size(kept.redis),
    }
    return ["| | |\n|---|--:|\n", *(f"| {what} | {value} |\n" for what, value in rows.items())]


def needs(measured: Measured, stations: dict[str, Station], profile: Profile, examples: list[Example]) -> list[str]:
    kept, database = kept_of(measured, profile), postgres_load(stations) * profile.peak
    limit_of = limits_of(measured, stations, profile)

    def cores(kind: str, people: int) -> float:
        return people * stations[kind].load * profile.peak * (1 if kind == "web" else CORES)

    def memory(each: Example) -> float:
        return sum(count * measured[f"{kind}_memory"] for kind, count in each.servers.items()) * 2**20

    def next_limit(each: Example) -> str:
        return next((limit.what for limit in limit_of if limit.people > each.people), "none of those below")

    rows: list[tuple[str, list[str]]] = [
        (f"cores of {kind} busy at the peak", [number(cores(kind, each.people)) for each in examples])
        for kind in stations
    ]
    rows += [
        ("cores of Postgres busy at the peak", [number(database * each.people) for each in examples]),
        *(
            (said, [number(known(each.servers)[kind]) for each in examples])
            for kind, said in (
                ("web", "web processes"),
                ("score", f"score workers of {CORES} cores"),
                ("train", f"train workers of {CORES} cores"),
            )
        ),
        ("memory of all these", [size(memory(each)) for each in examples]),
        ("connections to Postgres, at most", [number(connections(**known(each.servers))) for each in examples]),
        *(
            (f"files: {kind}s", [size(each.people * of_each) for each in examples])
            for kind, of_each in kept.files.items()
        ),
        ("database", [size(each.people * kept.database) for each in examples]),
        ("Redis", [size(each.people * kept.redis) for each in examples]),
        *waits_of(examples),
        ("and then takes", [duration(stations["train"].seconds) for _ in examples]),
        ("the waits are", ["simulated" if each.is_simulated else "by formulas" for each in examples]),
        ("the next limit", [next_limit(each) for each in examples]),
    ]
    head = f"| people | {' | '.join(f'{each.people:,}' for each in examples)} |\n|---|{'--:|' * len(examples)}\n"
    return [head, *(f"| {what} | {' | '.join(cells)} |\n" for what, cells in rows)]


def known(servers: Mapping[str, int]) -> dict[str, float]:
    """None are needed where a constant is missing, which is no number."""
    return {kind: count or math.nan for kind, count in servers.items()}


UNKNOWN = "not measured"
WAITED = {
    "page": "a page, until it is there",
    "photo": "a photo, until it has its score",
    "folder": "a newcomer's folder, until all of it has",
    "training": "a training, until it begins",
}


def waits_of(examples: list[Example]) -> list[tuple[str, list[str]]]:
    """Half of them wait for so long at most, and 95 of 100."""
    return [
        (
            f"{said}: p50 / p95",
            [f"{_quantile(each.waits, name, 50)} / {_quantile(each.waits, name, 95)}" for each in examples],
        )
        for name, said in WAITED.items()
    ]


def limits(measured: Measured, stations: dict[str, Station], profile: Profile) -> list[str]:
    head = ["| limit | reached with about so many people | then turn |\n", "|---|--:|---|\n"]
    return [
        *head,
        *(
            f"| {limit.what} | {_rounded(limit.people)} | {limit.turn} |\n"
            for limit in limits_of(measured, stations, profile)
        ),
    ]


def turned(measured: Mapping[str, float]) -> list[str]:
    """With the most people of all."""
    people, lines = PEOPLE[-1], []
    for what, profile in TURNED.items():
        stations, kept = stations_of(measured, profile), kept_of(measured, profile)
        cores = people * CORES * stations["train"].load * profile.peak
        files, database = people * sum(kept.files.values()), people * kept.database
        lines.append(f"| {what} | {number(cores)} | {size(files)} | {size(database)} |\n")
    head = f"| {people:,} people | cores of train busy at the peak | files | database |\n|---|--:|--:|--:|\n"
    return [head, *lines]


def compared(stations: dict[str, Station], profile: Profile) -> list[str]:
    """With so few servers that people do wait: nine tenths of their time is taken at the peak."""
    head = ["| p95 | people | simulated | by formulas |\n", "|---|--:|--:|--:|\n"]
    lines = []
    for people in COMPARED:
        servers = {kind: each.busy_servers(people * each.load * profile.peak) for kind, each in stations.items()}
        both = [way(stations, servers, profile, people).waits() for way in (Simulation, Formulas)]
        for name, said in WAITED.items():
            lines.append(f"| {said} | {people:,} | {' | '.join(_quantile(each, name, 95) for each in both)} |\n")
    return [*head, *lines]


def _quantile(waits: Waits, name: str, percent: float) -> str:
    seconds = getattr(waits, name)
    if seconds is None:
        return UNKNOWN
    return duration(float(np.percentile(seconds, percent))) if len(seconds) else "none came"


def number(value: float) -> str:
    if math.isnan(value):
        return UNKNOWN
    return figure(value) if value == 0 or value >= 0.01 else "under 0.01"


def duration(seconds: float) -> str:
    if math.isnan(seconds):
        return UNKNOWN
    if seconds >= 120:
        return f"{figure(seconds / 60)} min"
    return f"{figure(seconds)} s" if seconds >= 1 or seconds == 0 else f"{figure(1000 * seconds)} ms"


def size(count: float) -> str:
    if math.isnan(count):
        return UNKNOWN
    for unit, bytes_ in (("PB", 1e15), ("TB", 1e12), ("GB", 1e9), ("MB", 1e6)):
        if count >= bytes_:
            return f"{figure(count / bytes_)} {unit}"
    return f"{figure(count / 1e3)} kB"


def _rounded(people: float) -> str:
    """Two digits: no more is known."""
    if math.isnan(people):
        return UNKNOWN
    return f"{float(f'{people:.1e}'):,.0f}"


if __name__ == "__main__":
    main()
