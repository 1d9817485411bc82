"""What the `score` worker does. Ids in; rows are fetched, worked on and stored; nothing is returned."""

from __future__ import annotations

from celery import shared_task


@shared_task
def embed_photos(photo_ids: list[int]) -> None:
    """Embed and score photos that the current backbone has not seen. Doing it twice is a no-op."""
    from classifier import pipeline

    pipeline.embed_photos(photo_ids)


@shared_task
def rescore_library(owner_id: int, revision: int) -> None:
    """Score the owner's whole library anew, unless a newer request is on its way."""
    from classifier import pipeline

    pipeline.rescore_library(owner_id, revision)


@shared_task
def requeue_forgotten() -> None:
    """Hand over again what a lost message left behind."""
    from classifier import pipeline

    pipeline.requeue_forgotten()
