"""Answers given in the review, and what they say of the one who gave them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Count
from django.db.models.functions import TruncDate
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext

from classifier.models import ClassificationResult, Photo, ReviewAnswer
from classifier.review import queue
from classifier.review.queue import TWICE
from classifier.review.reasons import Why
from classifier.services import give_feedback
from training.learn.intervals import Figure, wilson
from training.models import LearnedAnswer, TrainingJob

if TYPE_CHECKING:
    from django.contrib.auth.models import User

TAKEN_BACK_WITHIN = timedelta(hours=12)
DAYS_SHOWN = 60
FEWEST_AGAIN = 5
FEEDBACKS = frozenset(ClassificationResult.Feedback.values)
LIKES = ClassificationResult.LIKES


def answer_review(*, photo: Photo, answer: str, why: str) -> ReviewAnswer:
    """Keep what was said of a photo; like, dislike and super like label it, skip does not, unsure takes a label away.

    Raises:
        NotScoredYet: the photo has no result to answer.
        ValueError: an answer or a reason that does not exist.
        Http404: the photo was deleted for good in this moment.
    """
    if answer not in ReviewAnswer.Answer.values:
        raise ValueError(
            gettext("An answer is one of %(answers)s.") % {"answers": ", ".join(ReviewAnswer.Answer.values)}
        )
    with transaction.atomic():
        # Of two at once, the second knows of the first.
        photo = get_object_or_404(Photo.objects.select_for_update(), pk=photo.pk)
        before = photo.answer or ""
        if why in TWICE and not before:
            why = Why.START  # there is nothing to look at again; and it judges no score
        if answer in FEEDBACKS:
            give_feedback(photo=photo, feedback=answer, asked_as=Why(why))
        elif answer == ReviewAnswer.Answer.UNSURE and before:
            give_feedback(photo=photo, feedback=None)  # second thoughts: no label any more
        given = ReviewAnswer.objects.create(
            owner_id=photo.owner_id, photo=photo, answer=answer, why=Why(why), before=before
        )
    queue.drop_chosen(photo.owner_id, photo.pk)  # not before: while Redis is waited for, the database is nobody's
    return given


def undo_review(*, owner: User, photo_id: int | None = None) -> ReviewAnswer | None:
    """Take back the last answer of the review, or the last one to this photo; None when there is none to take back."""
    recent = ReviewAnswer.objects.owned_by(owner).filter(at__gt=timezone.now() - TAKEN_BACK_WITHIN)
    recent = recent.filter(photo__deleted_at=None)
    if photo_id is not None:
        recent = recent.filter(photo=photo_id)
    with transaction.atomic():
        while last := recent.first():
            # The photo's row before those that hang on it, as whoever deletes it locks them: else Postgres ends one.
            photo = Photo.objects.select_for_update().filter(pk=last.photo_id).first()
            if photo and recent.filter(pk=last.pk).exists():
                _take_back(photo, last)
                return last
            recent = recent.exclude(pk=last.pk)  # it went while we waited
    return None


def _take_back(photo: Photo, given: ReviewAnswer) -> None:
    said = given.answer if given.answer in FEEDBACKS else None
    if photo.answer == said and given.answer != ReviewAnswer.Answer.SKIP:  # else it was changed elsewhere since
        give_feedback(photo=photo, feedback=given.before or None, asked_as="" if given.before else given.why)
    ReviewAnswer.objects.filter(pk=given.pk).delete()


@dataclass(frozen=True)
class ReviewStats:
    """today: answers today; days: days in a row up to today; agreement: with oneself, over `asked_again` photos."""

    today: int
    days: int
    asked_again: int
    agreement: Figure | None

    @property
    def told_agreement(self) -> Figure | None:
        """The agreement, once there is enough of it to say something."""
        return self.agreement if self.asked_again >= FEWEST_AGAIN else None


def review_stats(owner: User) -> ReviewStats:
    said = ReviewAnswer.objects.owned_by(owner).exclude(answer=ReviewAnswer.Answer.SKIP)
    since = timezone.now() - timedelta(days=DAYS_SHOWN)
    by_day = said.filter(at__gt=since).order_by().annotate(day=TruncDate("at")).values_list("day")
    days = dict(by_day.annotate(Count("pk")))
    today = timezone.localdate()
    # Of those that chance picked: answers that looked like mistakes would make people seem fickle. The first
    # look again of each photo counts.
    again = said.filter(why=Why.AGAIN, answer__in=FEEDBACKS).exclude(before="").order_by("-pk")
    first = {photo: (before, answer) for photo, before, answer in again.values_list("photo", "before", "answer")}
    agree = [(before in LIKES) == (answer in LIKES) for before, answer in first.values()]
    return ReviewStats(
        today=days.get(today, 0),
        days=_in_a_row(set(days), today),
        asked_again=len(agree),
        agreement=wilson(sum(agree), len(agree)) if agree else None,
    )


def _in_a_row(dates: set[date], today: date) -> int:
    """Days with an answer, back from today, or from yesterday as long as today is young."""
    day = today if today in dates else today - timedelta(days=1)
    count = 0
    while day in dates:
        count, day = count + 1, day - timedelta(days=1)
    return count


SURPRISES_SHOWN = 10
SURPRISING_FROM = 0.5  # how far P(like), out of fold, has to be from the answer


def surprising_answers(owner: User) -> list[int]:
    """Photos whose answer the last training found most surprising, and that were not looked at again since.

    What it said of each was said before it had seen the answer (out of fold).
    """
    job = TrainingJob.objects.last_completed(owner)
    if job is None:
        return []
    said = {each.photo_sha256: each for each in LearnedAnswer.objects.filter(job=job)}
    again = ReviewAnswer.objects.owned_by(owner).filter(why__in=TWICE, at__gt=job.created_at).values_list("photo")
    answered = ClassificationResult.objects.owned_by(owner).in_sight(owner).answered()
    answered = answered.exclude(photo__in=again)
    surprises = []
    for photo, sha256, feedback in answered.values_list("photo", "photo__sha256", "user_feedback"):
        learned = said.get(sha256)
        if learned and learned.feedback == feedback:
            apart = abs((feedback in LIKES) - learned.chance)
            if apart > SURPRISING_FROM:
                surprises.append((apart, photo))
    return [photo for _, photo in sorted(surprises, reverse=True)[:SURPRISES_SHOWN]]
