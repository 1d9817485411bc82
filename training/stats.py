"""What the home page shows and `GET /api/stats` says: queries over results, each answered by an index."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from django.db.models import Avg, Count, F, Max, Q
from django.db.models.functions import Floor, TruncDate
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from classifier.counts import count_photos, spread_of_scores
from classifier.models import ClassificationResult, Photo, ResultQuerySet, Taste
from training.answers import LIKES, answers_of, count_classes
from training.compare import Bin
from training.learn.intervals import Figure, wilson
from training.models import Activation, ModelVersion, TrainingJob
from training.services import answers_until_auto
from training.usage import NONE, Usage, usage_of
from training.versions import figure_of
from wizard.words import grouped, retold

if TYPE_CHECKING:
    from django.contrib.auth.models import User

SAID_BINS = 10
VERSIONS_SHOWN, EVENTS_SHOWN = 8, 8
LIKED = Count("pk", filter=Q(user_feedback__in=LIKES))
NEWEST_PHOTOS = 500  # among which uploads are looked for
DAYS_ONE_BY_ONE = 21  # a longer history is told by weeks


@dataclass(frozen=True)
class Stats:
    """The whole of it.

    likes        answers that a training would learn from: likes and super likes
    dislikes     the same, the other way
    matches      photos that the library lists as matches, super matches among them
    until_auto   answers until it trains by itself; None when it is not to
    scores       how many photos have a score in each of SCORE_BINS equal parts of [0, 1]
    calibration  answered photos, by tenths of the score that stood when they were answered
    """

    photos: int
    answers: int
    likes: int
    dislikes: int
    matches: int
    super_matches: int
    until_auto: int | None
    active: ModelVersion
    accuracy: Figure | None
    like_rate_of_matches: Figure | None
    by_version: list[VersionRate]
    over_time: list[Period]
    scores: list[int]
    calibration: list[Bin]
    events: list[Event]


@dataclass(frozen=True)
class VersionRate:
    version: ModelVersion
    like_rate: Figure
    answers: int


@dataclass(frozen=True)
class Period:
    """Answers of a day or a week, the first day of which is `start`."""

    start: date
    like_rate: Figure
    answers: int


@dataclass(frozen=True)
class Event:
    at: datetime
    icon: str
    text: str


def stats_of(owner: User) -> Stats:
    """As many queries, however much there is; what counts a whole library is kept in Redis (`classifier/counts.py`)."""
    taste = Taste.objects.of(owner)
    active = ModelVersion.objects.active_of(owner)
    usage = usage_of(owner)
    counts = count_photos(owner)
    days = _answers_by_day(owner)
    answers = answers_of(owner)
    likes, dislikes = count_classes(answers)
    return Stats(
        photos=counts[Photo.Status.READY],
        answers=sum(day.answers for day in days),
        likes=likes,
        dislikes=dislikes,
        matches=counts["match"],
        super_matches=counts["super"],
        until_auto=answers_until_auto(taste, answers) if taste.auto_train else None,
        active=active,
        accuracy=None if active.needs_retraining else figure_of(active, "accuracy"),
        like_rate_of_matches=_like_rate_of_matches(usage.get(active.pk, NONE), list(usage.values())),
        by_version=_by_version(owner, usage),
        over_time=_over_time(days),
        scores=spread_of_scores(owner),
        calibration=_calibration(owner),
        events=_events(owner, days),
    )


def _results(owner: User) -> ResultQuerySet:
    return ClassificationResult.objects.owned_by(owner).in_sight(owner)


@dataclass(frozen=True)
class _Day:
    day: date
    newest: datetime
    answers: int
    likes: int


def _answers_by_day(owner: User) -> list[_Day]:
    answered = _results(owner).answered().order_by()
    by_day = answered.annotate(day=TruncDate("feedback_at")).values_list("day")
    return [_Day(*row) for row in sorted(by_day.annotate(Max("feedback_at"), Count("pk"), likes=LIKED))]


def _like_rate_of_matches(active: Usage, every: list[Usage]) -> Figure | None:
    """Of the active version; of all together as long as it has no answered match."""
    matches = sum(usage.answered_matches for usage in every)
    overall = wilson(sum(usage.liked_matches for usage in every), matches) if matches else None
    return active.like_rate_of_matches or overall


def _by_version(owner: User, usage: dict[int, Usage]) -> list[VersionRate]:
    """The newest versions that were answered, oldest first."""
    rates = {version: each.like_rate for version, each in usage.items()}
    versions = ModelVersion.objects.owned_by(owner).filter(pk__in=[pk for pk, rate in rates.items() if rate])
    newest = reversed(versions.order_by("-version_number")[:VERSIONS_SHOWN])
    return [VersionRate(version, rate, usage[version.pk].answers) for version in newest if (rate := rates[version.pk])]


def _over_time(days: list[_Day]) -> list[Period]:
    """By day; by week when the answers reach further back than DAYS_ONE_BY_ONE."""
    if not days:
        return []
    by_week = days[-1].day - days[0].day > timedelta(days=DAYS_ONE_BY_ONE)
    likes: Counter[date] = Counter()
    answers: Counter[date] = Counter()
    for each in days:
        start = each.day - timedelta(days=each.day.weekday()) if by_week else each.day
        answers[start] += each.answers
        likes[start] += each.likes
    return [Period(start, wilson(likes[start], answers[start]), answers[start]) for start in sorted(answers)]


def _calibration(owner: User) -> list[Bin]:
    """Every answered photo that had a score, by tenths of it."""
    answered = _results(owner).answered()
    rated = answered.filter(answered_score__isnull=False).order_by()
    by_tenth = rated.annotate(place=Floor(F("answered_score") * SAID_BINS * (1 - 1e-9))).values_list("place")
    rows = sorted(by_tenth.annotate(Avg("answered_score"), Count("pk"), likes=LIKED))
    return [Bin(mean, wilson(likes, count), count) for _, mean, count, likes in rows]


def _events(owner: User, days: list[_Day]) -> list[Event]:
    """Answers and photos of a day each (of the local clock), trainings that ended, versions that were chosen; newest
    first."""
    events = [
        Event(
            day.newest,
            "heart",
            ngettext("%(number)s answer", "%(number)s answers", day.answers) % {"number": grouped(day.answers)},
        )
        for day in days[-EVENTS_SHOWN:]
    ]
    newest = Photo.objects.owned_by(owner).order_by("-pk").values_list("created_at", flat=True)[:NEWEST_PHOTOS]
    for _, times in groupby(newest, key=timezone.localdate):
        first, *others = times
        count = 1 + len(others)
        added = ngettext("%(number)s photo added", "%(number)s photos added", count) % {"number": grouped(count)}
        events.append(Event(first, "image-plus", added))
    jobs = TrainingJob.objects.owned_by(owner).exclude(status__in=TrainingJob.OPEN).defer("history").order_by("-pk")
    for job in jobs[:EVENTS_SHOWN]:
        failed = gettext("A training failed.")
        said = {"completed": retold(job.outcome), "failed": f"{failed} {retold(job.error)}"}
        text = said.get(job.status, gettext("A training was cancelled."))
        events.append(Event(job.finished_at or job.created_at, "graduation-cap", text))
    chosen = Activation.objects.owned_by(owner).filter(reason=Activation.Reason.YOU).select_related("version")
    for each in chosen[:EVENTS_SHOWN]:
        words = gettext("You chose version %(number)s") % {"number": each.version.version_number}
        events.append(Event(each.at, "layers", words))
    return sorted(events, key=lambda event: event.at, reverse=True)[:EVENTS_SHOWN]
