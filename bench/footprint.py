"""What a photo, an answer, a person and a process take, for docs/scaling.md. Run: python -m bench footprint

On a running instance with ViT-B/32 (random weights: they cost the same), on Postgres where it is installed. Times are
of the processor, added up over the processes of a kind, so that what else the machine does counts little.
"""

from __future__ import annotations

import os
import re
import signal
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from itertools import cycle
from pathlib import Path

import requests

from bench.apart import lines_of
from bench.meter import Meter
from bench.pictures import photo_like_jpegs
from bench.sharing import MEASURED, SCORE_ANEW, upload
from bench.table import Row, rows_from
from bench.weights import random_weights
from classifier.clip.backbones import Backbone, resolve_backbone
from classifier.clip.engine import Engine
from wizard.instance import Api, Instance, running_instance
from wizard.tests.rows import ask

PHOTOS, ROUNDS, REQUESTS = 64, 3, 60
PHRASES = ("at the beach", "playing guitar", "a dog")

# So many that a page of a table or an index more or less says nothing.
MANY_ROWS = """
import numpy as np
from django.contrib.auth.models import User
from django.db import connection
from classifier.models import ClassificationResult, Photo, PhotoEmbedding, ReviewAnswer
from training.models import LearnedAnswer, ModelVersion, TrainingJob
COUNT = 10_000
like = ClassificationResult.objects.filter(is_current=True).select_related("photo").first()
owner = User.objects.create_user("many")
version = ModelVersion.objects.active_of(owner)
generator = np.random.default_rng(0)
tables = [each._meta.db_table for each in (Photo, PhotoEmbedding, ClassificationResult, ReviewAnswer, LearnedAnswer)]
def sizes():
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute("SELECT pg_total_relation_size(%s::regclass)", [table])
            yield cursor.fetchone()[0]
before = list(sizes())
photos = Photo.objects.bulk_create(Photo(owner=owner, sha256=generator.bytes(32).hex(), source_name="IMG_1234.jpg",
    image=like.photo.image.name, thumbnail=like.photo.thumbnail.name, width=1080, height=1350, status="ready")
    for _ in range(COUNT))
width = len(PhotoEmbedding.objects.first().vector)
PhotoEmbedding.objects.bulk_create(PhotoEmbedding(owner=owner, photo=photo, backbone=PhotoEmbedding.objects.first()
    .backbone, vector=generator.bytes(width)) for photo in photos)
ClassificationResult.objects.bulk_create(ClassificationResult(owner=owner, photo=photo, model_version=version,
    score=generator.random(), components=like.components, reasons=like.reasons) for photo in photos)
ReviewAnswer.objects.bulk_create(ReviewAnswer(owner=owner, photo=photo, answer="like", why="uncertain")
    for photo in photos)
job = TrainingJob.objects.create(owner=owner)
LearnedAnswer.objects.bulk_create(LearnedAnswer(job=job, photo_sha256=photo.sha256, feedback="like", chance=0.5)
    for photo in photos)
for table, grown, size in zip(tables, before, sizes()):
    print(table, (size - grown) / COUNT)
"""

# Beat asks for it once an hour.
LOOK_AT_FILES = """
import time, tracemalloc
from classifier.models import Photo
from training.models import ModelVersion
from wizard.orphans import find_orphans
files = 3 * Photo.objects.count() + ModelVersion.objects.exclude(file="").count()
for _ in range(3):
    began = time.process_time()
    list(find_orphans())
    print(1000 * (time.process_time() - began) / files)
tracemalloc.start()
list(find_orphans())
print(tracemalloc.get_traced_memory()[1] / files)
"""

