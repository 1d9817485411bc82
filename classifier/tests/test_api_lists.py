"""Lists: their order, their ends, what they refuse; and answers that need not be sent twice."""

from __future__ import annotations

import base64
import json

import pytest
from django.contrib.auth.models import User
from rest_framework.test import APIClient

from classifier import services
from classifier.models import Photo
from classifier.tests.factories import ReferencePhotoFactory, TextPreferenceFactory, scored_photo

pytestmark = pytest.mark.postgres

LISTS = [
    "/api/photos",
    "/api/preferences/texts",
    "/api/preferences/references",
    "/api/training/jobs",
    "/api/models/versions",
]


def cursor(*key: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


@pytest.mark.parametrize("address", LISTS)
@pytest.mark.parametrize(
    "query",
    [
        "cursor=x",
        f"cursor={cursor('pk', 'NaN', 1)}",
        f"cursor={cursor('pk', float('nan'), 1)}",
        f"cursor={cursor('pk', 1, 2**63)}",
        f"cursor={cursor('rank', 7, 8)}",
        "page_size=0",
        "page_size=201",
        "page_size=",
        "page_sise=3",
    ],
)
def test_a_list_refuses_what_it_cannot_follow(api: APIClient, address: str, query: str) -> None:
    answer = api.get(f"{address}?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert set(answer.json()["fields"]) == {query.partition("=")[0]}


def test_a_misspelt_filter_is_not_taken_for_everything(api: APIClient) -> None:
    assert api.get("/api/photos?verdit=miss").json()["detail"].startswith("verdit: There is no such parameter")
    assert api.get("/api/review/next?counts=2").status_code == 400


def test_what_comes_while_one_pages_neither_repeats_nor_hides_anything(api: APIClient, owner: User) -> None:
    phrases = [TextPreferenceFactory.create(owner=owner).pk for _ in range(5)]
    page = api.get("/api/preferences/texts?page_size=2").json()
    seen = [each["id"] for each in page["results"]]
    TextPreferenceFactory.create(owner=owner)
    while page["next"]:
        page = api.get(page["next"]).json()
        seen += [each["id"] for each in page["results"]]
    assert seen == phrases[::-1]


@pytest.mark.parametrize("address", ["/api/photos", "/api/photos/{photo}", "/api/models/versions"])
def test_an_answer_that_is_known_is_not_sent_again(api: APIClient, owner: User, address: str) -> None:
    photo = scored_photo(owner)
    address = address.format(photo=photo.pk)
    first = api.get(address)
    assert first["Cache-Control"] == "private, no-cache"
    again = api.get(address, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    services.give_feedback(photo=photo, feedback="like")
    changed = api.get(address, headers={"If-None-Match": first["ETag"]})
    assert (changed.status_code, changed["ETag"] == first["ETag"]) == (200, False)


def test_a_cursor_of_one_order_does_not_lead_through_another(api: APIClient, owner: User) -> None:
    for _ in range(3):
        scored_photo(owner)
    following = api.get("/api/photos?page_size=2").json()["next"]
    assert api.get(following).status_code == 200
    assert api.get(f"{following}&order=score").status_code == 400


def test_a_reference_that_is_removed_asks_for_new_scores(api: APIClient, owner: User) -> None:
    reference = ReferencePhotoFactory.create(photo__owner=owner)
    assert api.delete(f"/api/preferences/references/{reference.pk}").status_code == 204
    assert api.get("/api/preferences").json()["is_being_scored"] is True
    assert Photo.objects.filter(pk=reference.photo_id).exists()


@pytest.mark.parametrize(
    ("method", "address", "body"),
    [
        ("patch", "/api/preferences", {"match_treshold": 0.7}),
        ("post", "/api/preferences/texts", {"phrase": "dogs", "dealbreaker": True}),
        ("post", "/api/training/jobs", {"epoch": 3}),
    ],
)
def test_a_misspelt_field_is_named_and_nothing_is_changed(
    api: APIClient, method: str, address: str, body: dict[str, object]
) -> None:
    answer = getattr(api, method)(address, body, format="json")
    assert answer.status_code == 400
    assert list(answer.json()["fields"].values()) == [["There is no such field."]]


def test_what_was_read_can_be_sent_back_with_one_change(api: APIClient) -> None:
    whole = api.get("/api/preferences").json() | {"match_threshold": 0.7}
    assert api.patch("/api/preferences", whole, format="json").json()["match_threshold"] == 0.7


def test_a_pictures_address_takes_a_token_and_whatever_is_accepted(
    api: APIClient, strangers_api: APIClient, owner: User
) -> None:
    photo = api.get(f"/api/photos/{scored_photo(owner).pk}").json()
    for name, kind in (("image", "image/jpeg"), ("thumbnail", "image/webp")):
        answer = api.get(photo[name], headers={"accept": "image/*"})
        assert (answer.status_code, answer["Content-Type"]) == (200, kind)
        refused = strangers_api.get(photo[name], headers={"accept": "image/*"})
        assert (refused.status_code, refused["Content-Type"]) == (404, "application/json")
