"""The list a page shows, as words in its address, and what lies beside one photo in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from django.db.models import F, Q
from django.http import QueryDict
from django.utils import timezone
from django.utils.http import urlencode

from classifier.library import FEEDBACKS, ORDERS, VERDICTS, LibraryFilter, list_photos
from classifier.models import UNRATED, ClassificationResult, Photo
from classifier.questions.finding import MOST_WORDS, NoAnswer, Wanted, find, find_all, in_one_line
from classifier.views.common import SignedInRequest, whole
from wizard.keyset import Page

if TYPE_CHECKING:
    from django.contrib.auth.models import User

PAGE_SIZE = 60
FIRST_SHOWN = 24  # photos without a score that are shown before those that have one
WAIT_SECONDS = 0.4  # most searches are answered within it: the page then comes whole
NEWS = timedelta(minutes=10)  # how long an unreadable photo stays among them


@dataclass(frozen=True)
class Filters:
    """What a list was narrowed to; an empty word means "all"."""

    verdict: str = ""
    feedback: str = ""
    status: str = ""
    sort: str = "score"
    q: str = ""  # words to look for
    like: str = ""  # the id of a photo to look for more like it

    @classmethod
    def from_query(cls, query: QueryDict) -> Self:
        """Words nobody offered are ignored: an old bookmark shows more photos, never an error."""
        offered = {"verdict": VERDICTS, "feedback": FEEDBACKS, "status": ("queued", "unreadable"), "sort": ORDERS}
        given = {name: query.get(name, "") for name in offered}
        words = in_one_line(query.get("q", ""))[:MOST_WORDS]
        like = str(whole(query.get("like")) or "")
        return cls(**{name: word for name, word in given.items() if word in offered[name]}, q=words, like=like)

    @property
    def is_narrowed(self) -> bool:
        return bool(self.verdict or self.feedback or self.status)

    @property
    def is_search(self) -> bool:
        return bool(self.q or self.like)

    @property
    def query(self) -> str:
        """The query string that leads back to this list, with its question mark; empty for the plain library."""
        return self.query_with()

    def query_with(self, **changes: str) -> str:
        words = {
            "verdict": self.verdict,
            "feedback": self.feedback,
            "status": self.status,
            "sort": self.sort,
            "q": self.q,
            "like": self.like,
            **changes,
        }
        if words["sort"] == "score":
            words["sort"] = ""
        query = urlencode({name: word for name, word in words.items() if word})
        return f"?{query}" if query else ""

    def as_library_filter(self) -> LibraryFilter:
        return LibraryFilter(status=self.status, verdict=self.verdict, feedback=self.feedback, order=self.sort)

    def as_wanted(self) -> Wanted:
        return {
            "q": self.q,
            "like": int(self.like or 0),
            "status": self.status,
            "verdict": self.verdict,
            "feedback": self.feedback,
        }


def filters_of_page(request: SignedInRequest) -> Filters:
    """The list that the page which asked is narrowed to, so that a tile's link leads through it again."""
    return Filters.from_query(QueryDict(urlsplit(request.htmx.current_url or "").query))


def list_page(owner: User, filters: Filters, after: str | None = None) -> Page[Photo]:
    """One page of the list; the first page by score starts with photos that have none: those that still wait for
    it, and those that turned out unreadable just now, so that whoever added them sees why.

    Raises:
        wizard.keyset.BadCursor: `after` is not a cursor of ours.
    """
    page = list_photos(owner, filters.as_library_filter(), after=after, size=PAGE_SIZE)
    if after or filters.is_narrowed or filters.sort != "score":
        return page
    waiting = list_photos(owner, LibraryFilter(status=Photo.Status.QUEUED), size=FIRST_SHOWN).rows
    unreadable = list_photos(owner, LibraryFilter(status=Photo.Status.UNREADABLE), size=FIRST_SHOWN).rows
    first = waiting + [photo for photo in unreadable if photo.created_at > timezone.now() - NEWS]
    # A photo that is scored anew after a change of model waits and has a score.
    first_ids = {photo.pk for photo in first}
    return Page(first + [photo for photo in page.rows if photo.pk not in first_ids], page.after)


def found_page(owner: User, filters: Filters, after: str | None = None) -> Page[Photo] | None:
    """One page of what a search found; None while the score worker looks. Raises BadCursor, NoAnswer."""
    return find(owner, after=after, size=PAGE_SIZE, wait=WAIT_SECONDS, **filters.as_wanted())


def neighbours(owner: User, photo: Photo, filters: Filters) -> tuple[int | None, int | None]:
    """The ids of the photos before and after this one in the owner's list; it may have left the list itself since."""
    if filters.is_search:
        return _neighbours_found(owner, photo, filters)
    if filters.sort == "score" and not filters.status:
        return _neighbours_by_score(owner, photo, filters)
    photos = Photo.objects.narrowed(owner, status=filters.status, verdict=filters.verdict, feedback=filters.feedback)
    ids = photos.values_list("pk", flat=True)
    return (
        ids.filter(pk__gt=photo.pk).order_by("pk").first(),
        ids.filter(pk__lt=photo.pk).order_by("-pk").first(),
    )


def _neighbours_found(owner: User, photo: Photo, filters: Filters) -> tuple[int | None, int | None]:
    try:
        found = find_all(owner, wait=WAIT_SECONDS, **filters.as_wanted())
    except NoAnswer:
        return None, None
    ids = [hit.photo for hit in found or []]
    if photo.pk not in ids:
        return None, ids[0] if ids else None
    place = ids.index(photo.pk)
    return ids[place - 1] if place else None, ids[place + 1] if place + 1 < len(ids) else None


def _neighbours_by_score(owner: User, photo: Photo, filters: Filters) -> tuple[int | None, int | None]:
    current = photo.current_result
    if current is None:
        return None, None
    results = ClassificationResult.objects.shown_to(owner, filters.feedback)
    if filters.verdict:
        results = results.with_verdict(filters.verdict)
    rank = UNRATED if current.score is None else current.score
    ids = results.values_list("photo_id", flat=True)
    # The bound on the rank says nothing new: it lets the database begin at this place of the index.
    better = Q(("rank__gte", rank)) & (Q(("rank__gt", rank)) | Q(("rank", rank), photo_id__gt=photo.pk))
    worse = Q(("rank__lte", rank)) & (Q(("rank__lt", rank)) | Q(("rank", rank), photo_id__lt=photo.pk))
    return (
        ids.filter(better).order_by(F("rank").asc(), "photo_id").first(),
        ids.filter(worse).order_by(F("rank").desc(), "-photo_id").first(),
    )