# How long the one writer is busy; who else writes waits for it.
WRITE_ON_SQLITE = """
import json, time
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.contrib.auth.models import User
from classifier.models import ClassificationResult, Photo
from classifier.pipeline import _write_results
from classifier.scoring import Scored
from classifier.services import give_feedback
from training.models import ModelVersion
COUNT = 500
owner = User.objects.create_user("bench")
version = ModelVersion.objects.active_of(owner)
photos = Photo.objects.bulk_create(Photo(owner=owner, sha256=f"{number:064}", source_name="one", width=1, height=1)
                                   for number in range(COUNT))
reason = {"kind": "semantic", "text": "Matches what you wrote: at the beach"}
scored = {photo.pk: Scored(0.7, True, False, {"semantic": {"value": 0.7, "weight": 1.0, "reason": reason["text"]}},
                           [reason] * 3) for photo in photos}
def timed(what, work):
    taken = []
    for _ in range(3):
        began = time.perf_counter()
        work()
        taken.append(1000 * (time.perf_counter() - began) / COUNT)
    print(json.dumps({"what": what, "unit": "ms", "runs": taken}))
timed("SQLite's one writer, the score of a photo", lambda: _write_results(owner, version, scored))
answers = iter(("like", "dislike", "super_like"))
def answer_all():
    feedback = next(answers)
    for photo in photos:
        give_feedback(photo=photo, feedback=feedback)
timed("SQLite's one writer, an answer", answer_all)
"""


def rows() -> Iterator[Row]:
    with tempfile.TemporaryDirectory(prefix="wizard-bench-") as name:
        folder = Path(name)
        yield from rows_from(lines_of(WRITE_ON_SQLITE, folder / "sqlite"))
        pictures = photo_like_jpegs(PHOTOS)
        weights = random_weights(folder)
        yield from stems(folder, pictures[0], weights)
        with running_instance(folder / "data", WIZARD_BACKBONE=str(weights), WIZARD_API_RATE="0") as instance:
            meter, api = Meter(instance), instance.api()
            api.change_taste(auto_train=False)
            for phrase in PHRASES:
                api.call("POST", "preferences/texts", json={"phrase": phrase}).raise_for_status()
            yield from photos_taken_in(meter, api, pictures)
            yield from files(instance)
            yield from scores(meter, api)
            yield from requests_served(meter, api)
            yield from looks_at_files(meter)
            held = meter.resident()
            yield from (Row(f"{kind}, resident", "MB", (held[kind],)) for kind in ("web", "score", "beat"))
            yield Row("Redis, of a person who used it", "bytes", (meter.redis_of(1),))
            if meter.postmaster:
                yield from rows_on_postgres(instance)


def stems(folder: Path, picture: bytes, weights: Path) -> Iterator[Row]:
    (folder / "one.jpg").write_bytes(picture)
    for title, given in (("starter", "starter"), ("ViT-B/32", str(weights))):
        backbone: Backbone = resolve_backbone(given, folder)
        (found,) = Engine.load(backbone).embed([("one", folder / "one.jpg")])
        assert found.stem is not None
        yield Row(f"file of a photo: stem activations, {title}", "bytes", (found.stem.nbytes,))


def photos_taken_in(meter: Meter, api: Api, pictures: list[bytes]) -> Iterator[Row]:
    meter.wait_until_idle()
    before = {kind: meter.spent(kind) for kind in ("web", "postgres")}
    scorers = meter.instance.processes("score")
    for pid in scorers:
        os.kill(pid, signal.SIGSTOP)  # they would have Postgres work too
    try:
        upload(api, pictures)
        taken = {kind: meter.spent(kind) - since for kind, since in before.items()}
    finally:
        for pid in scorers:
            os.kill(pid, signal.SIGCONT)
    yield Row("processor of web, a photo uploaded", "core-ms", (1000 * taken["web"] / PHOTOS,))
    yield from on_postgres(meter, "a photo uploaded", [taken["postgres"] / PHOTOS])
    meter.wait_until_idle()


