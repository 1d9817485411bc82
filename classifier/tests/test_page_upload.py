from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from classifier.models import Photo
from classifier.tests.factories import jpeg


def test_it_works_without_a_script(owner_client: Client, owner: User) -> None:
    files = [
        SimpleUploadedFile("beach.jpg", jpeg("gold"), "image/jpeg"),
        SimpleUploadedFile("notes.jpg", b"hello", "image/jpeg"),
        SimpleUploadedFile("beach again.jpg", jpeg("gold"), "image/jpeg"),
    ]
    page = owner_client.post("/upload/", {"files": files, "bio": "Sails."}).content.decode()
    photo = Photo.objects.get(owner=owner)
    assert (photo.source_name, photo.bio) == ("beach.jpg", "Sails.")
    assert "<b>1 added</b>, 1 already here, 1 refused" in page
    assert "notes.jpg" in page
    assert "This file is not a picture;" in page


def test_sending_nothing_asks_for_a_photo(owner_client: Client) -> None:
    answer = owner_client.post("/upload/", {"bio": "Sails."})
    assert answer.status_code == 422
    assert "Choose at least one photo." in answer.content.decode()


@pytest.mark.parametrize(
    ("bio", "sentence"),
    [
        ("x" * 5001, "A bio has at most 5,000 characters; this one has 5,001."),
        ("a\0b", "A bio holds no null characters."),
    ],
    ids=["long", "null"],
)
def test_a_bio_that_cannot_be_kept_says_why(owner_client: Client, owner: User, bio: str, sentence: str) -> None:
    files = [SimpleUploadedFile("beach.jpg", jpeg("gold"), "image/jpeg")]
    answer = owner_client.post("/upload/", {"files": files, "bio": bio})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Photo.objects.exists()
