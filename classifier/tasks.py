"""What the `score` worker does. Ids in; rows are fetched, worked on and stored; nothing is returned."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from celery import Task, shared_task
from celery.signals import task_prerun, worker_ready
from django.db import connection

if TYPE_CHECKING:
    from django.contrib.auth.models import User


@shared_task(bind=True)
def embed_photos(self: Task[..., None], photo_ids: list[int]) -> None:
    """Something came in: embed and score as many photos as these, of whoever's turn it is. Twice is a no-op."""
    from classifier import pipeline

    pipeline.take_turn(photo_ids, by=f"{self.request.id or 'no message'} {_worker(self)}")


def _worker(task: Task[..., None]) -> str:
    """By name (`score.1@host`), which it has again after a restart: what it claimed before is its own."""
    return task.request.hostname or "here"


@shared_task(bind=True)
def rescore_library(self: Task[..., None], owner_id: int, revision: int) -> None:
    """Score the owner's whole library anew, unless a newer request is on its way."""
    from classifier import pipeline

    pipeline.rescore_library(owner_id, revision, by=_worker(self))


@shared_task(bind=True)
def requeue_forgotten(self: Task[..., None], at_once: bool = False) -> None:
    """Hand over again what a lost message left behind; `at_once` also what came in just now."""
    from classifier import pipeline

    pipeline.requeue_forgotten(at_once=at_once, by=_worker(self))


def _owner_or_none(owner_id: int) -> User | None:
    """None when the account was deleted while the message was on its way."""
    from django.contrib.auth.models import User

    return User.objects.filter(pk=owner_id).first()


@shared_task(expires=60)
def fill_review(owner_id: int) -> None:
    """Order the photos that the review asks about next."""
    from classifier.review.filling import fill

    if owner := _owner_or_none(owner_id):
        fill(owner)


@shared_task(expires=60)
def answer_question(owner_id: int, question: str, about: dict[str, Any], key: str, slot: str) -> None:
    """Something that a page asks of the model; the answer goes to Redis, under `key`, and frees the `slot`."""
    from classifier.questions.answering import answer

    if owner := _owner_or_none(owner_id):
        answer(owner, question, about, key, slot)


@shared_task
def empty_trash() -> None:
    """Delete for good what was long enough in the trash."""
    from classifier import services
    from classifier.vectors import drop_library

    for owner_id in services.empty_trash():
        drop_library(owner_id)  # at once; other workers hear of it before their next task


@shared_task
def hash_pictures() -> None:
    """Compute the hashes of pictures that were stored before the database kept them."""
    from classifier import picture_hashes

    picture_hashes.hash_pictures()


@shared_task
def import_sample_library(owner_id: int) -> None:
    """Give the owner the sample photos, and hand them to the worker."""
    from classifier.services import add_sample_library

    owner = _owner_or_none(owner_id)
    if owner and add_sample_library(owner=owner):
        requeue_forgotten.delay(at_once=True)


@shared_task
def watch_folder(turn: str = "", held: list[int] | None = None, skip: int = 0) -> None:
    """Take in a few new pictures of the watched folder; sends itself again while there are more."""
    from classifier.folders.turns import take_turn

    take_turn(turn=turn, held=held or [], skip=skip)


@task_prerun.connect
def forget_what_others_deleted(**kwargs: Any) -> None:
    from wizard import forgetting

    if "classifier.vectors" not in sys.modules:
        return  # a process that keeps no library
    from classifier.learned import forget_versions
    from classifier.vectors import drop_library

    for owner_id in (owners := forgetting.told()):
        drop_library(owner_id)
    if owners:
        forget_versions()


@worker_ready.connect
def take_up_work(sender: Any, **kwargs: Any) -> None:
    """A score worker that starts loads its model and takes up what waits, so that the first photo need not."""
    if str(sender.hostname).startswith("score"):
        from classifier import claiming

        claiming.release(sender.hostname)
        connection.close()  # a child that is forked later must not inherit it
        requeue_forgotten.delay(at_once=True)