def files(instance: Instance) -> Iterator[Row]:
    media = Path(instance.environment["WIZARD_DATA_DIR"], "media")
    for kind, column in (("image", "image"), ("thumbnail", "thumbnail")):
        names = ask(instance, f"SELECT {column} FROM classifier_photo WHERE source_name = '{MEASURED}'")
        size = sum((media / name).stat().st_size for (name,) in names) / len(names)
        yield Row(f"file of a photo: {kind}", "bytes", (size,))


def scores(meter: Meter, api: Api) -> Iterator[Row]:
    """Of photos that come in, and of a library that is scored anew after a change of taste."""
    came = [meter.during(lambda: meter.instance.manage("shell", "-v0", "-c", SCORE_ANEW)) for _ in range(ROUNDS)]
    whole = len(api.every_photo())
    anew = []
    for place in range(ROUNDS):
        change = partial(api.change_taste, match_threshold=0.5 + 0.01 * place)
        anew.append(meter.during(change, until_idle=True))
    for what, taken, count in (("a photo scored, ViT-B/32", came, PHOTOS), ("a photo scored anew", anew, whole)):
        yield Row(f"processor of score, {what}", "core-ms", tuple(1000 * each["score"] / count for each in taken))
        yield from on_postgres(meter, what, [each["postgres"] / count for each in taken])


def requests_served(meter: Meter, api: Api) -> Iterator[Row]:
    photos = api.every_photo()
    page, ids = signed_in(meter.instance), cycle(photo["id"] for photo in photos)
    answered, feedback = cycle(photos), cycle(("like", "dislike"))
    ways: dict[str, Callable[[], object]] = {
        "the home page": lambda: page("/"),
        "the library's page": lambda: page("/library/"),
        "the review's page": lambda: page("/review/"),
        "a photo's page": lambda: page(f"/photos/{next(ids)}/"),
        "a thumbnail": lambda: page(f"/photos/{next(ids)}/thumbnail"),
        "an image": lambda: page(f"/photos/{next(ids)}/image"),
        "a page of results of the API": lambda: api.call("GET", "photos?order=score").raise_for_status(),
        "an answer": lambda: api.answer(next(answered), next(feedback)),
    }
    meter.wait_until_idle()
    for what, way in ways.items():
        way()
        taken = [meter.during(partial(again, way)) for _ in range(ROUNDS)]
        yield Row(f"processor of web, {what}", "core-ms", tuple(1000 * each["web"] / REQUESTS for each in taken))
        yield from on_postgres(meter, what, [each["postgres"] / REQUESTS for each in taken])


def again(way: Callable[[], object]) -> None:
    for _ in range(REQUESTS):
        way()


def on_postgres(meter: Meter, what: str, seconds: list[float]) -> Iterator[Row]:
    if meter.postmaster:
        yield Row(f"processor of Postgres, {what}", "core-ms", tuple(1000 * each for each in seconds))


def signed_in(instance: Instance) -> Callable[[str], None]:
    """As a browser is: what it returns fetches a page."""
    session = requests.Session()
    address = f"{instance.url}/accounts/sign-in/"
    (token,) = set(re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', session.get(address, timeout=30).text))
    given = {"username": "demo", "password": instance.password, "csrfmiddlewaretoken": token}
    session.post(address, data=given, timeout=30).raise_for_status()

    def fetch(path: str) -> None:
        answer = session.get(f"{instance.url}{path}", timeout=30, allow_redirects=False)
        if answer.status_code != 200:
            raise RuntimeError(f"{path}: {answer.status_code}")

    return fetch


def looks_at_files(meter: Meter) -> Iterator[Row]:
    *milliseconds, held = meter.figures(LOOK_AT_FILES)
    yield Row("processor of score, once an hour for each file", "core-ms", tuple(milliseconds))
    yield Row("memory of score meanwhile, for each file", "bytes", (held,))


def rows_on_postgres(instance: Instance) -> Iterator[Row]:
    for line in instance.manage("shell", "-v0", "-c", MANY_ROWS).splitlines():
        table, size = line.split()
        yield Row(f"a row of {table}, its indexes with it", "bytes", (float(size),))
