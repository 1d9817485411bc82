"""What staff may not see they cannot ask for by the way either: by a filter, or when a person is deleted."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from classifier.tests.factories import TextPreferenceFactory, scored_photo
from training.models import ModelVersion


@pytest.mark.parametrize(
    "question",
    [
        "/admin/auth/user/?photo__bio__startswith=secret",
        "/admin/auth/user/?textpreference__phrase__startswith=secret",
        "/admin/auth/user/?password__startswith=md5",
        "/admin/training/modelversion/?owner__photo__bio__startswith=secret",
        "/admin/training/modelversion/?results__photo__source_name__startswith=secret",
    ],
)
def test_a_filter_answers_no_question_about_what_is_private(owner: User, admin_client: Client, question: str) -> None:
    scored_photo(owner, photo__bio="secret", photo__source_name="secret")
    TextPreferenceFactory.create(owner=owner, phrase="secret")
    ModelVersion.objects.active_of(owner)
    User.objects.filter(pk=owner.pk).update(password="md5$x")
    asked = admin_client.get(question)
    wrong = admin_client.get(question.rpartition("=")[0] + "=other")
    assert asked.status_code == wrong.status_code
    assert owner.username not in asked.content.decode()


def test_deleting_a_person_names_none_of_their_photos_and_phrases(owner: User, admin_client: Client) -> None:
    scored_photo(owner, photo__source_name="secret-name.jpg")
    TextPreferenceFactory.create(owner=owner, phrase="secret-phrase")
    for answer in (
        admin_client.get(f"/admin/auth/user/{owner.pk}/delete/"),
        admin_client.post("/admin/auth/user/", {"action": "delete_selected", "_selected_action": [owner.pk]}),
    ):
        assert answer.status_code == 200
        assert "secret" not in answer.content.decode()


def test_the_admin_has_no_door_of_its_own(client: Client, owner_client: Client) -> None:
    assert Client().get("/admin/login/?next=/admin/auth/")["Location"] == "/accounts/sign-in/?next=/admin/auth/"
    assert owner_client.get("/admin/", follow=True).status_code == 403
