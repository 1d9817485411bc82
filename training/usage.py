"""What a version did for its owner: counted from the results, never kept in counters."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Case, Count, Q, When

from classifier.counts import count_predictions
from classifier.models import ClassificationResult
from classifier.review.reasons import Why
from training.answers import LIKES
from training.learn.intervals import Figure, wilson
from training.models import ModelVersion

if TYPE_CHECKING:
    from django.contrib.auth.models import User

Feedback = ClassificationResult.Feedback
Counts = Counter[tuple[str, bool | None]]
"""Answers by (feedback, whether it was scored as a match; None: it had no score)."""


@dataclass(frozen=True)
class Usage:
    """Counts of one version. An answer counts for the version whose score stood when the photo was first answered.

    right         answers that agree with that score: a match that was liked, another photo that was not
    liked_matches likes among the `answered_matches`
    """

    predictions: int = 0
    likes: int = 0
    super_likes: int = 0
    dislikes: int = 0
    answered_matches: int = 0
    liked_matches: int = 0
    right: int = 0
    judged: int = 0

    @property
    def answers(self) -> int:
        return self.likes + self.super_likes + self.dislikes

    @property
    def like_rate(self) -> Figure | None:
        """(likes + super likes) / answers; None without any."""
        return _share(self.likes + self.super_likes, self.answers)

    @property
    def like_rate_of_matches(self) -> Figure | None:
        return _share(self.liked_matches, self.answered_matches)

    @property
    def held_up(self) -> Figure | None:
        """Prequential accuracy: each score was made before its answer was known."""
        return _share(self.right, self.judged)


NONE = Usage()


def usage_of(owner: User) -> dict[int, Usage]:
    """By version id; versions that no result speaks of are left out. Three queries at most, however many there are."""
    versions = list(ModelVersion.objects.kept().owned_by(owner).values_list("pk", flat=True))
    results = ClassificationResult.objects.owned_by(owner).filter(model_version__in=versions).order_by()
    predictions = count_predictions(owner)
    # A queue that picks uncertain photos makes a model look worse than it is: only photos that chance or the owner
    # chose judge the scores. The like rate is of all answers, as the plan defines it.
    judges = Q(asked_as__in=("", Why.RANDOM, Why.CHOSEN))
    rated_match = Case(When(judges & Q(answered_score__isnull=False), then="answered_match"), default=None)
    answered = results.answered().annotate(match=rated_match)
    counts: dict[int, Counts] = defaultdict(Counter)
    for version, feedback, match, count in answered.values_list("model_version", "user_feedback", "match").annotate(
        Count("pk")
    ):
        counts[version][feedback, match] = count
    return {version: _usage(predictions[version], counts[version]) for version in versions if version in predictions}


def _usage(predictions: int, counts: Counts) -> Usage:
    def total(feedbacks: tuple[str, ...], matches: tuple[bool | None, ...] = (True, False, None)) -> int:
        return sum(counts[feedback, match] for feedback in feedbacks for match in matches)

    dislikes = (Feedback.DISLIKE,)
    liked_matches, disliked_matches = total(LIKES, (True,)), total(dislikes, (True,))
    return Usage(
        predictions=predictions,
        likes=total((Feedback.LIKE,)),
        super_likes=total((Feedback.SUPER_LIKE,)),
        dislikes=total(dislikes),
        answered_matches=liked_matches + disliked_matches,
        liked_matches=liked_matches,
        right=liked_matches + total(dislikes, (False,)),
        judged=total((*LIKES, *dislikes), (True, False)),
    )


def _share(part: int, whole: int) -> Figure | None:
    return wilson(part, whole) if whole else None
