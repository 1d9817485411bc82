from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError

from classifier import services
from classifier.models import ClassificationResult, Photo
from classifier.tests.factories import PhotoFactory, ResultFactory, scored_photo
from training.models import ModelVersion


def next_version(owner: User) -> ModelVersion:
    ModelVersion.objects.owned_by(owner).update(is_active=False)
    return ModelVersion.objects.create(
        owner=owner, version_number=2, model_type="fine_tuned", file="models/2.pt", backbone="starter/1", is_active=True
    )


def test_an_answer_remembers_the_score_that_stood_when_it_was_given(owner: User) -> None:
    photo = scored_photo(owner, score=0.7, is_match=True)
    services.give_feedback(photo=photo, feedback="like")
    ClassificationResult.objects.update(score=0.1, is_match=False)  # a later re-scoring
    result = ClassificationResult.objects.get()
    assert photo.answer == "like"
    assert (result.answered_score, result.answered_match) == (0.7, True)
    assert result.feedback_at is not None


def test_an_answer_can_be_changed_and_taken_back(owner: User) -> None:
    photo = scored_photo(owner)
    services.give_feedback(photo=photo, feedback="like")
    services.give_feedback(photo=photo, feedback="super_like")
    assert photo.answer == "super_like"
    services.give_feedback(photo=photo, feedback=None)
    assert photo.answer is None
    assert ClassificationResult.objects.get().feedback_at is None


def test_a_changed_answer_stays_with_the_version_that_made_the_prediction(owner: User) -> None:
    photo = scored_photo(owner)
    services.give_feedback(photo=photo, feedback="like")
    old = ClassificationResult.objects.get()
    ClassificationResult.objects.update(is_current=False)
    new = ResultFactory.create(photo=photo, model_version=next_version(owner))
    services.give_feedback(photo=photo, feedback="dislike")
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.user_feedback, new.user_feedback) == ("dislike", None)


def test_a_photo_without_a_score_cannot_be_answered_yet(owner: User) -> None:
    photo = PhotoFactory.create(owner=owner, status=Photo.Status.QUEUED)
    with pytest.raises(services.NotScoredYet):
        services.give_feedback(photo=photo, feedback="like")


def test_the_database_holds_one_answer_and_one_current_result_per_photo(owner: User) -> None:
    photo = scored_photo(owner)
    services.give_feedback(photo=photo, feedback="like")
    with pytest.raises(IntegrityError, match=r"photo|one_"):
        ResultFactory.create(photo=photo, model_version=next_version(owner))


def test_the_database_refuses_a_second_active_version(owner: User) -> None:
    ModelVersion.objects.active_of(owner)
    with pytest.raises(IntegrityError):
        ModelVersion.objects.create(
            owner=owner, version_number=2, model_type="fine_tuned", file="x", backbone="starter/1", is_active=True
        )


def test_every_user_has_version_one_and_it_is_the_base_model(owner: User) -> None:
    version = ModelVersion.objects.active_of(owner)
    assert (version.version_number, version.model_type, version.is_active) == (1, "base", True)
    assert ModelVersion.objects.active_of(owner) == version
