"""Which photos a score worker reads next, and that no two workers read the same.

A message says that something waits, not what to read: whoever takes one up reads a few photos of the owner who was
served longest ago. So an upload of a thousand is as many turns, and somebody else's single photo waits for one of them.

A claim is a row locked, looked at and marked in one transaction. It ends when the photo is embedded, or by itself
after LEASE; a worker that comes back (it was killed, or its child was) has its own again at once.
"""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F, Min, Q
from django.utils import timezone

from classifier.models import Photo
from wizard import store

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

PHOTOS_PER_TURN = 64
LEASE = timedelta(minutes=3)
SERVED_SECONDS = 15 * 60  # who was not served for so long comes first, like everybody else who was not


def claim(photos: QuerySet[Photo], *, by: str = "", most: int | None = None) -> list[Photo]:
    """Those of the photos that no other worker reads, oldest first, at `most` so many; they are ours from now on.

    Of workers that claim at once each gets others, as long as there are any. `by` is a message and a worker ("id
    score.1@host"). A photo whose reading began before has `attempts`; the caller counts further ones.
    """
    with transaction.atomic():
        free = photos.filter(_is_free(by)).order_by("pk")
        claimed = list(free.select_for_update(skip_locked=True, of=("self",))[:most])
        ids = [photo.pk for photo in claimed]
        Photo.objects.filter(pk__in=ids).update(begun_at=timezone.now(), begun_by=by)
        Photo.objects.filter(pk__in=ids, attempts=0).update(attempts=1)
    return claimed


def whose_turn(by: str = "") -> list[int]:
    """The owners with photos that wait to be read, the one who was served longest ago first."""
    oldest = dict(_waiting(by).order_by().values_list("owner").annotate(Min("pk")))
    served = dict(zip(oldest, store.get_many(*map(_key, oldest)), strict=True))
    return sorted(oldest, key=lambda owner: (served[owner] or 0.0, oldest[owner]))


def claim_next(owner_id: int, *, by: str = "") -> list[Photo]:
    """The owner's turn: some of the photos that wait. None when other workers have all of them in hand by now."""
    store.put(_key(owner_id), time.time(), seconds=SERVED_SECONDS)
    return claim(_waiting(by).filter(owner=owner_id), by=by, most=PHOTOS_PER_TURN)


def release(node: str) -> None:
    """A worker starts: what it had in hand when it ended is free again."""
    Photo.objects.filter(status=Photo.Status.QUEUED, begun_by__endswith=f" {node}").update(begun_at=None)


def let_go(photo_ids: Iterable[int]) -> None:
    """They could not be read now; whoever comes next may try. What was tried still counts."""
    Photo.objects.filter(pk__in=photo_ids).update(begun_at=None)


def untaken(photos: QuerySet[Photo]) -> QuerySet[Photo]:
    """Without those that a worker has in hand."""
    return photos.filter(_is_free(""))


def settle(photo_ids: Iterable[int]) -> None:
    """They were read: no claim, and no attempt that counts."""
    Photo.objects.filter(pk__in=photo_ids).update(attempts=0, begun_at=None, begun_by="")


def count_attempt(photo: Photo) -> None:
    Photo.objects.filter(pk=photo.pk).update(attempts=F("attempts") + 1)


def _waiting(by: str) -> QuerySet[Photo]:
    return Photo.objects.filter(_is_free(by), status=Photo.Status.QUEUED)


def _is_free(by: str) -> Q:
    """An attempt that ended early leaves its number behind, so it is the time that counts. A clock can be set back."""
    now = timezone.now()
    free = Q(begun_at=None) | Q(begun_at__lt=now - LEASE) | Q(begun_at__gt=now)
    return free | Q(begun_by=by) if by else free


def _key(owner_id: int) -> str:
    return f"wizard:served:{owner_id}"
