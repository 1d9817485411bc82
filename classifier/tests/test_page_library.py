from __future__ import annotations

import re
from datetime import timedelta
from typing import Never

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from kombu.exceptions import OperationalError

from classifier.models import Photo, Taste
from classifier.tasks import import_sample_library
from classifier.tests.factories import PhotoFactory, TextPreferenceFactory, scored_photo
from classifier.views.listing import PAGE_SIZE

HTMX = {"HX-Request": "true"}


def shown(page: str) -> list[int]:
    """The ids of the tiles, in the order of the page."""
    return [int(pk) for pk in re.findall(r'<li class="tile[^"]*" id="photo-(\d+)"', page)]


def test_it_shows_the_owners_photos_best_first_and_nobody_elses(
    owner_client: Client, owner: User, stranger: User
) -> None:
    good, best = scored_photo(owner, 0.7, is_match=True), scored_photo(owner, 0.9, is_match=True)
    scored_photo(stranger, 0.8, is_match=True)
    assert shown(owner_client.get("/library/").content.decode()) == [best.pk, good.pk]
    newer = scored_photo(owner, 0.1)
    assert shown(owner_client.get("/library/?sort=newest").content.decode()) == [newer.pk, best.pk, good.pk]


def test_photos_that_wait_come_first_and_are_watched(owner_client: Client, owner: User) -> None:
    scored = scored_photo(owner, 0.9)
    waiting = PhotoFactory.create(owner=owner, status=Photo.Status.QUEUED)
    page = owner_client.get("/library/").content.decode()
    assert shown(page) == [waiting.pk, scored.pk]
    assert f'data-waits="{waiting.pk}"' in page
    assert 'hx-get="/library/updates/' in page


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("verdict=super", [0]),
        ("verdict=match", [0, 1]),
        ("verdict=miss", [2]),
        ("feedback=none", [0, 2]),
        ("feedback=like", [1]),
        ("feedback=dislike", []),
        ("verdict=match&feedback=none", [0]),
        ("verdict=nonsense&sort=nonsense", [0, 1, 2]),
    ],
)
def test_it_can_be_narrowed(owner_client: Client, owner: User, query: str, expected: list[int]) -> None:
    photos = [
        scored_photo(owner, 0.9, is_match=True, is_super_match=True),
        scored_photo(owner, 0.7, is_match=True, user_feedback="like", feedback_at="2026-01-01T00:00Z"),
        scored_photo(owner, 0.2),
    ]
    page = owner_client.get(f"/library/?{query}").content.decode()
    assert shown(page) == [photos[index].pk for index in expected]


def test_the_chips_count_what_they_would_show(owner_client: Client, owner: User) -> None:
    for score in (0.9, 0.7):
        scored_photo(owner, score, is_match=True)
    scored_photo(owner, 0.2)
    page = " ".join(owner_client.get("/library/").content.decode().split())
    assert 'Matches <span class="count">2</span>' in page
    assert 'Not a match <span class="count">1</span>' in page
    assert 'Unanswered <span class="count">3</span>' in page


def test_load_more_continues_where_the_page_ended(owner_client: Client, owner: User) -> None:
    photos = [scored_photo(owner, index / 100) for index in range(PAGE_SIZE + 5)]
    first = owner_client.get("/library/").context
    more = owner_client.get("/library/", {"after": first["after"]}, headers=HTMX).content.decode()
    assert shown(more) == [photo.pk for photo in reversed(photos[:5])]
    assert "<html" not in more
    assert "Load more" not in more


def test_a_cursor_nobody_gave_out_is_not_found(owner_client: Client) -> None:
    assert owner_client.get("/library/?after=nonsense").status_code == 404


def test_with_no_photos_it_invites(owner_client: Client) -> None:
    page = owner_client.get("/library/").content.decode()
    assert "Start with some photos" in page
    assert "Try the sample photos" in page


def test_sample_photos_are_on_their_way_or_it_says_why_not(
    owner_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: object) -> Never:
        raise OperationalError

    monkeypatch.setattr(import_sample_library, "apply_async", lambda _: None)
    assert "are on their way" in owner_client.post("/library/sample/", follow=True).content.decode()
    monkeypatch.setattr(import_sample_library, "apply_async", refuse)
    page = owner_client.post("/library/sample/", follow=True).content.decode()
    assert "The sample photos cannot be added just now; try again in a moment." in page
    assert "are on their way" not in page


def test_with_photos_and_no_taste_it_asks_for_one(owner_client: Client, owner: User) -> None:
    scored_photo(owner, None)
    assert "Say what you like" in owner_client.get("/library/").content.decode()
    TextPreferenceFactory.create(owner=owner)
    assert "Say what you like" not in owner_client.get("/library/").content.decode()


def test_a_filter_with_no_photos_offers_the_way_back(owner_client: Client, owner: User) -> None:
    scored_photo(owner, 0.2)
    page = owner_client.get("/library/?verdict=match").content.decode()
    assert "No photo fits this filter" in page
    assert 'href="/library/">Show all photos' in page


def test_an_unreadable_photo_says_why(owner_client: Client, owner: User) -> None:
    PhotoFactory.create(owner=owner, status=Photo.Status.UNREADABLE, unreadable_reason="The file is damaged.")
    page = owner_client.get("/library/?status=unreadable").content.decode()
    assert "The file is damaged." in page


def test_an_unreadable_photo_is_shown_while_it_is_news(owner_client: Client, owner: User) -> None:
    scored = scored_photo(owner)
    photo = PhotoFactory.create(owner=owner, status=Photo.Status.UNREADABLE, unreadable_reason="The file is damaged.")
    assert shown(owner_client.get("/library/").content.decode()) == [photo.pk, scored.pk]
    Photo.objects.filter(pk=photo.pk).update(created_at=timezone.now() - timedelta(hours=1))
    assert shown(owner_client.get("/library/").content.decode()) == [scored.pk]


def test_it_says_when_scores_are_being_updated(owner_client: Client, owner: User) -> None:
    scored_photo(owner)
    Taste.objects.create(owner=owner, revision=2, scored_revision=1)
    assert "Updating your scores" in owner_client.get("/library/").content.decode()
