from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from classifier.models import Photo, ReferencePhoto, Taste, TextPreference
from classifier.tests.factories import ReferencePhotoFactory, TextPreferenceFactory, scored_photo

HTMX = {"HX-Request": "true"}
WEIGHTS = {
    "semantic_weight": "1.0",
    "reference_weight": "0.25",
    "learned_weight": "1.0",
    "match_threshold": "0.5",
    "super_like_threshold": "0.9",
}


def test_a_phrase_can_be_added_without_a_script(owner_client: Client, owner: User) -> None:
    answer = owner_client.post("/taste/phrases/", {"phrase": "  at the   beach ", "kind": "want"})
    assert (answer.status_code, answer["Location"]) == (302, "/taste/")
    assert TextPreference.objects.get(owner=owner).phrase == "at the beach"
    assert "at the beach" in owner_client.get("/taste/").content.decode()


def test_htmx_gets_the_phrases_and_the_state_of_the_scores(owner_client: Client) -> None:
    page = owner_client.post("/taste/phrases/", {"phrase": "a car", "kind": "avoid"}, headers=HTMX).content.decode()
    assert "<html" not in page
    assert 'value="a car"' in page
    assert "Updating your scores" in page


@pytest.mark.parametrize(
    ("phrase", "sentence"),
    [
        ("At the beach", "You have this phrase already."),
        ("x" * 121, "at most 120"),
        ("  ", "cannot be blank"),
        ("a\0car", "Null characters are not allowed."),
    ],
)
def test_a_phrase_that_cannot_be_kept_says_why(owner_client: Client, owner: User, phrase: str, sentence: str) -> None:
    TextPreferenceFactory.create(owner=owner, phrase="at the beach")
    page = owner_client.post("/taste/phrases/", {"phrase": phrase}, headers=HTMX).content.decode()
    assert sentence in page
    assert "toast-bad" in page
    assert TextPreference.objects.count() == 1


def test_a_phrase_can_be_changed_weighed_and_removed(owner_client: Client, owner: User) -> None:
    phrase = TextPreferenceFactory.create(owner=owner, kind="avoid")
    changed = {"phrase": "a fast car", "weight": "2.0", "is_dealbreaker": "on"}
    owner_client.post(f"/taste/phrases/{phrase.pk}/", changed)
    phrase.refresh_from_db()
    assert (phrase.phrase, phrase.weight, phrase.is_dealbreaker) == ("a fast car", 2.0, True)
    owner_client.post(f"/taste/phrases/{phrase.pk}/delete/")
    assert not TextPreference.objects.exists()


def test_a_weight_that_is_no_number_changes_nothing(owner_client: Client, owner: User) -> None:
    phrase = TextPreferenceFactory.create(owner=owner, weight=0.5)
    owner_client.post(f"/taste/phrases/{phrase.pk}/", {"phrase": "a car", "weight": "heavy"})
    phrase.refresh_from_db()
    assert phrase.weight == 0.5


def test_weights_and_thresholds_are_saved_and_move_scores(owner_client: Client, owner: User) -> None:
    owner_client.post("/taste/weights/", WEIGHTS)
    taste = Taste.objects.get(owner=owner)
    assert (taste.reference_weight, taste.match_threshold, taste.is_being_scored) == (0.25, 0.5, True)


def test_thresholds_the_wrong_way_round_are_refused(owner_client: Client, owner: User) -> None:
    wrong = {**WEIGHTS, "super_like_threshold": "0.4"}
    page = owner_client.post("/taste/weights/", wrong, headers=HTMX).content.decode()
    assert "The super like threshold can&#x27;t be below the match threshold." in page
    assert Taste.objects.of(owner).super_like_threshold == 0.85


def test_a_photo_becomes_a_reference_and_ceases_to_be_one(owner_client: Client, owner: User) -> None:
    photo = scored_photo(owner)
    owner_client.post(f"/photos/{photo.pk}/reference/")
    owner_client.post(f"/photos/{photo.pk}/reference/")
    reference = ReferencePhoto.objects.get(owner=owner)
    assert f"/photos/{photo.pk}/thumbnail" in owner_client.get("/taste/").content.decode()
    headers = {**HTMX, "HX-Target": "reference"}
    page = owner_client.post(f"/references/{reference.pk}/delete/", headers=headers).content.decode()
    assert "Use as a reference" in page
    assert not ReferencePhoto.objects.exists()


def test_shares_count_only_what_there_is(owner_client: Client, owner: User) -> None:
    TextPreferenceFactory.create(owner=owner)
    assert owner_client.get("/taste/").context["shares"] == {"semantic": 100, "reference": None, "learned": None}
    ReferencePhotoFactory.create(photo__owner=owner)
    assert owner_client.get("/taste/").context["shares"] == {"semantic": 67, "reference": 33, "learned": None}


def test_the_best_matches_come_by_score_also_while_one_is_read_anew(owner_client: Client, owner: User) -> None:
    better, worse = scored_photo(owner, 0.9), scored_photo(owner, 0.1)
    Photo.objects.filter(pk=worse.pk).update(status=Photo.Status.QUEUED)
    assert owner_client.get("/taste/").context["best"] == [better, worse]


def test_the_status_says_when_the_scores_have_caught_up(owner_client: Client, owner: User) -> None:
    taste = Taste.objects.create(owner=owner, revision=1)
    assert "hx-trigger" in owner_client.get("/taste/status/").content.decode()
    Taste.objects.filter(pk=taste.pk).update(scored_revision=1)
    done = owner_client.get("/taste/status/")
    assert "hx-trigger" not in done.content.decode()
    assert "scores-updated" in done["HX-Trigger"]


def test_a_stranger_changes_nothing(owner_client: Client, stranger: User) -> None:
    phrase = TextPreferenceFactory.create(owner=stranger)
    reference = ReferencePhotoFactory.create(photo__owner=stranger)
    for address in (f"taste/phrases/{phrase.pk}/", f"taste/phrases/{phrase.pk}/delete/"):
        assert owner_client.post(f"/{address}", {"phrase": "mine"}).status_code == 404
    assert owner_client.post(f"/references/{reference.pk}/delete/").status_code == 404
    assert (TextPreference.objects.count(), ReferencePhoto.objects.count()) == (1, 1)


def test_the_first_phrase_brings_its_part_of_the_score_to_life(owner_client: Client) -> None:
    answer = owner_client.post("/taste/phrases/", {"phrase": "a dog", "kind": "want"}, headers={"hx-request": "true"})
    body = answer.content.decode()
    assert 'id="weights" aria-labelledby="weights-title" hx-swap-oob="true"' in body
    assert "100 %" in body


def test_whose_taste_it_is_takes_no_further_query(
    owner: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    Taste.objects.of(owner)
    with django_assert_num_queries(1):
        assert Taste.objects.of(owner).owner == owner
