"""What a person has said so far, as a trainer sees it, and how it differs from what a job learned from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, QuerySet

from classifier.model import current_backbone
from classifier.models import ClassificationResult, Photo, PhotoEmbedding
from training.models import AnswersChanged, LearnedAnswer, TrainingJob, nobodys_name

if TYPE_CHECKING:
    from django.contrib.auth.models import User

Answers = dict[str, str]
"""The answer (like, dislike, super_like) to each photo, by the sha256 of its upload."""

LIKES = ClassificationResult.LIKES


def answered_results(owner: User) -> QuerySet[ClassificationResult]:
    """The results that carry an answer to learn from: of photos that the running backbone has seen."""
    seen = PhotoEmbedding.objects.filter(photo=OuterRef("photo"), backbone=current_backbone().id)
    results = ClassificationResult.objects.owned_by(owner).answered()
    return results.filter(Exists(seen), photo__status=Photo.Status.READY, photo__deleted_at=None)


def answers_of(owner: User) -> Answers:
    return {
        sha256: feedback
        for sha256, feedback in answered_results(owner).values_list("photo__sha256", "user_feedback")
        if feedback
    }


def count_classes(answers: Answers) -> tuple[int, int]:
    """Likes (super likes are likes) and dislikes."""
    likes = sum(feedback in LIKES for feedback in answers.values())
    return likes, len(answers) - likes


def learned_answers(job: TrainingJob) -> Answers:
    return dict(job.answers.values_list("photo_sha256", "feedback"))


def note_change(owner_id: int) -> None:
    """In the transaction that adds, changes or removes an answer, or what it needs: it is looked whether to train."""
    AnswersChanged.objects.create(owner_id=owner_id)


def forget_photo(*, owner: User, sha256: str) -> None:
    """What was learned from a photo that is being deleted stays, under a name that leads nowhere.

    It is the same in all trainings that learned from the photo: one statement, however many those are.
    """
    LearnedAnswer.objects.filter(job__owner=owner, photo_sha256=sha256).update(photo_sha256=nobodys_name())


def count_changes(now: Answers, learned: Answers) -> int:
    """How many answers were added, changed or removed since."""
    return sum(now.get(photo) != learned.get(photo) for photo in now.keys() | learned.keys())


def count_outdated(now: Answers, learned: Answers) -> int:
    """How many of the answers it learned from were changed or removed since."""
    return sum(now.get(photo) != feedback for photo, feedback in learned.items())
