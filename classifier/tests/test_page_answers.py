from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from classifier.models import ClassificationResult, Photo
from classifier.tests.factories import PhotoFactory, scored_photo


def answer_of(photo: Photo) -> str | None:
    return Photo.objects.get(pk=photo.pk).answer


def test_it_works_without_a_script(owner_client: Client, owner: User) -> None:
    photo = scored_photo(owner)
    came_from = f"/library/?verdict=miss#photo-{photo.pk}"
    answer = owner_client.post(f"/photos/{photo.pk}/answer/", {"answer": "like", "next": came_from})
    assert (answer.status_code, answer["Location"]) == (302, came_from)
    assert answer_of(photo) == "like"


def test_it_can_be_changed_and_taken_back(owner_client: Client, owner: User) -> None:
    photo = scored_photo(owner)
    for given, kept in [("like", "like"), ("super_like", "super_like"), ("dislike", "dislike"), ("none", None)]:
        owner_client.post(f"/photos/{photo.pk}/answer/", {"answer": given})
        assert answer_of(photo) == kept


def test_saying_the_same_twice_is_saying_it_once(owner_client: Client, owner: User) -> None:
    photo = scored_photo(owner)
    for _ in range(2):
        owner_client.post(f"/photos/{photo.pk}/answer/", {"answer": "like"})
    assert ClassificationResult.objects.filter(user_feedback="like").count() == 1


@pytest.mark.parametrize("answer", ["", "toggle", "LIKE"])
def test_another_word_is_refused(owner_client: Client, owner: User, answer: str) -> None:
    photo = scored_photo(owner)
    assert owner_client.post(f"/photos/{photo.pk}/answer/", {"answer": answer}).status_code == 400
    assert answer_of(photo) is None


def test_it_never_leads_to_another_site(owner_client: Client, owner: User) -> None:
    photo = scored_photo(owner)
    answer = owner_client.post(f"/photos/{photo.pk}/answer/", {"answer": "like", "next": "https://example.org/"})
    assert answer["Location"] == f"/photos/{photo.pk}/"


def test_htmx_gets_the_tile_the_counts_and_an_undo(owner_client: Client, owner: User) -> None:
    photo = scored_photo(owner)
    page = _answer(owner_client, photo, "like", target=f"photo-{photo.pk}")
    assert page.lstrip().startswith("<li")
    assert 'Liked <span class="count">1</span>' in " ".join(page.split())
    assert 'data-undo="photo-' in page
    assert 'name="answer" value="none"' in page
    assert f'href="/photos/{photo.pk}/?verdict=miss"' in page


def test_an_undo_leads_back_to_the_answer_before(owner_client: Client, owner: User) -> None:
    photo = scored_photo(owner)
    _answer(owner_client, photo, "like", target="panel")
    page = _answer(owner_client, photo, "dislike", target="panel")
    assert 'data-undo="panel"' in page
    assert '<input type="hidden" name="answer" value="like">' in page


def test_an_undo_offers_no_undo_of_itself(owner_client: Client, owner: User) -> None:
    photo = scored_photo(owner)
    _answer(owner_client, photo, "like", target="panel")
    assert "data-undo" not in _answer(owner_client, photo, "none", target="panel", undo="1")


def test_a_photo_with_no_score_says_so(owner_client: Client, owner: User) -> None:
    photo = PhotoFactory.create(owner=owner, status=Photo.Status.QUEUED)
    assert "This photo has no score yet" in _answer(owner_client, photo, "like", target=f"photo-{photo.pk}")


def _answer(client: Client, photo: Photo, answer: str, *, target: str, **more: str) -> str:
    headers = {
        "HX-Request": "true",
        "HX-Target": target,
        "HX-Current-URL": "http://testserver/library/?verdict=miss",
    }
    return client.post(f"/photos/{photo.pk}/answer/", {"answer": answer, **more}, headers=headers).content.decode()
