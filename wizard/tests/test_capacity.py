"""What docs/scaling.md says follows from what was measured; its simulation agrees with theory, and shares fairly."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bench.capacity import PAGE, tables, with_tables
from bench.constants import Measured
from bench.demand import TURNS, Formulas, Profile, Simulation, Station, Work
from bench.limits import TASK_MINUTES, WEB_POOL
from bench.queueing import Upload, chance_to_wait, fair_turns, first_come, mean_wait_of_waiting
from classifier.claiming import PHOTOS_PER_TURN, SERVED_SECONDS
from classifier.models import Taste
from wizard.settings import CELERY_TASK_TIME_LIMIT, WEB_THREADS, WIZARD_KEEP_VERSIONS

ARRIVALS = 200_000


def test_the_page_has_the_tables_that_the_constants_give() -> None:
    page = PAGE.read_text()
    assert with_tables(page, tables(Measured())) == page


def test_what_was_not_measured_is_named_and_nothing_is_made_of_it(tmp_path: Path) -> None:
    written = tables(Measured(tmp_path / "none.json"))
    assert "| a page, until it is there: p50 / p95 | not measured / not measured |" in written
    assert "| processor of train, 50 answers | **missing**: `python -m bench learning_costs` |" in written
    assert "nan" not in written


@pytest.mark.parametrize("servers", [1, 4])
@pytest.mark.parametrize(("variation", "share"), [(1.0, 0.8), (0.0, 0.8)], ids=["M/M/c", "M/D/c"])
def test_who_comes_first_waits_as_long_as_theory_says(servers: int, variation: float, share: float) -> None:
    """Exact for M/M/c (Erlang) and for M/D/1 (Pollaczek and Khinchine), close for M/D/c (Allen and Cunneen)."""
    generator, load = np.random.default_rng(servers), share * servers
    arrivals = np.cumsum(generator.exponential(1 / load, ARRIVALS))
    services = generator.exponential(1.0, ARRIVALS) if variation else np.ones(ARRIVALS)
    expected = chance_to_wait(load, servers) * mean_wait_of_waiting(load, servers, 1.0, variation)
    assert first_come(arrivals, services, servers).mean() == pytest.approx(expected, rel=0.08)


def test_erlangs_formula_gives_what_the_books_print() -> None:
    assert chance_to_wait(0.5, 1) == pytest.approx(0.5)
    assert chance_to_wait(8.0, 10) == pytest.approx(0.4092, abs=1e-4)


def test_a_single_photo_does_not_wait_for_somebody_elses_thousand() -> None:
    many, single = fair_turns([Upload(0.0, 1, 1000), Upload(0.5, 2, 1)], [], workers=1, photo=0.1, turns=TURNS)
    turn = 0.1 * TURNS.photos
    assert single[0] == pytest.approx(turn + 0.1 - 0.5)
    assert many.max() == pytest.approx(100 + 0.1)  # nothing is lost, and nobody idles
    assert len(many) == 1000


def test_what_somebody_waits_for_goes_before_photos_and_two_workers_share_a_folder() -> None:
    (folder,) = fair_turns([Upload(0.0, 1, 256)], [(1.0, 5.0)], workers=2, photo=0.1, turns=TURNS)
    assert sorted(set(folder.round(1))) == [6.4, 12.8, 17.8]  # one of the workers has the urgent task in between


def test_the_model_takes_its_turns_and_defaults_from_the_product() -> None:
    profile = Profile()
    assert (TURNS.photos, TURNS.served_seconds) == (PHOTOS_PER_TURN, SERVED_SECONDS)
    assert profile.auto_train_every == Taste._meta.get_field("auto_train_every").default
    assert profile.keep_versions == WIZARD_KEEP_VERSIONS
    assert WEB_POOL == WEB_THREADS + 2
    assert TASK_MINUTES * 60 == CELERY_TASK_TIME_LIMIT


def test_the_formulas_agree_with_the_simulation_where_people_wait() -> None:
    profile = replace(Profile(), evening=0.0)
    stations = {
        "web": Station("web", {"page": Work(20, 0.2), "upload": Work(profile.photos_a_day, 0.05)}),
        "score": Station("score", dict.fromkeys(("upload", "folder", "anew", "tuned", "look"), Work(0.4, 2.0))),
        "train": Station("train", {"training": Work(0.2, 60.0)}),
    }
    servers = {"web": 1, "score": 1, "train": 2}
    both = [way(stations, servers, profile, 10_000).waits() for way in (Simulation, Formulas)]
    page, training = ([float(np.percentile(getattr(each, name), 95)) for each in both] for name in ("page", "training"))
    assert page[0] == pytest.approx(page[1], rel=0.25)
    assert training[0] == pytest.approx(training[1], rel=0.25)
