from __future__ import annotations

from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from classifier.models import Photo, Taste
from classifier.services import give_feedback
from classifier.tests.factories import PhotoFactory, scored_photo

HTMX = {"HX-Request": "true", "HX-Target": "selection", "HX-Current-URL": "http://testserver/library/"}


def answers() -> list[str | None]:
    return [photo.answer for photo in Photo.objects.order_by("pk")]


def test_many_photos_are_answered_at_once_without_a_script(owner_client: Client, owner: User) -> None:
    photos = [scored_photo(owner) for _ in range(3)]
    given = {"ids": [photos[0].pk, photos[2].pk], "answer": "like", "next": "/library/?sort=newest"}
    answer = owner_client.post("/photos/answer/", given)
    assert answer["Location"] == "/library/?sort=newest"
    assert answers() == ["like", None, "like"]


def test_an_undo_gives_each_photo_its_own_answer_back(owner_client: Client, owner: User) -> None:
    liked, other = scored_photo(owner), scored_photo(owner)
    owner_client.post(f"/photos/{liked.pk}/answer/", {"answer": "like"})
    page = owner_client.post(
        "/photos/answer/", {"ids": [liked.pk, other.pk], "answer": "dislike"}, headers=HTMX
    ).content.decode()
    assert "2 photos disliked." in page
    for was in (f"{liked.pk}:like", f"{other.pk}:none"):
        assert f'name="was" value="{was}"' in page
    undone = owner_client.post("/photos/answer/", {"was": [f"{liked.pk}:like", f"{other.pk}:none"]}, headers=HTMX)
    assert answers() == ["like", None]
    assert "data-undo" not in undone.content.decode()


def test_photos_with_no_score_are_left_out(owner_client: Client, owner: User) -> None:
    waiting = PhotoFactory.create(owner=owner, status=Photo.Status.QUEUED)
    given = {"ids": [waiting.pk, scored_photo(owner).pk], "answer": "like"}
    assert "1 photo liked." in owner_client.post("/photos/answer/", given, headers=HTMX).content.decode()


def test_tiles_of_many_cost_no_more_queries_than_the_tile_of_one(owner_client: Client, owner: User) -> None:
    def queries(photos: list[Photo]) -> int:
        given = {"ids": [photo.pk for photo in photos], "answer": "like"}
        with CaptureQueriesContext(connection) as asked:
            owner_client.post("/photos/answer/", given, headers=HTMX)
        return len(asked)

    photos = [scored_photo(owner) for _ in range(7)]
    Taste.objects.of(owner)  # made when it is first asked for
    with CaptureQueriesContext(connection) as an_answer:
        give_feedback(photo=photos[0], feedback="like")
    assert queries(photos[2:]) - queries(photos[1:2]) == 4 * len(an_answer)


def test_deleting_asks_first(owner_client: Client, owner: User) -> None:
    photos = [scored_photo(owner) for _ in range(3)]
    given = {"ids": [photos[0].pk, photos[1].pk], "next": "/library/?verdict=miss"}
    assert "Delete 2 photos?" in owner_client.post("/photos/delete/", given).content.decode()
    assert Photo.objects.count() == 3
    assert owner_client.post("/photos/delete/", {**given, "sure": "yes"})["Location"] == "/library/?verdict=miss"
    assert list(Photo.objects.owned_by(owner)) == [photos[2]]


def test_a_strangers_photos_are_left_alone(owner_client: Client, stranger: User) -> None:
    photo = scored_photo(stranger)
    owner_client.post("/photos/answer/", {"ids": [photo.pk], "answer": "like"})
    owner_client.post("/photos/answer/", {"was": [f"{photo.pk}:like"]})
    owner_client.post("/photos/delete/", {"ids": [photo.pk], "sure": "yes"})
    assert answers() == [None]


def test_nonsense_is_refused(owner_client: Client, owner: User) -> None:
    for given in ({}, {"ids": ["1"]}, {"ids": ["1"], "answer": "meh"}, {"was": ["1:meh"]}, {"was": ["x"]}):
        assert owner_client.post("/photos/answer/", given).status_code == 400
