"""One score and one train worker against two of each, on one machine. Run: python -m bench workers

On Postgres: python scripts/on_postgres.py .venv/bin/python -m bench workers. Each worker has one thread, so that the
second one is a second core's worth; a machine with one worker and all its cores is `bench sharing`. It prints also
what a plan for capacity needs: connections, Redis' memory for a person, and the bytes of a photo's rows.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from redis import Redis

from bench.pictures import photo_like_jpeg
from bench.table import Row
from classifier.sample import sample_photos
from wizard.instance import Api, Instance, running_instance, wait_until
from wizard.sockets import socket_path
from wizard.tests.rows import ask

PHOTOS, PEOPLE, ANSWERS = 300, 8, 24

SCORE_ANEW = """
import time
from classifier.models import Photo, PhotoEmbedding
from classifier.services import queue_photos
photos = Photo.objects.filter(source_name="measured.jpg")
PhotoEmbedding.objects.filter(photo__in=photos).delete()
photos.update(status="queued")
began = time.perf_counter()
queue_photos(list(photos.values_list("pk", flat=True)))
while photos.filter(status="queued").exists():
    time.sleep(0.02)
print(photos.count() / (time.perf_counter() - began))
"""
SIZES = """SELECT c.relname, pg_total_relation_size(c.oid) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind = 'r' AND c.relname IN
('classifier_photo', 'classifier_photoembedding', 'classifier_classificationresult')"""
CONNECTIONS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"


def rows() -> Iterator[Row]:
    pictures = [photo_like_jpeg(number) for number in range(PHOTOS)]
    with tempfile.TemporaryDirectory(prefix="wizard-bench-") as name:
        for workers in (1, 2):
            each = {"WIZARD_SCORE_WORKERS": str(workers), "WIZARD_TRAIN_WORKERS": str(workers)}
            threads = {"WIZARD_SCORE_THREADS": "1", "WIZARD_TRAIN_THREADS": "1", "OMP_NUM_THREADS": "1"}
            with running_instance(Path(name) / f"data-{workers}", **each, **threads) as instance:
                rates, jobs = measure(instance, pictures)
                if workers == 1:
                    one = (statistics.median(rates), jobs)
                    continue
                yield Row("photos scored, two workers of one thread; plain: one", "a second", rates, one[0])
                yield Row("trainings, two workers of one thread; plain: one", "a minute", (jobs,), one[1])
                yield from capacity(instance)


def measure(instance: Instance, pictures: list[bytes]) -> tuple[tuple[float, ...], float]:
    """Photos a second, three times, and training jobs a minute."""
    api = instance.api()
    api.wait_until_scored(300)
    for start in range(0, len(pictures), 20):
        files = [("files", ("measured.jpg", picture)) for picture in pictures[start : start + 20]]
        api.call("POST", "photos", files=files).raise_for_status()
    api.wait_until_scored(300)
    rates = tuple(float(instance.manage("shell", "-v0", "-c", SCORE_ANEW)) for _ in range(3))
    people = instance.newcomers(*(f"person-{number}" for number in range(PEOPLE)))
    for person in people:
        files = [("files", (each.file.name, each.file.read_bytes())) for each in sample_photos()[:ANSWERS]]
        person.call("POST", "photos", files=files).raise_for_status()
    for person in people:
        for number, photo in enumerate(person.wait_until_scored(300)):
            person.answer(photo, "like" if number % 2 else "dislike")
    began = time.perf_counter()
    jobs = [(person, person.start_training(epochs=10)) for person in people]
    wait_until(lambda: all(has_ended(person, job) for person, job in jobs), "all jobs have ended", 900)
    minutes = (time.perf_counter() - began) / 60
    return rates, PEOPLE / minutes


def has_ended(person: Api, job_id: int) -> bool:
    return bool(person.job(job_id)["status"] == "completed")


def capacity(instance: Instance) -> Iterator[Row]:
    """What a plan for capacity needs: docs/scaling.md."""
    with Redis(unix_socket_path=str(socket_path(Path(instance.environment["WIZARD_DATA_DIR"])))) as connected:
        redis: Any = connected
        kept = sum(redis.memory_usage(key) or 0 for key in redis.scan_iter("wizard:*"))
        yield Row("Redis, for a person", "kB", (kept / (PEOPLE + 1) / 1e3,))
    if instance.environment["DATABASE_URL"]:
        ((connections,),) = ask(instance, CONNECTIONS)
        yield Row(f"connections of {len(instance.processes())} processes to Postgres", "of them", (connections - 1,))
        ((photos,),) = ask(instance, "SELECT count(*) FROM classifier_photo")
        for table, size in ask(instance, SIZES):
            yield Row(f"a photo in {table}, indexes with it", "bytes", (size / photos,))
