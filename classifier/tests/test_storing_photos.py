from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from pytest_django import DjangoCaptureOnCommitCallbacks

from classifier import services
from classifier.models import Photo
from classifier.tests.factories import jpeg

pytestmark = pytest.mark.postgres


def upload(owner: User, *files: tuple[str, bytes]) -> services.UploadOutcome:
    return services.add_photos(owner=owner, files=[ContentFile(data, name=name) for name, data in files])


def test_it_keeps_the_good_files_of_a_drop_and_names_each_refused_one(owner: User) -> None:
    outcome = upload(
        owner, ("a.jpg", jpeg("red")), ("notes.jpg", b"hello"), ("empty.jpg", b""), ("b.jpg", jpeg("blue"))
    )
    assert [photo.source_name for photo in outcome.created] == ["a.jpg", "b.jpg"]
    assert [(each.name, each.code) for each in outcome.rejected] == [
        ("notes.jpg", "not_an_image"),
        ("empty.jpg", "empty"),
    ]
    assert Photo.objects.owned_by(owner).count() == 2


def test_a_stored_photo_has_its_files_and_its_size_and_waits_in_the_queue(owner: User) -> None:
    (photo,) = upload(owner, ("a.jpg", jpeg(size=(300, 400)))).created
    assert (photo.width, photo.height) == (300, 400)
    assert default_storage.exists(str(photo.image.name))
    assert default_storage.exists(str(photo.thumbnail.name))
    assert photo.status == Photo.Status.QUEUED


def test_the_same_content_is_stored_once_per_owner_whatever_its_name(owner: User, stranger: User) -> None:
    (first,) = upload(owner, ("a.jpg", jpeg())).created
    again = upload(owner, ("copy of a.jpg", jpeg()), ("and again.jpg", jpeg()))
    assert again.created == []
    assert [(each.name, each.photo.pk) for each in again.duplicates] == [
        ("copy of a.jpg", first.pk),
        ("and again.jpg", first.pk),
    ]
    assert len(upload(stranger, ("a.jpg", jpeg())).created) == 1


def test_the_stored_name_is_random_and_tells_nothing(owner: User) -> None:
    (photo,) = upload(owner, ("holiday with Kim.jpg", jpeg())).created
    assert "holiday" not in str(photo.image.name)


def test_a_bio_that_is_too_long_is_refused_before_anything_is_stored(owner: User) -> None:
    with pytest.raises(ValidationError, match="5,000 characters"):
        services.add_photos(owner=owner, files=[ContentFile(jpeg(), name="a.jpg")], bio="x" * 5001)
    assert not Photo.objects.exists()


def test_deleting_a_photo_takes_its_files_with_it_once_the_row_is_gone(
    owner: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    (photo,) = upload(owner, ("a.jpg", jpeg())).created
    names = [str(photo.image.name), str(photo.thumbnail.name)]
    with django_capture_on_commit_callbacks(execute=True):
        services.delete_photo(photo=photo)
    assert not Photo.objects.exists()
    assert not any(default_storage.exists(name) for name in names)
