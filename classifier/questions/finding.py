"""Photos found by words or by likeness, a page at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypedDict, Unpack

from django.utils.translation import gettext

from classifier.models import Photo
from classifier.questions.asking import ask
from classifier.scoring import strength_of
from wizard.keyset import BadCursor, Page

if TYPE_CHECKING:
    from django.contrib.auth.models import User

MOST_WORDS = 120  # characters


def in_one_line(words: str) -> str:
    """Words that came with a request, as they are looked for: they may be more than MOST_WORDS."""
    return " ".join(words.replace("\0", "").split())


class NoAnswer(Exception):
    """The score worker could not answer; the message says so in one sentence."""


class Wanted(TypedDict, total=False):
    """Words, or the id of a photo to look for more like it; and what to narrow that to."""

    q: str
    like: int
    status: str
    verdict: str
    feedback: str


class Hit(NamedTuple):
    """A photo by its id, and how many standard deviations it lies above the library's mean.

    `place` counts all that the score worker found: it stays when photos before this one are deleted or answered.
    """

    place: int
    photo: int
    z: float


def find(
    owner: User, *, after: str | None = None, size: int = 60, wait: float = 0, **wanted: Unpack[Wanted]
) -> Page[Photo] | None:
    """Photos that show most of the words, or that are most like the photo; None while the score worker looks.

    Each has `found`: Strong, Clear, Faint or nothing, measured against the whole library.

    Raises:
        wizard.keyset.BadCursor: `after` is not a cursor of a page like this.
        NoAnswer: it could not be worked out; a later try may.
    """
    hits = find_all(owner, wait=wait, **wanted)
    if hits is None:
        return None
    start = _whole(after)
    rest = [hit for hit in hits if hit.place >= start]
    shown = rest[:size]
    by_id = Photo.objects.owned_by(owner).with_current_result().in_bulk([hit.photo for hit in shown])
    rows = []
    for hit in shown:
        if photo := by_id.get(hit.photo):
            photo.found = strength_of(hit.z) or ""
            rows.append(photo)
    return Page(rows, str(shown[-1].place + 1) if len(rest) > size else None)


def find_all(owner: User, *, wait: float = 0, **wanted: Unpack[Wanted]) -> list[Hit] | None:
    """All that are there, the strongest first; None while the score worker looks. Raises NoAnswer."""
    q, like = wanted.get("q", ""), wanted.get("like", 0)
    answer = ask(owner, "search", q=q, wait=wait) if q else ask(owner, "similar", photo=like, wait=wait)
    if answer is None:
        return None
    if "error" in answer:
        raise NoAnswer(answer["error"])
    hits = [Hit(place, int(photo), z) for place, (photo, z) in enumerate(answer["found"])]
    narrowed = Photo.objects.narrowed(
        owner,
        status=wanted.get("status", ""),
        verdict=wanted.get("verdict", ""),
        feedback=wanted.get("feedback", ""),
    )
    ids = set(narrowed.filter(pk__in=[hit.photo for hit in hits]).values_list("pk", flat=True))
    return [hit for hit in hits if hit.photo in ids]


def _whole(after: str | None) -> int:
    if not after:
        return 0
    if not after.isdecimal() or len(after) > 6:
        raise BadCursor(gettext("This cursor is not one that a page gave out."))
    return int(after)
