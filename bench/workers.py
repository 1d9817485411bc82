"""One score and one train worker against two of each, on one machine. Run: python -m bench workers

On Postgres: python scripts/on_postgres.py .venv/bin/python -m bench workers. Each worker has one thread, so that the
second one is a second core's worth; a machine with one worker and all its cores is `bench sharing`. It prints also
what a plan for capacity needs: connections, Redis' memory for a person, and the bytes of a photo's rows.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

from redis import Redis

from bench.pictures import photo_like_jpeg
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


def main() -> None:
    pictures = [photo_like_jpeg(number) for number in range(PHOTOS)]
    found = {}
    with tempfile.TemporaryDirectory(prefix="wizard-bench-") as name:
        for workers in (1, 2):
            each = {"WIZARD_SCORE_WORKERS": str(workers), "WIZARD_TRAIN_WORKERS": str(workers)}
            threads = {"WIZARD_SCORE_THREADS": "1", "WIZARD_TRAIN_THREADS": "1", "OMP_NUM_THREADS": "1"}
            with running_instance(Path(name) / f"data-{workers}", **each, **threads) as instance:
                found[workers] = measure(instance, pictures)
    for what, one, two in zip(("photos a second", "jobs a minute"), found[1], found[2], strict=True):
        print(f"{what:<16} one worker {one:6.1f}, two {two:6.1f}: {two / one:.2f} times")


def measure(instance: Instance, pictures: list[bytes]) -> tuple[float, float]:
    """Photos a second, and training jobs a minute."""
    api = instance.api()
    api.wait_until_scored(300)
    for start in range(0, len(pictures), 20):
        files = [("files", ("measured.jpg", picture)) for picture in pictures[start : start + 20]]
        api.call("POST", "photos", files=files).raise_for_status()
    api.wait_until_scored(300)
    rates = sorted(float(instance.manage("shell", "-v0", "-c", SCORE_ANEW)) for _ in range(3))
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
    report_capacity(instance)
    return rates[1], PEOPLE / minutes


def has_ended(person: Api, job_id: int) -> bool:
    return bool(person.job(job_id)["status"] == "completed")


def report_capacity(instance: Instance) -> None:
    with Redis(unix_socket_path=str(socket_path(Path(instance.environment["WIZARD_DATA_DIR"])))) as connected:
        redis: Any = connected
        kept = sum(redis.memory_usage(key) or 0 for key in redis.scan_iter("wizard:*"))
        print(f"Redis: {redis.info('memory')['used_memory'] / 1e6:.1f} MB, {kept / (PEOPLE + 1) / 1e3:.1f} kB a person")
    if instance.environment["DATABASE_URL"]:
        ((connections,),) = ask(instance, CONNECTIONS)
        print(f"connections to Postgres now: {connections - 1} of {len(instance.processes())} processes")
        ((photos,),) = ask(instance, "SELECT count(*) FROM classifier_photo")
        for table, size in ask(instance, SIZES):
            print(f"{table}: {size / photos:.0f} bytes a photo, indexes with it")


if __name__ == "__main__":
    main()
