"""What happens to a message when there is no broker to take it: nothing, and nothing fails."""

from __future__ import annotations

from typing import Any, Never

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.db import transaction
from rest_framework.test import APIClient

from classifier.models import Photo, Taste
from classifier.tasks import embed_photos, rescore_library
from classifier.tests.factories import jpeg
from wizard.sending import send, send_on_commit

pytestmark = pytest.mark.django_db(transaction=True)  # messages leave after a commit


@pytest.fixture
def no_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any, **options: Any) -> Never:
        raise embed_photos.OperationalError("Error 2 connecting to valkey.sock. No such file or directory.")

    monkeypatch.setattr(embed_photos, "apply_async", refuse)
    monkeypatch.setattr(rescore_library, "apply_async", refuse)


@pytest.mark.usefixtures("no_broker")
def test_a_photo_that_comes_while_redis_is_away_is_kept_and_waits(owner: User, api: APIClient) -> None:
    answer = api.post("/api/photos", {"files": [ContentFile(jpeg(), name="one.jpg")]}, format="multipart")
    assert answer.status_code == 201
    assert Photo.objects.owned_by(owner).get().status == Photo.Status.QUEUED


def test_a_broker_that_goes_away_in_the_middle_is_no_error_either(monkeypatch: pytest.MonkeyPatch) -> None:
    def trip(*args: Any, **options: Any) -> Never:
        raise AttributeError("'NoneType' object has no attribute 'client'")

    monkeypatch.setattr(embed_photos, "apply_async", trip)
    assert not send(embed_photos, [7])


@pytest.mark.usefixtures("no_broker")
def test_a_change_of_taste_while_redis_is_away_is_kept_and_still_to_be_scored(owner: User, api: APIClient) -> None:
    assert api.patch("/api/preferences", {"match_threshold": 0.5}, format="json").status_code == 200
    assert Taste.objects.get(owner=owner).is_being_scored


def test_a_message_leaves_after_the_commit_with_its_options(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Any] = []
    monkeypatch.setattr(embed_photos, "apply_async", lambda arguments, **options: sent.append((arguments, options)))
    with transaction.atomic():
        send_on_commit(embed_photos, [7], countdown=2)
        assert sent == []
    assert sent == [(([7],), {"countdown": 2})]
