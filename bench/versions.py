"""Versions: how soon a switch shows, how fast a library is scored anew, what the pages cost when there is much.

Run: python -m bench versions
The switch runs on a real instance with ViT-B/32 (random weights: they cost the same) and a version whose tail was
tuned; the pages in this process, by Django's test client, on a database of 50 versions and 100,000 results.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.apart import lines_of
from bench.product import fill
from bench.scoring import make_photos, plain_way
from bench.table import Row, rows_from
from bench.weights import random_weights
from wizard.instance import Api, running_instance

PHOTOS, ROUNDS = 1000, 3
PAGES = ("/", "/versions/", "/versions/?sort=like_rate", "/training/", "/api/models/versions")

MAKE_TUNED = """
from pathlib import Path
import numpy as np, torch
from django.contrib.auth.models import User
from django.core.files.storage import default_storage
from classifier.clip.loading import load_model
from classifier.clip.towers import Tail
from classifier.model import current_backbone
from training.learn.calibration import Calibration
from training.learn.head import Head, KernelHead
from training.learn.version import Version
from training.learn.version_file import save_version
from training.models import ModelVersion
backbone, owner = current_backbone(), User.objects.get()
tail = Tail(load_model(backbone, torch.float32).visual).state_dict()
width = tail["proj"].shape[1]
for number in range(2, 4 + %d):
    generator = np.random.default_rng(number)
    kernel = KernelHead(np.zeros((8, width), np.float16), np.ones(8, np.float32), 1.0, 0.0, 1.0)
    head = Head(generator.standard_normal(width).astype(np.float32), 0.0, 1.0)
    version = Version(backbone.id, {name: part.half() for name, part in tail.items()}, head, kernel,
                      Calibration(1.0, 1.0, 0.0), 1.0, 10, "0" * 64)
    name = f"models/{owner.pk}/version_{number}.pt"
    path = Path(default_storage.path(name))
    path.parent.mkdir(parents=True, exist_ok=True)
    ModelVersion.objects.create(owner=owner, version_number=number, model_type="fine_tuned", backbone=backbone.id,
                                file=name, sha256=save_version(path, version), size=path.stat().st_size)
"""

ANSWER_ALL = """
from django.utils import timezone
from classifier.models import ClassificationResult
for number, result in enumerate(ClassificationResult.objects.filter(is_current=True)):
    result.user_feedback, result.feedback_at = ("like", "dislike")[number % 2], timezone.now()
    result.answered_score, result.answered_match = result.score, result.is_match
    result.save()
"""

MEASURE_PAGES = f"""
import json, time
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("collectstatic", verbosity=0, interactive=False)
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from classifier.models import ClassificationResult, Photo, Taste
from training.models import ModelVersion
owner = User.objects.create_user("bench")
base = ModelVersion.objects.active_of(owner)
share = {{"value": 0.8, "low": 0.7, "high": 0.9}}
ModelVersion.objects.bulk_create(
    ModelVersion(owner=owner, version_number=number, model_type="fine_tuned", backbone="starter/1",
                 file=f"models/1/version_{{number}}.pt", sha256="0" * 64, size=30_000_000,
                 figures={{"accuracy": share, "auc": share, "likes": 50, "dislikes": 50}})
    for number in range(2, 51))
photos = Photo.objects.bulk_create(
    Photo(owner=owner, sha256=f"{{number:064}}", source_name="one", width=1, height=1, status="ready")
    for number in range(2000))
for place, version in enumerate(ModelVersion.objects.order_by("version_number")):
    answered = range(40 * place, 40 * place + 40)
    ClassificationResult.objects.bulk_create(
        ClassificationResult(owner=owner, photo=photo, model_version=version, score=(number * 7 % 100) / 100,
            is_match=number * 7 % 100 >= 60, is_current=place == 49,
            **({{"user_feedback": "like" if number % 3 else "dislike", "feedback_at": timezone.now(),
                "answered_score": (number * 7 % 100) / 100, "answered_match": number * 7 % 100 >= 60}}
               if number in answered else {{}}))
        for number, photo in enumerate(photos))
