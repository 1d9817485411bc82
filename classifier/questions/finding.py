"""Photos found by words or by likeness, a page at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext

from classifier.models import Photo
from classifier.questions.asking import ask
from classifier.scoring import strength_of
from wizard.keyset import BadCursor, Page

if TYPE_CHECKING:
    from django.contrib.auth.models import User

MOST_WORDS = 120  # characters


class NoAnswer(Exception):
    """The score worker could not answer; the message says so in one sentence."""


def find(
    owner: User,
    *,
    q: str = "",
    like: int = 0,
    verdict: str = "",
    feedback: str = "",
    status: str = "",
    after: str | None = None,
    size: int = 60,
    wait: float = 0,
) -> Page[Photo] | None:
    """Photos that show most of `q`, or that are most like the photo `like`; None while the score worker looks.

    Each has `found`: Strong, Clear, Faint or nothing, measured against the whole library.

    Raises:
        wizard.keyset.BadCursor: `after` is not a cursor of a page like this.
        NoAnswer: it could not be worked out; a later try may.
    """
    answer = ask(owner, "search", q=q, wait=wait) if q else ask(owner, "similar", photo=like, wait=wait)
    if answer is None:
        return None
    if "error" in answer:
        raise NoAnswer(answer["error"])
    hits: list[tuple[int, float]] = [(int(photo), z) for photo, z in answer.get("found", [])]
    photos = Photo.objects.narrowed(owner, status=status, verdict=verdict, feedback=feedback)
    photos = photos.filter(pk__in=[photo for photo, _ in hits])
    kept = set(photos.values_list("pk", flat=True)) if verdict or feedback or status else None
    left = [hit for hit in hits if kept is None or hit[0] in kept]
    start = _whole(after)
    shown = left[start : start + size]
    by_id = photos.with_current_result().in_bulk([photo for photo, _ in shown])
    rows = []
    for photo_id, z in shown:
        if photo := by_id.get(photo_id):
            photo.found = strength_of(z) or ""
            rows.append(photo)
    return Page(rows, str(start + size) if len(left) > start + size else None)


def _whole(after: str | None) -> int:
    if not after:
        return 0
    if not after.isdecimal() or len(after) > 6:
        raise BadCursor(gettext("This cursor is not one that a page gave out."))
    return int(after)
