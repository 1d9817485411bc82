"""With WIZARD_X_ACCEL a picture is named to nginx, after the same questions as ever; without it, it is sent."""

from __future__ import annotations

from http import HTTPStatus

import pytest
from django.contrib.auth.models import User
from django.core.files.storage import default_storage
from django.test import Client
from pytest_django import Settings
from rest_framework.test import APIClient

from classifier.models import Photo
from classifier.tests.factories import PhotoFactory
from classifier.views.files import FOREVER

pytestmark = pytest.mark.django_db
PLACES = ["/photos/{}/image", "/photos/{}/thumbnail", "/api/photos/{}/image", "/api/photos/{}/thumbnail"]


@pytest.fixture
def photo(owner: User, settings: Settings) -> Photo:
    settings.WIZARD_X_ACCEL = "/protected/"
    photo: Photo = PhotoFactory.create(owner=owner)
    return photo


def stored(photo: Photo, place: str) -> str:
    return str((photo.thumbnail if "thumbnail" in place else photo.image).name)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("method", ["get", "head"])
def test_the_owners_picture_is_named_to_nginx_with_the_same_headers(
    photo: Photo, owner_client: Client, settings: Settings, place: str, method: str
) -> None:
    named = getattr(owner_client, method)(place.format(photo.pk))
    assert named.status_code == HTTPStatus.OK
    assert named["X-Accel-Redirect"] == f"/protected/{stored(photo, place)}"
    assert named["Cache-Control"] == FOREVER
    assert named.content == b""
    settings.WIZARD_X_ACCEL = ""
    sent = getattr(owner_client, method)(place.format(photo.pk))
    own = {
        "Content-Length",
        "Content-Disposition",
        "X-Accel-Redirect",
        "X-Request-ID",
    }  # of the file, and of the request
    assert {name: named[name] for name in named.headers if name not in own} == {
        name: sent[name] for name in sent.headers if name not in own
    }


@pytest.mark.parametrize("place", PLACES)
def test_a_stranger_gets_404_and_no_name(photo: Photo, stranger: User, place: str) -> None:
    client = Client()
    client.force_login(stranger)
    answer = client.get(place.format(photo.pk))
    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert "X-Accel-Redirect" not in answer


@pytest.mark.parametrize("place", PLACES)
def test_a_visitor_gets_no_name(photo: Photo, place: str) -> None:
    answer = Client().get(place.format(photo.pk))
    assert answer.status_code in (HTTPStatus.FOUND, HTTPStatus.UNAUTHORIZED)
    assert "X-Accel-Redirect" not in answer


def test_a_deleted_photo_has_no_name_and_neither_has_one_whose_file_is_gone(photo: Photo, api: APIClient) -> None:
    place = f"/api/photos/{photo.pk}/image"
    default_storage.delete(stored(photo, place))
    gone = api.get(place)
    assert (gone.status_code, gone.json()["code"]) == (HTTPStatus.NOT_FOUND, "not_found")
    assert "X-Accel-Redirect" not in gone
    api.delete(f"/api/photos/{photo.pk}")
    assert api.get(f"/api/photos/{photo.pk}/thumbnail").status_code == HTTPStatus.NOT_FOUND
