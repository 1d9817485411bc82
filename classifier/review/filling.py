"""The score worker orders the photos to ask about."""

from __future__ import annotations

import logging
import time
from collections.abc import Collection
from typing import TYPE_CHECKING

import numpy as np
from django.db.models import Q
from numpy.typing import NDArray

from classifier.models import ClassificationResult, Photo
from classifier.review import queue
from classifier.review.ordering import Indices, Known, order
from classifier.review.reasons import Why
from classifier.vectors import library_of

if TYPE_CHECKING:
    from django.contrib.auth.models import User

log = logging.getLogger(__name__)

AGAIN_EVERY = 20
AGAIN_AFTER = 20  # answers in between


def fill(owner: User) -> None:
    """Put the photos to ask about next into the owner's queue, with a second look at an earlier one here and there."""
    began = time.monotonic()
    library = library_of(owner)
    ids, vectors = library.ids, library.vectors
    row_of = {photo: row for row, photo in enumerate(ids)}
    answered = dict(
        ClassificationResult.objects.owned_by(owner)
        .answered()
        .order_by("feedback_at")
        .values_list("photo", "user_feedback")
    )
    here = [photo for photo in answered if photo in row_of]
    known = Known(
        rows=np.array([row_of[photo] for photo in here], np.int64),
        labels=np.array([answered[photo] in ClassificationResult.LIKES for photo in here], np.int64),
        closed=_closed(owner, row_of),
    )
    wanted = None if known.says_enough else _scores(owner, ids)
    seed = len(here)  # the same answers, the same order
    rows = order(vectors, known, wanted=wanted, count=queue.LENGTH, seed=seed)
    items = [(ids[row], why) for row, why in rows]
    is_whole = len(items) < queue.LENGTH and not _others(owner, row_of)
    queue.replace(owner.pk, _with_second_looks(owner, items, here), is_whole=is_whole)
    queue.filled(owner.pk)
    log.info("ordered the review of %s photos in %.2f s", len(ids), time.monotonic() - began)


def _others(owner: User, known: Collection[int]) -> bool:
    """Whether there are photos that were not read yet, or came in since."""
    readable = Photo.objects.owned_by(owner).exclude(status=Photo.Status.UNREADABLE).order_by()
    return not set(readable.values_list("pk", flat=True)).issubset(known)


def _closed(owner: User, row_of: dict[int, int]) -> Indices:
    photos = Photo.objects.filter(owner=owner)
    out_of_reach = photos.filter(~Q(status=Photo.Status.READY) | Q(deleted_at__isnull=False))
    closed = {*queue.closed_photos(owner), *out_of_reach.values_list("pk", flat=True)}
    return np.array(sorted(row_of[photo] for photo in closed if photo in row_of), np.int64)


def _scores(owner: User, ids: list[int]) -> NDArray[np.float64] | None:
    """What the scores say before there are answers: what was written, and photos that were chosen."""
    current = ClassificationResult.objects.owned_by(owner).filter(is_current=True, score__isnull=False)
    scores = dict(current.values_list("photo", "score"))
    return np.array([scores.get(photo, 0.0) for photo in ids]) if scores else None


def _with_second_looks(owner: User, items: list[tuple[int, Why]], answered: list[int]) -> list[tuple[int, Why]]:
    """One in twenty is an earlier one: how often do people agree with themselves?"""
    done = {*queue.asked_twice(owner), *queue.closed_photos(owner)}
    old = [photo for photo in answered[:-AGAIN_AFTER] if photo not in done]
    generator = np.random.default_rng(len(answered))
    drawn = generator.permutation(np.array(old, np.int64)).tolist()
    mixed: list[tuple[int, Why]] = []
    for item in items:
        if drawn and generator.random() < 1 / AGAIN_EVERY:
            mixed.append((drawn.pop(), Why.AGAIN))
        mixed.append(item)
    return mixed
