"""How much there is in a library: counted by the database, and kept until something that it counts is written.

A count over 100,000 photos takes longer than a page of them. It is kept in Redis beside the mark that stood before it
was begun, and whoever writes sets another mark once that is committed: a count of before is then made anew. Answers are
few and change with every click: they are counted each time, in their own index. So are photos in the trash, and taken
off. Without Redis everything is counted each time.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Count, F, Q
from django.db.models.functions import Floor

from classifier.library import FEEDBACKS, STATUSES, VERDICTS
from classifier.models import UNRATED, ClassificationResult, Photo, PhotoQuerySet, ResultQuerySet
from wizard import store

if TYPE_CHECKING:
    from django.contrib.auth.models import User

SCORE_BINS = 100
KEPT_SECONDS = 60 * 60  # also how long a count may be wrong whose writer was killed before it set its mark
MARK_SECONDS = 2 * KEPT_SECONDS  # longer than what was counted before it


def count_photos(owner: User) -> dict[str, int]:
    """How many photos each filter of the library would list, by its value; `all` for no filter; `trash` beside them."""
    photos, results = Photo.objects.filter(owner=owner), ClassificationResult.objects.owned_by(owner)
    counts: Counter[str] = Counter(dict.fromkeys(("all", *STATUSES, *VERDICTS, *FEEDBACKS), 0))
    counts.update(kept(owner.pk, "photos", lambda: _kinds(photos, results)))
    counts.update(_answers(results))
    if trashed := Photo.objects.ids_in_trash(owner):
        counts.subtract(_kinds(photos.filter(pk__in=trashed), results.filter(photo__in=trashed)))
        counts.subtract(_answers(results.filter(photo__in=trashed)))
        counts["trash"] = len(trashed)
    counts["none"] = counts["all"] - counts["any"]
    return dict(counts)


def spread_of_scores(owner: User) -> list[int]:
    """How many photos have a score in each of SCORE_BINS equal parts of [0, 1]; unrated ones are left out."""
    results = ClassificationResult.objects.owned_by(owner)
    counts = Counter(dict(kept(owner.pk, "scores", lambda: _scores(results))))
    if trashed := Photo.objects.ids_in_trash(owner):
        counts.subtract(dict(_scores(results.filter(photo__in=trashed))))
    return [counts[place] for place in range(SCORE_BINS)]


def count_predictions(owner: User) -> dict[int, int]:
    """How many results each version has, by its id."""
    results = ClassificationResult.objects.owned_by(owner).order_by()
    by_version = results.values_list("model_version").annotate(Count("pk"))
    return dict(kept(owner.pk, "predictions", lambda: list(by_version)))


def count_anew(owner: User) -> None:
    """After a great change, before somebody waits for a page."""
    for count in (count_photos, spread_of_scores, count_predictions):
        count(owner)


def kept(owner_id: int, name: str, count: Callable[[], Any]) -> Any:
    """What `count` says, or said since the last mark; it says something that JSON can hold."""
    mark, found = store.get_many(_mark_key(owner_id), f"wizard:counts:{owner_id}:{name}")
    if found and found["mark"] == mark:
        return found["counted"]
    counted = count()
    store.put(f"wizard:counts:{owner_id}:{name}", {"mark": mark, "counted": counted}, seconds=KEPT_SECONDS)
    return counted


def outdate(owner_id: int) -> None:
    """What is being written changes the counts: those of before end with the transaction."""
    mark = secrets.token_hex(8)
    transaction.on_commit(lambda: store.put(_mark_key(owner_id), mark, seconds=MARK_SECONDS), robust=True)


def _mark_key(owner_id: int) -> str:
    return f"wizard:counts:{owner_id}:mark"


def _kinds(photos: PhotoQuerySet, results: ResultQuerySet) -> dict[str, int]:
    """By status and by verdict, in the indexes alone."""
    counts: Counter[str] = Counter()
    for status, count in photos.order_by().values_list("status").annotate(Count("pk")):
        counts[status] += count
        counts["all"] += count
    current = results.filter(is_current=True).order_by()
    for is_match, is_super, count in current.values_list("is_match", "is_super_match").annotate(Count("pk")):
        counts["match" if is_match else "miss"] += count
        counts["super"] += count * is_super
    counts["unrated"] = current.ranked().filter(Q(("rank", UNRATED))).count()
    counts["miss"] -= counts["unrated"]
    return counts


def _answers(results: ResultQuerySet) -> dict[str, int]:
    answered = results.answered().order_by()
    counts = Counter(dict(answered.values_list("user_feedback").annotate(Count("pk"))))
    return counts | {"any": counts.total()}


def _scores(results: ResultQuerySet) -> list[tuple[int, int]]:
    rated = results.filter(is_current=True, score__isnull=False).order_by()
    places = rated.annotate(place=Floor(F("score") * SCORE_BINS + 1e-9)).values_list("place").annotate(Count("pk"))
    counts: Counter[int] = Counter()
    for place, count in places:
        counts[min(int(place), SCORE_BINS - 1)] += count
    return list(counts.items())
