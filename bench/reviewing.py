"""The review and the library with 100,000 photos; the map, the reasons in a picture, the taste in words.

Run: python -m bench reviewing
In this process, on SQLite, with a dictionary in place of Redis (which adds a fraction of a millisecond). Vectors are
random ones of ViT-B/32's size; the reasons are computed by ViT-B/32 with random weights, which cost the same.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch

from bench.apart import lines_of
from bench.table import Row, rows_from
from bench.tastes import Library, libraries, taste_of
from classifier.clip.backbones import resolve_backbone
from classifier.clip.engine import Engine
from classifier.questions.leaning import leans_towards, log_odds, presence, vocabulary
from classifier.scoring import phrase_direction
from training.learn.head import fit_heads

ANSWERS, FIRST = 100, 5

MEASURE = """
import json, time
import numpy as np
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("collectstatic", verbosity=0, interactive=False)
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from classifier.model import current_backbone
from classifier.models import ClassificationResult, Photo, PhotoEmbedding, Taste
from classifier.review import filling, queue
from classifier.questions.layout import place
from classifier.vectors import library_of
from training.models import ModelVersion
from wizard import store
kept = {}
store.put = lambda key, value, seconds: kept.update({key: value})
store.get = kept.get
store.get_many = lambda *keys: [kept.get(key) for key in keys]
store.is_first = lambda key, seconds: False
store.forget = lambda *keys: None
COUNT = 100_000
owner = User.objects.create_user("bench")
version = ModelVersion.objects.active_of(owner)
generator = np.random.default_rng(0)
for start in range(0, COUNT, 5000):
    photos = Photo.objects.bulk_create(Photo(owner=owner, sha256=f"{start + n:064}", source_name="one", width=1,
                                             height=1, status="ready") for n in range(5000))
    kinds = np.eye(200, 512)[generator.integers(0, 200, 5000)]
    vectors = kinds + 0.06 * generator.standard_normal((5000, 512))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype("<f2")
    PhotoEmbedding.objects.bulk_create(PhotoEmbedding(owner=owner, photo=photo, backbone=current_backbone().id,
                                       vector=vector.tobytes()) for photo, vector in zip(photos, vectors))
    ClassificationResult.objects.bulk_create(ClassificationResult(owner=owner, photo=photo, model_version=version,
        score=float(score), is_match=score >= 0.6) for photo, score in zip(photos, generator.random(5000)))

def timed(what, work, promised=None, rounds=1, unit="ms"):
    taken = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        taken.append((1 if unit == "s" else 1000) * (time.perf_counter() - began))
    print(json.dumps({"what": what, "unit": unit, "runs": taken, "promised": promised}), flush=True)

timed("the review's first order, nothing read yet", lambda: filling.fill(owner), 10, unit="s")
some = list(ClassificationResult.objects.order_by("?").values_list("pk", flat=True)[:500])
for label, part in (("like", some[::2]), ("dislike", some[1::2])):
    ClassificationResult.objects.filter(pk__in=part).update(user_feedback=label, feedback_at=timezone.now())
timed("its order made anew after 500 answers", lambda: filling.fill(owner), 10, 3, unit="s")
timed("the review's next photo", lambda: queue.next_cards(owner, 1), 20, 30)
client = Client(headers={"host": "127.0.0.1"})
client.force_login(owner)
def page(address):
    assert client.get(address).status_code == 200, address
    timed(f"GET {address.partition('after=')[0]}", lambda: client.get(address), 60, 9)
for address in ("/library/", "/library/?feedback=none", "/library/?verdict=match&sort=newest", "/review/"):
    page(address)
after = client.get("/api/photos?order=score", headers={"host": "127.0.0.1"}).json()["next"].partition("cursor=")[2]
page(f"/library/?after={after.partition('&')[0]}")
timed("a map of 10,000 photos laid out", lambda: place(library_of(owner).vectors[:10_000]), unit="s")
"""


def rows() -> Iterator[Row]:
    with tempfile.TemporaryDirectory(prefix="wizard-bench-") as name:
        yield from rows_from(lines_of(MEASURE, Path(name)))
    yield why()
    yield from words()


def why() -> Row:
    import time

    from classifier.clip.backbones import random_backbone
    from classifier.clip.loading import load_model
    from classifier.clip.towers import Tail
    from classifier.questions.relevance import relevance

    visual = load_model(random_backbone("ViT-B-32"), torch.float32).visual
    tail = Tail(visual).float().requires_grad_(False)
    towards = torch.randn(visual.output_dim)
    tokens = torch.randn(1, *visual.positional_embedding.shape)
    taken = []
    for _ in range(10):
        began = time.perf_counter()
        relevance(tokens, lambda tokens: tail(tokens) @ towards)
        taken.append(1000 * (time.perf_counter() - began))
    return Row("why, in the picture: ViT-B/32's tail forth and back", "ms", tuple(taken), promised=150)


def words() -> Iterator[Row]:
    """Of simulated people: is what they like among the first five phrases?"""
    backbone = resolve_backbone("starter", Path())
    engine = Engine.load(backbone)
    for library in libraries(backbone, torch.get_num_threads()):
        named = [concept.rpartition("/")[2] for concept in library.concepts]
        phrases = [*vocabulary(), *(concept for concept in named if concept not in vocabulary())]
        vectors = engine.encode_phrases(phrases)
        directions = np.stack([phrase_direction(vector, engine.neutral, None) for vector in vectors])
        hits = [_is_named(library, number, named, phrases, directions) for number in range(20)]
        what = f"the taste in words, {library.name}: what they like is among the first {FIRST}, of 20 people"
        yield Row(what, "people", (float(sum(hits)),))


def _is_named(library: Library, number: int, named: list[str], phrases: list[str], directions: np.ndarray) -> bool:
    generator = np.random.default_rng([number, 30])
    liked, seen, likes = taste_of(library, number, 0.3, generator)
    photos = generator.permutation(np.flatnonzero(seen))
    asked = photos[:ANSWERS]
    labels = likes[asked].astype(np.int64)
    weights = np.where(labels == 1, 0.5 / labels.mean(), 0.5 / (1 - labels.mean()))
    heads = fit_heads(library.vectors[asked], labels, weights, np.arange(len(asked)), folds=5, seed=0)
    odds = heads.linear.logits(library.vectors[photos]) + heads.kernel.logits(library.vectors[photos])
    photos_show = presence(library.vectors[photos], directions)
    leans = leans_towards(photos_show, log_odds((1 / (1 + np.exp(-odds))).astype(np.float32)), FIRST)
    said = " / ".join(phrases[phrase] for phrase in leans)
    return any(named[concept].rstrip("s") in said for concept in liked)
