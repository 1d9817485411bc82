"""Asking and answering one photo at a time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from classifier.models import ClassificationResult, Photo, ReviewAnswer
from classifier.review import queue
from classifier.review.filling import fill
from classifier.review.reasons import Why
from classifier.review.services import answer_review, review_stats, undo_review
from classifier.services import give_feedback
from training.usage import usage_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kept_in_memory")]


def asked(owner: User, count: int = 100) -> list[int]:
    return [card.photo.pk for card in queue.next_cards(owner, count)]


def test_the_queue_is_filled_from_the_database_and_holds_each_photo_once(owner: User, photos: list[Photo]) -> None:
    fill(owner)
    assert sorted(asked(owner)) == [photo.pk for photo in photos]


def test_a_photo_answered_elsewhere_is_not_shown_again(owner: User, photos: list[Photo]) -> None:
    fill(owner)
    give_feedback(photo=photos[3], feedback="like")
    assert photos[3].pk not in asked(owner)


def test_without_redis_the_best_scores_come_first(owner: User, photos: list[Photo]) -> None:
    ClassificationResult.objects.filter(photo=photos[7]).update(score=0.99)
    assert asked(owner, 3)[0] == photos[7].pk


def test_what_the_page_holds_is_not_sent_twice(owner: User, photos: list[Photo]) -> None:
    fill(owner)
    first = asked(owner, 4)
    more = [card.photo.pk for card in queue.next_cards(owner, 4, without=first)]
    assert not set(first) & set(more)


def test_unsure_is_kept_out_of_training_and_skip_comes_back_another_day(owner: User, photos: list[Photo]) -> None:
    answer_review(photo=photos[0], answer="unsure", why=Why.START)
    answer_review(photo=photos[1], answer="skip", why=Why.START)
    assert not ClassificationResult.objects.filter(user_feedback__isnull=False).exists()
    fill(owner)
    assert not {photos[0].pk, photos[1].pk} & set(asked(owner))
    ReviewAnswer.objects.update(at=timezone.now() - timedelta(days=2))
    fill(owner)
    assert photos[0].pk not in asked(owner)
    assert photos[1].pk in asked(owner)


def test_ten_answers_are_taken_back_in_their_order(owner: User, photos: list[Photo]) -> None:
    for photo, answer in zip(photos[:10], ["like", "dislike", "unsure", "skip", "super_like"] * 2, strict=True):
        answer_review(photo=photo, answer=answer, why=Why.RANDOM)
    taken = [undo.photo for _ in range(10) if (undo := undo_review(owner=owner))]
    assert taken == photos[9::-1]
    assert not ClassificationResult.objects.exclude(user_feedback=None).exists()
    assert undo_review(owner=owner) is None


@pytest.mark.django_db(transaction=True)
def test_redis_is_waited_for_when_the_answer_is_written_and_the_database_free_for_others(
    photos: list[Photo], monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[bool] = []
    monkeypatch.setattr(queue, "drop_chosen", lambda *_: held.append(connection.in_atomic_block))
    answer_review(photo=photos[0], answer="like", why=Why.CHOSEN)
    assert held == [False]


def test_an_undo_leaves_what_was_changed_elsewhere(owner: User, photos: list[Photo]) -> None:
    answer_review(photo=photos[0], answer="like", why=Why.START)
    give_feedback(photo=Photo.objects.get(pk=photos[0].pk), feedback="dislike")
    undo_review(owner=owner)
    assert Photo.objects.get(pk=photos[0].pk).answer == "dislike"


def test_a_second_look_changes_the_label_and_counts_agreement(owner: User, photos: list[Photo]) -> None:
    for photo in photos[:3]:
        give_feedback(photo=photo, feedback="like")
    for photo, answer in zip(photos[:3], ["super_like", "dislike", "unsure"], strict=True):
        answer_review(photo=Photo.objects.get(pk=photo.pk), answer=answer, why=Why.AGAIN)
    assert [Photo.objects.get(pk=photo.pk).answer for photo in photos[:3]] == ["super_like", "dislike", None]
    agreement = review_stats(owner).agreement
    assert agreement is not None
    assert agreement.value == 0.5  # unsure is neither
    undo_review(owner=owner)
    assert Photo.objects.get(pk=photos[2].pk).answer == "like"


def test_one_in_twenty_is_an_earlier_one_that_was_not_asked_twice(owner: User, photos: list[Photo]) -> None:
    for photo in photos[:24]:
        give_feedback(photo=photo, feedback="like")
    seen: list[tuple[int, Why]] = []
    for photo in photos[24:]:
        fill(owner)
        seen += [(card.photo.pk, card.why) for card in queue.next_cards(owner, 100)]
        give_feedback(photo=photo, feedback="dislike")
    again = [pk for pk, why in seen if why == Why.AGAIN]
    assert 0 < len(again) < len(seen) / 4
    answer_review(photo=Photo.objects.get(pk=again[0]), answer="like", why=Why.AGAIN)
    assert again[0] not in asked(owner)


def test_only_photos_that_no_model_chose_judge_the_scores(owner: User, photos: list[Photo]) -> None:
    for photo, why in zip(photos, [Why.UNCERTAIN] * 10 + [Why.RANDOM] * 5 + [Why.START] * 3, strict=False):
        answer_review(photo=photo, answer="like", why=why)
    give_feedback(photo=photos[25], feedback="dislike")
    (usage,) = usage_of(owner).values()
    assert (usage.answers, usage.answered_matches, usage.liked_matches, usage.judged) == (19, 6, 5, 6)


def test_days_in_a_row(owner: User, photos: list[Photo]) -> None:
    for days, photo in enumerate(photos[:3]):
        answer_review(photo=photo, answer="like", why=Why.START)
        ReviewAnswer.objects.filter(photo=photo).update(at=timezone.now() - timedelta(days=days))
    stats = review_stats(owner)
    assert (stats.today, stats.days) == (1, 3)


def test_the_page_answers_undoes_and_goes_on_without_javascript(
    owner: User, owner_client: Client, photos: list[Photo]
) -> None:
    fill(owner)
    first = owner_client.get("/review/").context["cards"][0]
    owner_client.post("/review/answer/", {"photo": first.photo.pk, "why": first.why, "answer": "like"})
    assert Photo.objects.get(pk=first.photo.pk).answer == "like"
    second = owner_client.get("/review/").context["cards"][0]
    assert second.photo != first.photo
    page = owner_client.post("/review/undo/", follow=True)
    assert page.context["cards"][0].photo == first.photo
    assert Photo.objects.get(pk=first.photo.pk).answer is None


@pytest.mark.parametrize(
    "sent", [{}, {"answer": "love"}, {"answer": "like", "why": "because"}, {"answer": "like"}], ids=str
)
def test_what_is_no_answer_is_refused(owner_client: Client, photos: list[Photo], sent: dict[str, str]) -> None:
    assert owner_client.post("/review/answer/", {"photo": photos[0].pk, **sent}).status_code == 400
    assert Photo.objects.get(pk=photos[0].pk).answer is None


def test_a_stranger_answers_nothing_of_others(stranger: User, photos: list[Photo]) -> None:
    client = Client()
    client.force_login(stranger)
    sent = {"photo": photos[0].pk, "answer": "like", "why": "random"}
    assert client.post("/review/answer/", sent).status_code == 404
    client.post("/review/choose/", {"ids": [photo.pk for photo in photos]})
    assert client.get("/review/").context["cards"] == []


def test_what_the_owner_chose_comes_first_even_if_it_was_skipped(
    owner: User, owner_client: Client, photos: list[Photo]
) -> None:
    answer_review(photo=photos[8], answer="skip", why=Why.START)
    fill(owner)
    owner_client.post("/review/choose/", {"ids": [photos[8].pk, photos[9].pk, "x", "-3"]})
    cards = owner_client.get("/review/").context["cards"]
    assert [(card.photo, card.why) for card in cards[:2]] == [(photos[8], Why.CHOSEN), (photos[9], Why.CHOSEN)]
    answer_review(photo=photos[8], answer="skip", why=Why.CHOSEN)
    assert asked(owner)[0] == photos[9].pk


def test_the_api_asks_and_takes_answers(
    owner: User, api: APIClient, strangers_api: APIClient, photos: list[Photo]
) -> None:
    fill(owner)
    given = api.get("/api/review/next?count=2").json()
    assert [each["why"] for each in given["results"]] == [card.why for card in queue.next_cards(owner, 2)]
    photo = given["results"][0]["photo"]
    sent = {"photo_id": photo["id"], "answer": "unsure", "why": given["results"][0]["why"]}
    assert strangers_api.post("/api/review/answers", sent, format="json").status_code == 404
    assert api.post("/api/review/answers", sent, format="json").status_code == 201
    assert photo["id"] not in [each["photo"]["id"] for each in api.get("/api/review/next").json()["results"]]
    assert api.post("/api/review/answers", sent | {"answer": "love"}, format="json").status_code == 400
    assert api.delete("/api/review/answers/last").json()["photo_id"] == photo["id"]
    assert api.delete("/api/review/answers/last").status_code == 404
