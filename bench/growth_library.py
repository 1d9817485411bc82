"""A library of so many photos, and what its pages and the work behind them cost: a process of `bench.growth`.

Photos are rows and random vectors of ViT-B/32's size in 200 clusters; there are no files. At every size the same number
of answers, and two versions. In place of Redis there is a dictionary, and the score worker answers in this process.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import chain
from typing import Any
from unittest.mock import patch

import numpy as np
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from classifier import counts, vectors
from classifier.model import current_backbone, get_engine
from classifier.models import ClassificationResult, Photo, PhotoEmbedding, Taste, TextPreference
from classifier.pipeline import rescore_library
from classifier.questions import answering, asking, layout
from classifier.review import filling
from classifier.views.listing import PAGE_SIZE
from training.models import Chance, LearnedAnswer, ModelVersion, TrainingJob
from wizard import store
from wizard.keyset import page_of

ANSWERS, LEARNED = 500, 400
AT_ONCE = 5000
WIDTH = 512  # of ViT-B/32
ROUNDS = 15
QUERY = "a dog at the beach"
WAITS, WORK = "waits", "work"


def main(size: int) -> None:
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    kept_here()
    owner = make_library(size)
    print("ready", flush=True)
    for kind, what, rounds, work in chain(work_behind(owner), what_somebody_waits_for(owner)):
        for turn in range(rounds):
            if not sys.stdin.readline():  # it is not our turn until something comes
                return
            if rounds > 1 and turn == 0:
                work()  # what is done once, and never again, is done before
            print(json.dumps({"kind": kind, "what": what, "size": size, "ms": timed(work)}), flush=True)


def timed(work: Callable[[], object]) -> float:
    """Milliseconds."""
    began = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - began)


def kept_here() -> None:
    """What is kept in Redis, in a dictionary; a question to the score worker is answered at once."""
    values: dict[str, Any] = {}

    def answered(task: object, owner_id: int, question: str, about: dict[str, Any], key: str, slot: str) -> bool:
        answering.answer(User.objects.get(pk=owner_id), question, about, key, slot)
        return True

    def put(key: str, value: Any, *, seconds: int) -> None:
        values[key] = value

    # Questions are asked, other messages to the score worker are not: there is nobody to take them.
    patch.multiple(
        store,
        put=put,
        get=values.get,
        get_many=lambda *keys: [values.get(key) for key in keys],
        is_first=lambda key, *, seconds: key.startswith(("wizard:answer:", "wizard:asking:")),
        claim=lambda key, holder, *, seconds: True,
        forget=lambda *keys: None,
    ).start()
    patch.object(asking, "send", answered).start()


def make_library(size: int) -> User:
    owner = User.objects.create_user("bench")
    version = ModelVersion.objects.active_of(owner)
    generator = np.random.default_rng(0)
    for start in range(0, size, AT_ONCE):
        add_photos(owner, version, range(start, min(start + AT_ONCE, size)), generator)
    for phrase in ("a dog", "at the beach", "playing guitar"):
        TextPreference.objects.create(owner=owner, phrase=phrase)
    answer_some(owner, generator)
    train_once(owner, version)
    return owner


def add_photos(owner: User, version: ModelVersion, numbers: range, generator: np.random.Generator) -> None:
    photos = Photo.objects.bulk_create(
        Photo(owner=owner, sha256=f"{number:064}", source_name="one", width=1, height=1, status=Photo.Status.READY)
        for number in numbers
    )
    kinds = np.eye(200, WIDTH)[generator.integers(0, 200, len(photos))]
    found = kinds + 0.06 * generator.standard_normal((len(photos), WIDTH))
    found = (found / np.linalg.norm(found, axis=1, keepdims=True)).astype("<f2")
    backbone = current_backbone().id
    PhotoEmbedding.objects.bulk_create(
        PhotoEmbedding(owner=owner, photo=photo, backbone=backbone, vector=vector.tobytes())
        for photo, vector in zip(photos, found, strict=True)
    )
    ClassificationResult.objects.bulk_create(
        ClassificationResult(
            owner=owner,
            photo=photo,
            model_version=version,
            score=float(score),
            is_match=bool(score >= 0.6),
            is_super_match=bool(score >= 0.85),
        )
        for photo, score in zip(photos, generator.random(len(photos)), strict=True)
    )


def answer_some(owner: User, generator: np.random.Generator) -> None:
    """Likes and dislikes, on any photos, over a month."""
    ids = np.fromiter(ClassificationResult.objects.filter(owner=owner).values_list("pk", flat=True), np.int64)
    some = ClassificationResult.objects.filter(pk__in=generator.choice(ids, ANSWERS, replace=False).tolist())
    answered = list(some)
    for place, result in enumerate(answered):
        result.user_feedback = ("like", "dislike")[place % 2]
        result.feedback_at = timezone.now() - timedelta(days=place % 30)
        result.answered_score, result.answered_match = result.score, result.is_match
    fields = ["user_feedback", "feedback_at", "answered_score", "answered_match"]
    ClassificationResult.objects.bulk_update(answered, fields, batch_size=100)


def train_once(owner: User, base: ModelVersion) -> None:
    """A version that learned from most of the answers, with what it says of the others; it does not serve."""
    share = {"value": 0.8, "low": 0.7, "high": 0.9}
    version = ModelVersion.objects.create(
        owner=owner,
        version_number=2,
        model_type=ModelVersion.Type.FINE_TUNED,
        backbone=current_backbone().id,
        file="models/1/version_2.pt",
        sha256="0" * 64,
        size=30_000_000,
        parent=base,
        figures={"accuracy": share, "auc": share, "likes": LEARNED // 2, "dislikes": LEARNED // 2},
    )
    job = TrainingJob.objects.create(
        owner=owner,
        status=TrainingJob.Status.COMPLETED,
        hyperparameters={"epochs": 10},
        version=version,
        likes=LEARNED // 2,
        dislikes=LEARNED // 2,
        started_at=timezone.now() - timedelta(minutes=1),
        finished_at=timezone.now(),
    )
    answered = list(ClassificationResult.objects.owned_by(owner).answered().select_related("photo").order_by("pk"))
    LearnedAnswer.objects.bulk_create(
        LearnedAnswer(job=job, photo_sha256=each.photo.sha256, feedback=str(each.user_feedback), chance=0.5)
        for each in answered[:LEARNED]
    )
    Chance.objects.bulk_create(
        Chance(version=version, photo=each.photo, value=0.01 * (place % 100))
        for place, each in enumerate(answered[LEARNED:])
    )


Cost = tuple[str, str, int, Callable[[], object]]


def work_behind(owner: User) -> Iterator[Cost]:
    """What the score worker does of a whole library. It leaves the library scored, as the pages are measured."""

    def read() -> None:
        vectors.drop_library(owner.pk)
        vectors.library_of(owner)

    def lay_out() -> None:
        layout.place(vectors.library_of(owner).vectors[-layout.MOST_PHOTOS :])

    def rescore() -> None:
        taste = Taste.objects.of(owner)
        Taste.objects.filter(owner=owner).update(revision=taste.revision + 1)
        rescore_library(owner.pk, taste.revision + 1)

    def count() -> None:
        counts.outdate(owner.pk)
        counts.count_anew(owner)

    yield WORK, "vectors read into a worker's memory", 3, read
    yield WORK, "the review's order made anew", 3, lambda: filling.fill(owner)
    get_engine()  # loaded before, as it is in a worker
    yield WORK, "a search by words: the product of all vectors", 10, lambda: answering.search(owner, {"q": QUERY})
    yield WORK, f"a map laid out, of at most {layout.MOST_PHOTOS:,} photos", 1, lay_out
    yield WORK, "all photos scored anew", 1, rescore
    yield WORK, "all counts made anew", 3, count


def what_somebody_waits_for(owner: User) -> Iterator[Cost]:
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(owner)
    middle = Photo.objects.owned_by(owner).order_by("pk")[Photo.objects.count() // 2].pk

    def get(address: str) -> None:
        answer = client.get(address)
        if answer.status_code != 200:
            raise RuntimeError(f"{address}: {answer.status_code}")

    def cost(address: str, said: str = "") -> Cost:
        return WAITS, f"GET {said or address}", ROUNDS, lambda: get(address)

    for address in PAGES:
        yield cost(address)
    yield cost(f"/library/?q={QUERY.replace(' ', '+')}", "/library/?q=words, the answer there")
    yield cost(f"/photos/{middle}/", "/photos/.../")
    yield cost(f"/library/?after={_cursor_in_the_middle()}", "/library/?after=the middle")
    for address in API:
        yield cost(address)
    yield WAITS, "an answer on a photo's tile", ROUNDS, _answers(client, owner)
    yield WAITS, "an answer in the review, and the next photo", ROUNDS, _review(client)


PAGES = (
    "/",
    "/library/",
    "/library/?sort=newest",
    "/library/?feedback=none",
    "/library/?feedback=like",
    "/library/?verdict=match",
    "/library/?verdict=super",
    "/library/?verdict=miss",
    "/library/?verdict=match&sort=newest",
    "/review/",
    "/taste/",
    "/training/",
    "/versions/",
    "/versions/compare/?v=2&v=1",
    "/map/",
    "/upload/",
    "/accounts/",
)
API = (
    "/api/photos",
    "/api/photos?order=score",
    "/api/photos?verdict=miss&order=score",
    "/api/review/next",
    "/api/stats",
    "/api/models/versions",
)


def _cursor_in_the_middle() -> str:
    """Where a reader is who has gone through the better half."""
    scores = ClassificationResult.objects.filter(is_current=True).order_by("-score").values_list("score", flat=True)
    worse = ClassificationResult.objects.filter(is_current=True, score__lte=scores[scores.count() // 2]).ranked()
    return str(page_of(worse, key=["rank", "photo_id"], after=None, size=PAGE_SIZE).after)


def _answers(client: Client, owner: User) -> Callable[[], object]:
    unanswered = Photo.objects.with_feedback(owner, "none").values_list("pk", flat=True)
    photos = iter(list(unanswered[: 2 * ROUNDS]))

    def answer() -> None:
        reply = client.post(f"/photos/{next(photos)}/answer/", {"answer": "like"}, headers={"HX-Request": "true"})
        if reply.status_code != 200:
            raise RuntimeError(f"an answer: {reply.status_code}")

    return answer


def _review(client: Client) -> Callable[[], object]:
    def answer() -> None:
        asked = client.get("/api/review/next").json()["results"][0]
        said = {"photo": asked["photo"]["id"], "answer": "like", "why": asked["why"], "held": ""}
        reply = client.post("/review/answer/", said, headers={"HX-Request": "true"})
        if reply.status_code != 200:
            raise RuntimeError(f"an answer in the review: {reply.status_code}")

    return answer
