from __future__ import annotations

import io

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from rest_framework.serializers import ModelSerializer
from rest_framework.test import APIClient

from classifier.api.finding import FoundSerializer
from classifier.api.serializers import PhotoSerializer
from classifier.models import Photo
from classifier.services import give_feedback
from classifier.tests.factories import PhotoFactory, jpeg, scored_photo


def test_an_upload_answers_with_what_was_created_repeated_and_refused(api: APIClient) -> None:
    files = [
        SimpleUploadedFile("a.jpg", jpeg("red")),
        SimpleUploadedFile("b.jpg", jpeg("red")),
        SimpleUploadedFile("c.jpg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        SimpleUploadedFile("d.jpg", b""),
    ]
    answer = api.post("/api/photos", {"files": files, "bio": "Likes hills."}, format="multipart")
    assert answer.status_code == 201
    body = answer.json()
    assert [photo["source_name"] for photo in body["created"]] == ["a.jpg"]
    assert body["created"][0]["bio"] == "Likes hills."
    assert body["created"][0]["status"] == "queued"
    assert body["duplicates"] == [{"name": "b.jpg", "id": body["created"][0]["id"]}]
    assert [each["name"] for each in body["rejected"]] == ["c.jpg", "d.jpg"]
    assert all(each["reason"] and each["code"] for each in body["rejected"])


def test_an_upload_without_files_and_one_that_is_not_multipart_say_so(api: APIClient) -> None:
    nothing = api.post("/api/photos", {"bio": "x"}, format="multipart")
    assert (nothing.status_code, nothing.json()["code"]) == (400, "invalid")
    broken = api.generic("POST", "/api/photos", "gibberish", content_type="multipart/form-data")
    assert broken.status_code == 400
    assert broken.json()["detail"]


def test_the_list_is_filtered_ordered_and_paged_by_cursor(api: APIClient, owner: User) -> None:
    scores = [0.1, 0.9, 0.5, 0.5, 0.7]
    for score in scores:
        scored_photo(owner, score=score, is_match=score >= 0.6)
    seen, address = [], "/api/photos?order=score&page_size=2"
    while address:
        page = api.get(address).json()
        seen += [photo["score"] for photo in page["results"]]
        address = page["next"]
    assert seen == sorted(scores, reverse=True)
    matches = api.get("/api/photos?verdict=match").json()["results"]
    assert {photo["score"] for photo in matches} == {0.9, 0.7}


def test_unrated_photos_come_last_and_are_paged_through_too(api: APIClient, owner: User) -> None:
    for score in [None, 0.2, None, None]:
        scored_photo(owner, score=score)
    first = api.get("/api/photos?order=score&page_size=2").json()
    second = api.get(first["next"]).json()
    assert [photo["score"] for photo in first["results"] + second["results"]] == [0.2, None, None, None]
    assert second["next"] is None


@pytest.mark.parametrize(
    "query", ["order=upside", "status=gone", "verdict=maybe", "feedback=meh", "cursor=x", "page_size=0", "page_size=٣"]
)
def test_a_filter_that_does_not_exist_is_a_400_with_a_sentence(api: APIClient, query: str) -> None:
    answer = api.get(f"/api/photos?{query}")
    assert answer.status_code == 400
    assert answer.json()["detail"]
    assert answer.json()["code"] == "invalid"


def test_a_queued_photo_has_no_result_yet(api: APIClient, owner: User) -> None:
    photo = PhotoFactory.create(owner=owner, status=Photo.Status.QUEUED)
    body = api.get(f"/api/photos/{photo.pk}").json()
    assert body["status"] == "queued"
    assert all(body[name] is None for name in ("score", "is_match", "result_id", "components", "reasons"))


def test_a_strangers_photo_is_not_found_for_reading_or_deleting(strangers_api: APIClient, owner: User) -> None:
    photo = scored_photo(owner)
    assert strangers_api.get("/api/photos").json()["results"] == []
    assert strangers_api.get(f"/api/photos/{photo.pk}").status_code == 404
    assert strangers_api.delete(f"/api/photos/{photo.pk}").status_code == 404
    assert Photo.objects.filter(pk=photo.pk).exists()


def test_a_visitor_without_a_token_is_told_to_sign_in(client: Client, db: None) -> None:
    for address in ("/api/photos", "/api/preferences", "/api/preferences/texts", "/api/results/1"):
        answer = client.get(address)
        assert answer.status_code == 401
        assert set(answer.json()) == {"detail", "code"}


def test_a_token_is_given_for_the_right_password_and_opens_the_api(client: Client, owner: User) -> None:
    owner.set_password("a long password")
    owner.save(update_fields=["password"])
    given = {"username": owner.username, "password": "a long password"}
    token = client.post("/api/auth/token", given, content_type="application/json").json()["token"]
    assert client.get("/api/photos", headers={"authorization": f"Token {token}"}).status_code == 200
    wrong = client.post("/api/auth/token", {**given, "password": "no"}, content_type="application/json")
    assert wrong.status_code == 400
    assert wrong.json()["detail"]


def test_a_list_costs_the_same_number_of_queries_whatever_its_size(
    api: APIClient, owner: User, django_assert_max_num_queries: object
) -> None:
    for _ in range(10):
        scored_photo(owner)
    with django_assert_max_num_queries(4):  # type: ignore[operator]  # a fixture that pytest-django does not type
        assert len(api.get("/api/photos?order=score").json()["results"]) == 10


def test_without_a_score_nothing_is_said_of_a_match(api: APIClient, owner: User) -> None:
    photo = scored_photo(owner, None)
    body = api.get(f"/api/photos/{photo.pk}").json()
    assert (body["score"], body["is_match"], body["is_super_match"]) == (None, None, None)
    result = api.get(f"/api/results/{body['result_id']}").json()
    assert (result["score"], result["is_match"], result["is_super_match"]) == (None, None, None)


def test_a_large_file_is_refused_without_harm_to_the_others(api: APIClient) -> None:
    large = io.BytesIO(jpeg("red") + b"\0" * (20 * 2**20))
    large.name = "large.jpg"
    small = SimpleUploadedFile("small.jpg", jpeg("blue"))
    body = api.post("/api/photos", {"files": [large, small]}, format="multipart").json()
    assert [each["code"] for each in body["rejected"]] == ["too_large"]
    assert len(body["created"]) == 1


def test_the_short_way_to_a_photos_json_says_what_the_declared_fields_say(owner: User) -> None:
    answered = scored_photo(owner, 0.7, is_match=True, components={"semantic": {"value": 0.7}}, reasons=[{"text": "x"}])
    give_feedback(photo=answered, feedback="super_like")
    queued = PhotoFactory.create(owner=owner, status=Photo.Status.QUEUED, bio="Likes hills.")
    for photo in Photo.objects.filter(pk__in=[answered.pk, queued.pk]).with_current_result():
        photo.found = "Clear"
        for serializer in (PhotoSerializer(), FoundSerializer()):
            declared = ModelSerializer.to_representation(serializer, photo)
            assert serializer.to_representation(photo) == declared
            assert list(declared) == serializer.Meta.fields
