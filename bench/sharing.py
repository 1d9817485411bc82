"""Photos scored a second while a training job runs, against as many while none does. Run: python -m bench sharing

On a real instance, with the starter and with ViT-B/32 (random weights: they cost the same); rounds alternate. A photo
is scored when the score worker has decoded it, embedded it and written its result.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from bench.pictures import photo_like_jpeg
from bench.table import Row
from bench.weights import random_weights
from wizard.instance import Api, Instance, running_instance

PHOTOS, ANSWERS, ROUNDS = 200, 100, 3
MEASURED = "measured.jpg"

# To random weights all photos look alike, and near-duplicates are not learned from.
TELL_APART = """
import numpy as np
from classifier.models import PhotoEmbedding
generator = np.random.default_rng(0)
for embedding in PhotoEmbedding.objects.all():
    vector = generator.standard_normal(len(embedding.vector) // 2)
    embedding.vector = (vector / np.linalg.norm(vector)).astype("<f2").tobytes()
    embedding.save(update_fields=["vector"])
"""

SCORE_ANEW = f"""
import time
from classifier.models import Photo, PhotoEmbedding
from classifier.services import queue_photos
photos = Photo.objects.filter(source_name="{MEASURED}")
waiting = photos.filter(status="queued")
PhotoEmbedding.objects.filter(photo__in=photos).delete()
photos.update(status="queued")
began = time.perf_counter()
queue_photos(list(photos.values_list("pk", flat=True)))
while waiting.exists():
    time.sleep(0.02)
print(photos.count() / (time.perf_counter() - began))
"""


def rows() -> Iterator[Row]:
    with tempfile.TemporaryDirectory(prefix="wizard-bench-") as name, ProcessPoolExecutor() as pool:
        folder = Path(name)
        pictures = list(pool.map(photo_like_jpeg, range(PHOTOS)))
        weights = random_weights(folder)
        for title, backbone in (("starter", "starter"), ("ViT-B/32", str(weights))):
            with running_instance(folder / title.replace("/", "-"), WIZARD_BACKBONE=backbone) as instance:
                api = instance.api()
                api.change_taste(auto_train=False)  # a job of its own would run beside what is measured without
                fill(api, pictures)
                instance.manage("shell", "-v0", "-c", TELL_APART)
                yield from shares(title, instance, api)


def fill(api: Api, pictures: list[bytes]) -> None:
    """Answers to some of the sample library, and photos of an ordinary size to measure with."""
    for number, photo in enumerate(api.wait_until_scored()[:ANSWERS]):
        api.answer(photo, "like" if number % 2 else "dislike")
    upload(api, pictures)
    api.wait_until_scored()


def upload(api: Api, pictures: list[bytes]) -> None:
    for start in range(0, len(pictures), 16):
        files = [("files", (MEASURED, picture)) for picture in pictures[start : start + 16]]
        api.call("POST", "photos", files=files).raise_for_status()


def shares(title: str, instance: Instance, api: Api) -> Iterator[Row]:
    idle, training = [], []
    for _ in range(ROUNDS):
        idle.append(float(instance.manage("shell", "-v0", "-c", SCORE_ANEW)))
        job = api.start_training(epochs=100)
        api.wait_until_learning(job)
        training.append(float(instance.manage("shell", "-v0", "-c", SCORE_ANEW)))
        if api.job(job)["phase"] != "folds":
            raise RuntimeError("The training ended before the measurement did.")
        api.call("POST", f"training/jobs/{job}/cancel").raise_for_status()
        api.wait_until_ended(job)
    yield Row(f"photos scored, {title}", "a second", tuple(idle))
    kept = tuple(busy / free for busy, free in zip(training, idle, strict=True))
    yield Row(f"as many while a training runs, {title}: of that", "share", kept, promised=0.4)
