from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from classifier.models import Photo
from classifier.tests.factories import PhotoFactory, scored_photo

COMPONENTS = {
    "semantic": {"value": 0.9, "weight": 1.0, "reason": "Strong: “at the beach”"},
    "reference": {"value": 0.3, "weight": 0.5, "reason": "Not much like the photos you chose"},
}


def test_it_says_score_verdict_components_and_reasons(owner_client: Client, owner: User) -> None:
    photo = scored_photo(
        owner,
        0.7,
        is_match=True,
        components=COMPONENTS,
        reasons=[
            {"kind": "want", "text": "Strong: “at the beach”"},
            {"kind": "avoid", "text": "Faint sign of “a car”"},
        ],
    )
    page = owner_client.get(f"/photos/{photo.pk}/").content.decode()
    for words in ("<b>70</b>", "match", "What you wrote", "counts 67 %", "Photos you chose", "Faint sign of “a car”"):
        assert words in page


def test_a_score_just_below_the_threshold_is_not_rounded_up(owner_client: Client, owner: User) -> None:
    photo = scored_photo(owner, 0.5999)
    assert "<b>59</b>" in owner_client.get(f"/photos/{photo.pk}/").content.decode()


def test_an_unrated_photo_says_what_to_do(owner_client: Client, owner: User) -> None:
    page = owner_client.get(f"/photos/{scored_photo(owner, None).pk}/").content.decode()
    assert "Say what you like" in page


def test_a_photo_that_waits_or_cannot_be_read_says_so(owner_client: Client, owner: User) -> None:
    waiting = PhotoFactory.create(owner=owner, status=Photo.Status.QUEUED)
    assert "Waiting for its score" in owner_client.get(f"/photos/{waiting.pk}/").content.decode()
    broken = PhotoFactory.create(owner=owner, status=Photo.Status.UNREADABLE, unreadable_reason="It is damaged.")
    assert "It is damaged." in owner_client.get(f"/photos/{broken.pk}/").content.decode()


@pytest.mark.parametrize("query", ["", "?verdict=match", "?sort=newest", "?feedback=none&sort=newest"])
def test_its_arrows_lead_through_the_list_it_came_from(owner_client: Client, owner: User, query: str) -> None:
    photos = [scored_photo(owner, score, is_match=True) for score in (0.7, 0.8, 0.9)]
    context = owner_client.get(f"/photos/{photos[1].pk}/{query}").context
    assert (context["before"], context["after"]) == (photos[2].pk, photos[0].pk)
    assert owner_client.get(f"/photos/{photos[2].pk}/{query}").context["before"] is None
    assert owner_client.get(f"/photos/{photos[0].pk}/{query}").context["after"] is None


def test_photos_of_equal_score_are_all_reached(owner_client: Client, owner: User) -> None:
    photos = [scored_photo(owner, 0.5) for _ in range(3)]
    reached, here = [photos[-1].pk], photos[-1].pk
    while here := owner_client.get(f"/photos/{here}/").context["after"]:
        reached.append(here)
    assert reached == [photo.pk for photo in reversed(photos)]


def test_its_bio_can_be_changed(owner_client: Client, owner: User) -> None:
    photo = scored_photo(owner)
    owner_client.post(f"/photos/{photo.pk}/bio/", {"bio": "Likes <b>long</b> walks"})
    page = owner_client.get(f"/photos/{photo.pk}/").content.decode()
    assert "Likes &lt;b&gt;long&lt;/b&gt; walks" in page
    owner_client.post(f"/photos/{photo.pk}/bio/", {"bio": "x" * 5001})
    photo.refresh_from_db()
    assert photo.bio == "Likes <b>long</b> walks"


def test_deleting_asks_first_and_leads_to_the_next_photo(owner_client: Client, owner: User) -> None:
    last, first = scored_photo(owner, 0.1), scored_photo(owner, 0.9)
    assert "Delete this photo?" in owner_client.get(f"/photos/{first.pk}/delete/").content.decode()
    assert Photo.objects.filter(pk=first.pk).exists()
    assert owner_client.post(f"/photos/{first.pk}/delete/")["Location"] == f"/photos/{last.pk}/"
    assert owner_client.post(f"/photos/{last.pk}/delete/?verdict=miss")["Location"] == "/library/?verdict=miss"
    assert not Photo.objects.owned_by(owner).exists()


@pytest.mark.parametrize(("name", "kind"), [("image", "image/jpeg"), ("thumbnail", "image/webp")])
def test_pictures_are_served_to_their_owner_to_keep(owner_client: Client, owner: User, name: str, kind: str) -> None:
    answer = owner_client.get(f"/photos/{scored_photo(owner).pk}/{name}")
    assert (answer.status_code, answer["Content-Type"]) == (200, kind)
    assert answer["Cache-Control"] == "private, max-age=31536000, immutable"
    assert {"Cookie", "Authorization"} <= set(answer["Vary"].split(", "))  # what one was sent, nobody else is shown


def test_a_picture_asks_the_database_for_nothing_but_itself(owner_client: Client, owner: User) -> None:
    photo = scored_photo(owner)
    with CaptureQueriesContext(connection) as queries:
        owner_client.get(f"/photos/{photo.pk}/thumbnail")
    assert [query["sql"] for query in queries if "classifier_classificationresult" in query["sql"]] == []
