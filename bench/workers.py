"""One score and one train worker against two of each, on one machine. Run: python -m bench workers

On Postgres where it is installed. Each worker has one thread, so that the second one is a second core's worth; a
machine with one worker and all its cores is `bench sharing`.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.meter import Meter
from bench.pictures import photo_like_jpegs
from bench.sharing import SCORE_ANEW, upload
from bench.table import Row
from classifier.sample import sample_photos
from wizard.instance import OPEN, Api, Instance, running_instance, wait_until

PHOTOS, ROUNDS, PEOPLE, ANSWERS = 128, 3, 8, 24  # photos: a turn for each of two workers


def rows() -> Iterator[Row]:
    with tempfile.TemporaryDirectory(prefix="wizard-bench-") as name:
        pictures = photo_like_jpegs(PHOTOS)
        measured = []
        for workers in (1, 2):
            each = {"WIZARD_SCORE_WORKERS": str(workers), "WIZARD_TRAIN_WORKERS": str(workers)}
            threads = {"WIZARD_SCORE_THREADS": "1", "WIZARD_TRAIN_THREADS": "1", "OMP_NUM_THREADS": "1"}
            threads["WIZARD_TRAIN_NICE"] = "0"  # or it would wait for everything else on the machine
            with running_instance(Path(name) / f"data-{workers}", **each, **threads) as instance:
                rates, cores = scored(instance, pictures)
                measured.append((rates, trained(instance)))
                if workers == 1:
                    yield Row("processor of the score worker, a photo scored, starter", "core-ms", cores)
    (rates_of_one, jobs_of_one), (rates, jobs) = measured
    one = statistics.median(rates_of_one)
    yield Row("photos scored, two workers of one thread; plain: one", "a second", rates, one)
    yield Row("trainings, two workers of one thread; plain: one", "a minute", (jobs,), jobs_of_one)


def scored(instance: Instance, pictures: list[bytes]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Photos a second, and core milliseconds of the score workers for a photo; several times."""
    upload(instance.api(), pictures)
    meter, rates, cores = Meter(instance), [], []
    for _ in range(ROUNDS):
        meter.wait_until_idle()
        before = meter.spent("score")
        rates.append(float(instance.manage("shell", "-v0", "-c", SCORE_ANEW)))
        cores.append(1000 * (meter.spent("score") - before) / len(pictures))
    return tuple(rates), tuple(cores)


def trained(instance: Instance) -> float:
    """Training jobs a minute, of people who all ask at once."""
    people = instance.newcomers(*(f"person-{number}" for number in range(PEOPLE)))
    for person in people:
        files = [("files", (each.file.name, each.file.read_bytes())) for each in sample_photos()[:ANSWERS]]
        person.call("POST", "photos", files=files).raise_for_status()
    for person in people:
        for number, photo in enumerate(person.wait_until_scored(300)):
            person.answer(photo, "like" if number % 2 else "dislike")
    began = time.perf_counter()
    jobs = [(person, person.start_training(epochs=10)) for person in people]
    wait_until(lambda: all(has_ended(person, job) for person, job in jobs), "all jobs have ended", 300)
    return PEOPLE / (time.perf_counter() - began) * 60


def has_ended(person: Api, job_id: int) -> bool:
    job = person.job(job_id)
    if job["status"] not in (*OPEN, "completed"):
        raise RuntimeError(f"Training {job_id} is {job['status']}: {job['error']}")
    return bool(job["status"] == "completed")
