from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from rest_framework.request import Request
from rest_framework.test import APIClient

from classifier import services
from classifier.api import views
from classifier.models import ClassificationResult, Photo
from classifier.tests.factories import scored_photo


@pytest.mark.parametrize("feedback", ["like", "dislike", "super_like"])
def test_an_answer_is_kept_and_shown_with_the_photo(api: APIClient, owner: User, feedback: str) -> None:
    photo = scored_photo(owner)
    result = api.get(f"/api/photos/{photo.pk}").json()["result_id"]
    answer = api.post(f"/api/results/{result}/feedback", {"feedback": feedback}, format="json")
    assert (answer.status_code, answer.json()["user_feedback"]) == (200, feedback)
    assert api.get(f"/api/results/{result}").json()["user_feedback"] == feedback
    assert [each["id"] for each in api.get(f"/api/photos?feedback={feedback}").json()["results"]] == [photo.pk]
    assert api.get("/api/photos?feedback=none").json()["results"] == []


def test_an_answer_can_be_deleted(api: APIClient, owner: User) -> None:
    result = scored_photo(owner).results.get()
    api.post(f"/api/results/{result.pk}/feedback", {"feedback": "like"}, format="json")
    assert api.delete(f"/api/results/{result.pk}/feedback").json()["user_feedback"] is None


@pytest.mark.parametrize("body", [{}, {"feedback": "meh"}, {"feedback": None}, [], {"feedback": ["like"]}])
def test_an_answer_that_does_not_exist_is_refused_with_a_sentence(api: APIClient, owner: User, body: object) -> None:
    result = scored_photo(owner).results.get()
    answer = api.post(f"/api/results/{result.pk}/feedback", body, format="json")
    assert answer.status_code == 400
    assert answer.json()["detail"]
    assert answer.json()["code"] == "invalid"


def test_a_photo_with_no_current_result_cannot_be_answered(api: APIClient, owner: User) -> None:
    result = scored_photo(owner, is_current=False).results.get()
    answer = api.post(f"/api/results/{result.pk}/feedback", {"feedback": "like"}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_scored")


def test_a_strangers_result_is_not_found(strangers_api: APIClient, owner: User) -> None:
    result = scored_photo(owner).results.get()
    assert strangers_api.get(f"/api/results/{result.pk}").status_code == 404
    assert (
        strangers_api.post(f"/api/results/{result.pk}/feedback", {"feedback": "like"}, format="json").status_code == 404
    )
    assert strangers_api.delete(f"/api/results/{result.pk}/feedback").status_code == 404
    assert not ClassificationResult.objects.filter(user_feedback__isnull=False).exists()


def test_an_answer_to_a_photo_that_is_deleted_in_this_moment_is_a_404(
    api: APIClient, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = scored_photo(owner).results.get()
    find = views._result_or_404

    def found_and_gone(request: Request, pk: int) -> ClassificationResult:
        found = find(request, pk)
        services.delete_photo(photo=Photo.objects.get(pk=found.photo_id))
        return found

    monkeypatch.setattr(views, "_result_or_404", found_and_gone)
    answer = api.post(f"/api/results/{result.pk}/feedback", {"feedback": "like"}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
