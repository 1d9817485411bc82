from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from rest_framework.test import APIClient

from classifier.models import ReferencePhoto, Taste, TextPreference
from classifier.tests.factories import ReferencePhotoFactory, TextPreferenceFactory, scored_photo


def test_a_phrase_is_added_changed_and_deleted_and_each_asks_for_new_scores(api: APIClient, owner: User) -> None:
    created = api.post("/api/preferences/texts", {"phrase": "  hiking   in the hills "}, format="json")
    assert created.status_code == 201
    assert created.json()["phrase"] == "hiking in the hills"
    address = f"/api/preferences/texts/{created.json()['id']}"
    assert api.patch(address, {"kind": "avoid", "is_dealbreaker": True}, format="json").json()["is_dealbreaker"] is True
    assert api.delete(address).status_code == 204
    assert Taste.objects.of(owner).revision == 3


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"phrase": ""},
        {"phrase": "   "},
        {"phrase": "x" * 121},
        {"phrase": "a\u0000b"},
        {"phrase": "A Dog"},  # there already, in other letters
        {"phrase": "cats", "kind": "love"},
        {"phrase": "cats", "weight": 3},
        {"phrase": "cats", "weight": "NaN"},
        {"phrase": "cats", "is_dealbreaker": True},  # only what is avoided breaks deals
    ],
)
def test_a_phrase_that_breaks_a_rule_is_refused_with_a_sentence(api: APIClient, owner: User, body: object) -> None:
    TextPreferenceFactory.create(owner=owner, phrase="a dog")
    answer = api.post("/api/preferences/texts", body, format="json")
    assert answer.status_code == 400
    assert answer.json()["detail"]
    assert TextPreference.objects.count() == 1


def test_weights_and_thresholds_are_read_and_changed(api: APIClient) -> None:
    assert api.get("/api/preferences").json()["match_threshold"] == 0.6
    changed = api.patch("/api/preferences", {"match_threshold": 0.7, "learned_weight": 0.2}, format="json")
    assert changed.status_code == 200
    assert changed.json()["match_threshold"] == 0.7
    assert changed.json()["is_being_scored"] is True


@pytest.mark.parametrize(
    "body",
    [
        {"match_threshold": 1.2},
        {"match_threshold": 0.9},  # above the super like threshold
        {"semantic_weight": -1},
        {"semantic_weight": "Infinity"},
        {"auto_train_every": 0},
        {"auto_train_every": 10**12},
    ],
)
def test_a_taste_out_of_bounds_is_refused_and_stays_as_it_was(api: APIClient, owner: User, body: object) -> None:
    answer = api.patch("/api/preferences", body, format="json")
    assert answer.status_code == 400
    assert answer.json()["detail"]
    assert Taste.objects.of(owner).revision == 0


def test_a_photo_becomes_a_reference_once_and_stops_being_one(api: APIClient, owner: User) -> None:
    photo = scored_photo(owner)
    created = api.post("/api/preferences/references", {"photo_id": photo.pk, "category": "outdoors"}, format="json")
    assert created.status_code == 201
    assert api.post("/api/preferences/references", {"photo_id": photo.pk}, format="json").status_code == 400
    address = f"/api/preferences/references/{created.json()['id']}"
    assert api.patch(address, {"description": "that light"}, format="json").json()["description"] == "that light"
    assert api.delete(address).status_code == 204
    assert not ReferencePhoto.objects.exists()


def test_a_stranger_reads_changes_and_uses_nothing_of_the_owners(strangers_api: APIClient, owner: User) -> None:
    phrase = TextPreferenceFactory.create(owner=owner)
    reference = ReferencePhotoFactory.create(photo__owner=owner)
    for address in (f"/api/preferences/texts/{phrase.pk}", f"/api/preferences/references/{reference.pk}"):
        assert strangers_api.get(address).status_code == 404
        assert strangers_api.patch(address, {}, format="json").status_code == 404
        assert strangers_api.delete(address).status_code == 404
    taken = strangers_api.post("/api/preferences/references", {"photo_id": scored_photo(owner).pk}, format="json")
    assert taken.status_code == 404