assert (ClassificationResult.objects.count(), ModelVersion.objects.count()) == (100_000, 50)
client = Client(headers={{"host": "127.0.0.1"}})
client.force_login(owner)
for address in {PAGES!r}:
    client.get(address)
    taken = []
    for _ in range(15):
        began = time.perf_counter()
        assert client.get(address).status_code == 200, address
        taken.append(1000 * (time.perf_counter() - began))
    what = f"GET {{address}}, 50 versions and 100,000 results"
    print(json.dumps({{"what": what, "unit": "ms", "runs": taken, "promised": 100}}))
"""


def rows() -> Iterator[Row]:
    with tempfile.TemporaryDirectory(prefix="wizard-bench-") as name:
        folder = Path(name)
        yield from rows_from(lines_of(MEASURE_PAGES, folder / "pages"))
        weights = random_weights(folder)
        with running_instance(folder / "data", WIZARD_BACKBONE=str(weights), WIZARD_API_RATE="0") as instance:
            api = instance.api()
            api.change_taste(auto_train=False)
            fill(api)
            instance.manage("shell", "-v0", "-c", MAKE_TUNED % ROUNDS)
            yield from switches(api)
            instance.manage("shell", "-v0", "-c", ANSWER_ALL)
            yield from comparisons(api)


def switches(api: Api) -> Iterator[Row]:
    """To each tuned version in turn, and back to the first of them, which has scored every photo before."""
    versions = {each["version_number"]: each["id"] for each in api.call("GET", "models/versions").json()["results"]}
    taken = [switch(api, versions[number], number) for number in range(2, 2 + ROUNDS)]
    told, shown, whole = zip(*taken, strict=True)
    yield Row("switch, until the API has answered", "ms", tuple(1000 * each for each in told), promised=100)
    yield Row("switch, until a photo has its new score", "ms", tuple(1000 * each for each in shown))
    rates = tuple(PHOTOS / each for each in whole)
    yield Row("a tuned tail scores a library anew", "a second", rates, plain=plain_rate(), promised=400)
    back = [switch(api, versions[number], number)[2] for number in range(2, 1 + ROUNDS)]
    yield Row("a version that has scored it before", "a second", tuple(PHOTOS / each for each in back))


def plain_rate() -> float:
    """Photos a second when each goes through the whole tower again, in float32, from its file."""
    with tempfile.TemporaryDirectory() as folder:
        photos = make_photos(Path(folder), 40)
        run = plain_way(photos)
        run()
        began = time.perf_counter()
        run()
        return len(photos) / (time.perf_counter() - began)


def switch(api: Api, version_id: int, number: int) -> tuple[float, float, float]:
    """Seconds until the switch was answered, until a photo shows the new version, until every photo does."""
    began = time.perf_counter()
    api.call("POST", f"models/versions/{version_id}/activate").raise_for_status()
    told = time.perf_counter() - began
    while not any(photo["version_number"] == number for photo in page(api)):
        time.sleep(0.02)
    shown = time.perf_counter() - began
    while api.call("GET", "preferences").json()["is_being_scored"]:
        time.sleep(0.1)  # a page asks no more often
    return told, shown, time.perf_counter() - began


def comparisons(api: Api) -> Iterator[Row]:
    """Of two versions that never scored the photos, and of two that have scored the library."""
    versions = {each["version_number"]: each["id"] for each in api.call("GET", "models/versions").json()["results"]}
    for a, b, what in ((2 + ROUNDS, 3 + ROUNDS, "new to the photos"), (2, 3, "that scored the library")):
        began = time.perf_counter()
        while (answer := api.call("GET", f"models/compare?a={versions[a]}&b={versions[b]}")).status_code == 202:
            time.sleep(0.1)
        answer.raise_for_status()
        taken = time.perf_counter() - began
        yield Row(f"comparing two versions {what}, on {answer.json()['photos']} photos", "s", (taken,), promised=5)


def page(api: Api) -> list[dict[str, object]]:
    found: list[dict[str, object]] = api.call("GET", "photos?page_size=20").json()["results"]
    return found
