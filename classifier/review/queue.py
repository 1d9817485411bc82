"""The photos to ask about next: ordered by the score worker, kept in Redis, checked against the database when shown.

Redis may lose it all: the queue is made from the database again, and until then the best scores come first.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from classifier.library import LibraryFilter, list_photos
from classifier.models import ClassificationResult, Photo, ReviewAnswer
from classifier.review.reasons import Why
from wizard import store
from wizard.sending import send

if TYPE_CHECKING:
    from django.contrib.auth.models import User

KEPT_SECONDS = 7 * 24 * 60 * 60
LENGTH = 40
LOW = 15  # asked to be filled when fewer are left
FRESH_FOR = 5  # answers after which a queue is made anew, with what they taught
SKIPPED_FOR = timedelta(days=1)
TWICE = (Why.AGAIN, Why.SURPRISING)
FILL_SECONDS = 20  # within which it is asked for once
LOOK_AGAIN_SECONDS = 60  # when nothing was left to ask about: skipped photos come back, others are added
Item = tuple[int, Why]


@dataclass(frozen=True)
class Card:
    """A photo, and why it is asked about."""

    photo: Photo
    why: Why


def next_cards(owner: User, count: int, *, without: Collection[int] = ()) -> list[Card]:
    """The next photos to ask about, besides those that the page holds already: first those that the owner chose.

    Whatever the queue says, a photo that was answered in the meantime is not among them.
    """
    state = store.get(_key(owner.pk))
    items = _items(state["items"]) if state else []
    chosen = _chosen(owner.pk)
    open_ids = askable(owner, chosen + items)
    left = [item for item in items if item[0] in open_ids]
    is_low = state is not None and len(left) < LOW and not state["is_whole"]
    is_stale = state is not None and left and len(left) <= state["length"] - FRESH_FOR
    looks_again = not left and store.is_first(_looked_key(owner.pk), seconds=LOOK_AGAIN_SECONDS)
    if state is None or is_low or is_stale or looks_again:
        ask_to_fill(owner.pk)
    why = dict(left) | dict(chosen)
    both = dict.fromkeys(photo for photo, _ in chosen + left if photo in open_ids and photo not in without)
    next_ids = list(both)[:count]
    photos = Photo.objects.owned_by(owner).with_current_result().in_bulk(next_ids)
    cards = [Card(photos[photo], why[photo]) for photo in next_ids if photo in photos]
    return _best_scores(owner, count, without) if state is None and not cards else cards


def _best_scores(owner: User, count: int, without: Collection[int]) -> list[Card]:
    """While the queue is being made."""
    best = list_photos(owner, LibraryFilter(feedback="none", order="score"), size=count + len(without) + LENGTH).rows
    open_ids = askable(owner, [(photo.pk, Why.START) for photo in best])
    wanted = [photo for photo in best if photo.pk in open_ids and photo.pk not in without]
    return [Card(photo, Why.START) for photo in wanted[:count]]


def askable(owner: User, items: Sequence[Item]) -> set[int]:
    """Those of the photos that still wait for an answer, or for a second one."""
    twice = [photo for photo, why in items if why in TWICE]
    chosen = [photo for photo, why in items if why in (Why.CHOSEN, Why.SURPRISING)]
    again = [photo for photo, why in items if why == Why.AGAIN]
    answered = ClassificationResult.objects.filter(photo=OuterRef("pk"), user_feedback__isnull=False)
    scored = ClassificationResult.objects.filter(photo=OuterRef("pk"), is_current=True)
    photos = Photo.objects.owned_by(owner).filter(Exists(scored), pk__in=[photo for photo, _ in items])
    photos = photos.filter(~Exists(answered) | Q(pk__in=twice), status=Photo.Status.READY)
    photos = photos.filter(Q(pk__in=chosen) | ~Q(pk__in=closed_photos(owner)))
    if again:
        photos = photos.exclude(pk__in=set(again) & set(asked_twice(owner)))
    return set(photos.values_list("pk", flat=True))


def closed_photos(owner: User) -> list[int]:
    """Photos not to be asked about now: those the owner is unsure of, and those skipped a moment ago."""
    said = ReviewAnswer.objects.owned_by(owner)
    recent = Q(answer=ReviewAnswer.Answer.SKIP, at__gt=timezone.now() - SKIPPED_FOR)
    closed = said.filter(recent | Q(answer=ReviewAnswer.Answer.UNSURE)).order_by()
    return list(closed.values_list("photo", flat=True).distinct())


def asked_twice(owner: User) -> list[int]:
    """Photos that had their second look."""
    return list(ReviewAnswer.objects.owned_by(owner).filter(why__in=TWICE).order_by().values_list("photo", flat=True))


def replace(owner_id: int, items: Sequence[Item], *, is_whole: bool) -> None:
    """Keep a new order; `is_whole` when nothing else is left to ask about."""
    kept = [(photo, str(why)) for photo, why in items]
    store.put(_key(owner_id), {"items": kept, "length": len(kept), "is_whole": is_whole}, seconds=KEPT_SECONDS)


def reopen(owner_id: int) -> None:
    """Photos came in: there is more to ask about than the order knows."""

    def open_again(state: Any) -> Any:
        return state | {"is_whole": False} if state and state["is_whole"] else None

    store.change(_key(owner_id), open_again, seconds=KEPT_SECONDS)


def has_more(owner_id: int) -> bool:
    """Whether the score worker may still find something to ask about."""
    state = store.get(_key(owner_id))
    return state is None or not state["is_whole"]


def choose(owner_id: int, photo_ids: list[int], why: Why = Why.CHOSEN) -> None:
    """Ask about these before all others."""
    store.put(_chosen_key(owner_id), [(photo, str(why)) for photo in photo_ids], seconds=KEPT_SECONDS)


def chosen_left(owner: User) -> tuple[int, Why] | None:
    """How many photos of what the owner chose are left, and what they are; None when the usual order goes on."""
    chosen = _chosen(owner.pk)
    left = askable(owner, chosen) if chosen else set()
    return (len(left), chosen[0][1]) if left else None


def put_first(owner_id: int, photo_id: int, why: Why) -> None:
    """Ask about this photo next, as it was asked about before."""

    def with_it_first(state: Any) -> Any:
        state = state or {"items": [], "length": 0, "is_whole": False}
        others = [item for item in state["items"] if item[0] != photo_id]
        return state | {"items": [(photo_id, str(why)), *others]}

    store.change(_key(owner_id), with_it_first, seconds=KEPT_SECONDS)


def drop_chosen(owner_id: int, photo_id: int) -> None:
    """It was answered: not asked about before others any more."""
    store.change(_chosen_key(owner_id), partial(_without, {photo_id}), seconds=KEPT_SECONDS)


def drop_photos(owner_id: int, photo_ids: Collection[int]) -> None:
    """They were deleted."""

    def without(state: Any) -> Any:
        left = _without(photo_ids, state and state["items"])
        return None if left is None else state | {"items": left}

    store.change(_key(owner_id), without, seconds=KEPT_SECONDS)
    store.change(_chosen_key(owner_id), partial(_without, photo_ids), seconds=KEPT_SECONDS)


def _without(photo_ids: Collection[int], items: list[list[Any]] | None) -> list[list[Any]] | None:
    """None when none of them is there."""
    left = [item for item in items or [] if item[0] not in photo_ids]
    return left if len(left) < len(items or []) else None


def ask_to_fill(owner_id: int) -> None:
    """Have the score worker make a new order, unless it was asked to a moment ago."""
    from classifier.tasks import fill_review

    if store.is_first(_filling_key(owner_id), seconds=FILL_SECONDS) and not send(fill_review, owner_id):
        store.forget(_filling_key(owner_id))  # the next page asks again


def filled(owner_id: int) -> None:
    """A new order is there: the next one may be asked for at once."""
    store.forget(_filling_key(owner_id))


def _chosen(owner_id: int) -> list[Item]:
    return _items(store.get(_chosen_key(owner_id)) or [])


def _items(kept: list[list[Any]]) -> list[Item]:
    """As they were put into Redis, which keeps words."""
    return [(photo, Why(why)) for photo, why in kept]


def _key(owner_id: int) -> str:
    return f"wizard:review:{owner_id}"


def _chosen_key(owner_id: int) -> str:
    return f"wizard:review:{owner_id}:chosen"


def _looked_key(owner_id: int) -> str:
    return f"wizard:review:{owner_id}:looked"


def _filling_key(owner_id: int) -> str:
    return f"wizard:review:{owner_id}:filling"
