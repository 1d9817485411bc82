"""The library as lists: filtered, ordered, a page at a time. Pages and API ask here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import prefetch_related_objects

from classifier.models import ClassificationResult, Photo, answers_along
from wizard.keyset import Page, page_of

if TYPE_CHECKING:
    from django.contrib.auth.models import User

STATUSES = tuple(Photo.Status.values)
VERDICTS = ("match", "super", "miss", "unrated")
FEEDBACKS = ("none", "any", *ClassificationResult.Feedback.values)
ORDERS = ("newest", "score")


@dataclass(frozen=True)
class LibraryFilter:
    """What to list; an empty value asks for everything. Ordered by score, only photos that have a result are listed."""

    status: str = ""
    verdict: str = ""
    feedback: str = ""
    order: str = "newest"

    def __post_init__(self) -> None:
        """Raises ValueError, in one sentence, for a value that does not exist."""
        allowed = {"status": STATUSES, "verdict": VERDICTS, "feedback": FEEDBACKS, "order": ORDERS}
        for name, values in allowed.items():
            value = getattr(self, name)
            if value and value not in values:
                raise ValueError(f"{name} is one of {', '.join(values)}, not {value!r}.")


def list_photos(owner: User, wanted: LibraryFilter, *, after: str | None = None, size: int = 60) -> Page[Photo]:
    """A page of photos, each with its current result and answer loaded: four queries, whatever its size.

    Raises:
        wizard.keyset.BadCursor: `after` is not a cursor of a page like this.
    """
    if wanted.order == "score" and wanted.status in ("", Photo.Status.READY):
        return _by_score(owner, wanted, after, size)
    photos = Photo.objects.narrowed(owner, status=wanted.status, verdict=wanted.verdict, feedback=wanted.feedback)
    return page_of(photos.with_current_result(), key=["pk"], after=after, size=size)


def _by_score(owner: User, wanted: LibraryFilter, after: str | None, size: int) -> Page[Photo]:
    """Through the results' own index, so that the first page of 100,000 photos reads 60 rows."""
    results = ClassificationResult.objects.shown_to(owner, wanted.feedback)
    if wanted.verdict:
        results = results.with_verdict(wanted.verdict)
    results = results.select_related("photo").with_version()
    page = page_of(results, key=["rank", "photo_id"], after=after, size=size)
    photos = []
    for result in page.rows:
        result.photo.current_results = [result]
        photos.append(result.photo)
    prefetch_related_objects(photos, answers_along())
    return Page(photos, page.after)
