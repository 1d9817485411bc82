"""What comes to its end as people come, at how many of them, and what to turn then."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bench.demand import BUSY, CORES, DAY, MINUTE, Profile, Station
from wizard.instance import BASE_DIR

WEB_POOL, OF_SCORE, OF_TRAIN = 6, 1, 2  # connections at most: WIZARD_DATABASE_POOL, and docs/operations.md
CONNECTIONS = 100  # Postgres' max_connections, as it comes
BIG_MACHINE, BIG_DATABASE = 16, 64  # cores
TERABYTE = 1e12
TASK_MINUTES = 30  # CELERY_TASK_TIME_LIMIT
INSTANCES = "several instances, each for some of the people"


@dataclass(frozen=True)
class Limit:
    what: str
    people: float  # with whom it is reached
    turn: str


@dataclass(frozen=True)
class Kept:
    """Bytes that are kept of one person."""

    files: dict[str, float]
    database: float
    redis: float


def kept_of(measured: Mapping[str, float], profile: Profile) -> Kept:
    photo = {kind: measured[f"{kind}_file"] for kind in ("image", "thumbnail", "stem")}
    files = {kind: profile.library * size for kind, size in photo.items()}
    files["version"] = profile.versions * measured["version_file"]
    a_photo = measured["photo_row"] + measured["vector_row"]
    # A version that ever served has a result of each photo of then, a training a row of each answer it learned from.
    trainings = profile.answers / profile.auto_train_every
    served = 1 + profile.share_that_takes_over * trainings
    results = profile.library / 2 * (1 + served) * measured["result_row"]
    learned = profile.answers / 2 * trainings * measured["learned_row"]
    answers = profile.answers * measured["review_row"]
    return Kept(files, profile.library * a_photo + results + learned + answers, measured["redis"])


def connections(web: float, score: float, train: float) -> float:
    return WEB_POOL * web + OF_SCORE * score + OF_TRAIN * train


def redis_bytes() -> float:
    """What compose.yaml lets Redis have."""
    (found,) = re.findall(r'"--maxmemory", "(\d+)mb"', (BASE_DIR / "compose.yaml").read_text())
    return float(found) * 2**20


def limits_of(measured: Mapping[str, float], stations: Mapping[str, Station], profile: Profile) -> list[Limit]:
    """Those that are reached first, first."""
    found = [
        *of_processors(measured, stations, profile),
        *of_what_is_kept(measured, profile),
        of_look_at_files(measured, profile),
    ]
    return sorted(found, key=lambda limit: (math.isnan(limit.people), limit.people))


def of_processors(measured: Mapping[str, float], stations: Mapping[str, Station], profile: Profile) -> Iterator[Limit]:
    at_peak = {kind: station.load * profile.peak for kind, station in stations.items()}
    postgres = postgres_load(stations) * profile.peak
    whole = at_peak["web"] + CORES * (at_peak["score"] + at_peak["train"]) + postgres
    busy = f"busy to {BUSY:.0%} at the peak"
    yield Limit(
        f"{CORES} cores for everything, {busy}",
        BUSY * CORES / whole,
        "more cores, or train workers on a machine of their own (`launch --only train`); `auto_train_every` up",
    )
    yield Limit(
        f"{BIG_MACHINE} cores for everything, {busy}",
        BUSY * BIG_MACHINE / whole,
        "several machines: `DATABASE_URL`, `REDIS_URL`, `SECRET_KEY`, `STORAGE_URL`, and on each `launch --only` with "
        "`WIZARD_SCORE_WORKERS`, `WIZARD_TRAIN_WORKERS`",
    )
    yield Limit(f"{BIG_DATABASE} cores of one Postgres, {busy}", BUSY * BIG_DATABASE / postgres, INSTANCES)
    yield Limit(
        f"Postgres' {CONNECTIONS} connections",
        CONNECTIONS / connections(**{kind: load / BUSY for kind, load in at_peak.items()}),
        "`max_connections`; `WIZARD_DATABASE_POOL` down; then a pooler (PgBouncer in session mode)",
    )
    scored = profile.uploads_a_day + profile.changes_of_taste_a_week / 7
    scored += profile.trainings_a_day * profile.share_that_takes_over
    scores = (profile.photos_a_day + scored * profile.library) * measured["sqlite_score"]
    writer = (profile.answers_a_day * measured["sqlite_answer"] + scores) / 1000 / DAY
    yield Limit("SQLite's one writer, busy half of the peak", 0.5 / (writer * profile.peak), "Postgres: `DATABASE_URL`")


def of_what_is_kept(measured: Mapping[str, float], profile: Profile) -> Iterator[Limit]:
    kept = kept_of(measured, profile)
    yield Limit(
        "a disk of 1 TB for files",
        TERABYTE / sum(kept.files.values()),
        "`WIZARD_KEEP_VERSIONS` down; a larger disk, or a bucket: `STORAGE_URL`",
    )
    yield Limit(
        "a database of 1 TB",
        TERABYTE / kept.database,
        f"a larger disk; partitions of `classifier_classificationresult` by owner; {INSTANCES}",
    )
    redis = redis_bytes()
    yield Limit(
        f"Redis' {redis / 2**20:.0f} MB",
        redis / kept.redis,
        "`--maxmemory` in compose.yaml; what it drops is made again",
    )


def of_look_at_files(measured: Mapping[str, float], profile: Profile) -> Limit:
    """What beat asks for, of everybody's files, and one score worker does, person by person."""
    a_person = (3 * profile.library + profile.versions) * measured["file"] / 1000
    return Limit(
        f"the look once an hour at all files takes {TASK_MINUTES} minutes", TASK_MINUTES * MINUTE / a_person, INSTANCES
    )


def postgres_load(stations: Mapping[str, Station]) -> float:
    """Cores of Postgres that a person keeps busy, on the mean of the day."""
    works = [work for station in stations.values() for work in station.works.values()]
    return sum(work.a_day * work.postgres for work in works) / DAY
