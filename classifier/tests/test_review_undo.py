"""What undo takes back, and what is remembered of an answer that was taken back."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from classifier import services
from classifier.models import ClassificationResult, Photo, ReviewAnswer
from classifier.review import queue
from classifier.review.filling import fill
from classifier.review.reasons import Why
from classifier.review.services import answer_review, review_stats, undo_review
from classifier.services import give_feedback
from classifier.tests.factories import scored_photo
from training.models import ModelVersion
from training.tests.job_samples import version_of
from training.usage import usage_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kept_in_memory")]


def answer_of(photo: Photo) -> str | None:
    return Photo.objects.get(pk=photo.pk).answer


def test_undo_of_one_photo_leaves_what_another_tab_answered_since(
    owner: User,
    owner_client: Client,
    photos: list[Photo],
) -> None:
    answer_review(photo=photos[0], answer="like", why=Why.START)
    answer_review(photo=photos[1], answer="dislike", why=Why.START)
    owner_client.post("/review/undo/", {"photo": photos[0].pk, "held": ""})
    assert (answer_of(photos[0]), answer_of(photos[1])) == (None, "dislike")


def test_a_failed_answer_has_nothing_to_take_back(owner: User, owner_client: Client, photos: list[Photo]) -> None:
    answer_review(photo=photos[0], answer="like", why=Why.START)
    page = owner_client.post("/review/undo/", {"photo": photos[1].pk, "held": ""})
    assert "nothing more to take back" in page.content.decode()
    assert answer_of(photos[0]) == "like"


def test_undo_passes_over_photos_that_were_deleted_since(
    owner: User, owner_client: Client, photos: list[Photo]
) -> None:
    answer_review(photo=photos[0], answer="like", why=Why.START)
    answer_review(photo=photos[1], answer="like", why=Why.START)
    services.trash_photos([photos[1]])
    assert owner_client.post("/review/undo/", {"held": ""}).status_code == 200
    assert answer_of(photos[0]) is None


def test_a_strangers_undo_takes_nothing_back(stranger: User, owner: User, photos: list[Photo]) -> None:
    answer_review(photo=photos[0], answer="like", why=Why.START)
    client = Client()
    client.force_login(stranger)
    client.post("/review/undo/", {"photo": photos[0].pk, "held": ""})
    assert answer_of(photos[0]) == "like"


def test_without_javascript_undo_keeps_what_was_chosen_and_why_it_was_asked(
    owner: User,
    owner_client: Client,
    photos: list[Photo],
) -> None:
    fill(owner)
    queue.choose(owner.pk, [photo.pk for photo in photos[5:9]])
    answer_review(photo=photos[20], answer="like", why=Why.UNCERTAIN)
    owner_client.post("/review/undo/")
    cards = {card.photo.pk: card.why for card in queue.next_cards(owner, 10)}
    assert [cards[photo.pk] for photo in photos[5:9]] == [Why.CHOSEN] * 4
    assert cards[photos[20].pk] == Why.UNCERTAIN


def test_an_answer_that_comes_again_never_judges_a_version_that_has_seen_it(owner: User) -> None:
    photo = scored_photo(owner, 0.2, is_match=False)
    first = ModelVersion.objects.active_of(owner)
    answer_review(photo=photo, answer="like", why=Why.UNCERTAIN)
    ModelVersion.objects.filter(pk=first.pk).update(is_active=False)
    second = version_of(owner, is_active=True)
    ClassificationResult.objects.update(is_current=False)
    ClassificationResult.objects.create(owner=owner, photo=photo, model_version=second, score=0.95, is_match=True)
    answer_review(photo=photo, answer="unsure", why=Why.AGAIN)
    assert answer_of(photo) is None
    undo_review(owner=owner)
    result = ClassificationResult.objects.get(user_feedback="like")
    assert (result.model_version, result.answered_score, result.asked_as) == (first, 0.2, Why.UNCERTAIN)
    assert usage_of(owner)[second.pk].judged == 0


def test_an_answer_cleared_in_the_library_and_given_again_stays_one_that_the_queue_chose(owner: User) -> None:
    photo = scored_photo(owner, 0.7, is_match=True)
    answer_review(photo=photo, answer="like", why=Why.UNCERTAIN)
    give_feedback(photo=photo, feedback=None)
    give_feedback(photo=photo, feedback="like")
    assert ClassificationResult.objects.get().asked_as == Why.UNCERTAIN


def test_agreement_counts_what_chance_picked_once_each(owner: User) -> None:
    fickle, steady, surprising = (scored_photo(owner) for _ in range(3))
    for photo in (fickle, steady, surprising):
        give_feedback(photo=photo, feedback="like")
    for _ in range(2):  # sent twice
        answer_review(photo=Photo.objects.get(pk=fickle.pk), answer="dislike", why=Why.AGAIN)
    answer_review(photo=Photo.objects.get(pk=steady.pk), answer="like", why=Why.AGAIN)
    answer_review(photo=Photo.objects.get(pk=surprising.pk), answer="dislike", why=Why.SURPRISING)
    stats = review_stats(owner)
    assert (stats.asked_again, stats.agreement and stats.agreement.value) == (2, 0.5)
    assert stats.told_agreement is None  # of two photos nothing can be said


def test_a_photo_without_an_answer_cannot_be_asked_again(owner: User) -> None:
    photo = scored_photo(owner)
    assert answer_review(photo=photo, answer="like", why=Why.AGAIN).why == Why.START
    assert ReviewAnswer.objects.filter(why=Why.AGAIN).count() == 0
