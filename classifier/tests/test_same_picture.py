"""A picture is one photo, whatever its file says about camera, place and time."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image

from classifier import services
from classifier.folders.marks import with_marks
from classifier.folders.taking import Kind, Tally, look_into, take_file
from classifier.images import clean_image
from classifier.models import ImportedFile, Photo
from classifier.picture_hashes import hash_pictures
from classifier.tasks import hash_pictures as hash_pictures_task
from classifier.tests.factories import PhotoFactory
from classifier.tests.folder_samples import look, printed_by, put, score
from classifier.tests.image_samples import encoded, exif, halves, jpeg_with
from wizard import store

pytestmark = pytest.mark.django_db

PLAIN = encoded(halves())
WITH_PLACE = encoded(halves(), exif=exif())
WITH_COMMENT = jpeg_with(0xFE, b"holiday")


@pytest.fixture(autouse=True)
def no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "queue_photos", lambda photo_ids: None)


def upload(owner: User, *files: bytes) -> services.UploadOutcome:
    return services.add_photos(owner=owner, files=[ContentFile(data, name=f"{n}.jpg") for n, data in enumerate(files)])


def older(photo: Photo) -> Photo:
    """As it was stored before the hash of the picture was kept."""
    Photo.objects.filter(pk=photo.pk).update(picture_sha256=None)
    return photo


def test_files_that_differ_in_metadata_alone_are_one_photo(owner: User, stranger: User) -> None:
    outcome = upload(owner, PLAIN, WITH_PLACE, WITH_COMMENT, encoded(halves(), "JPEG", dpi=(300, 300)))
    (photo,) = outcome.created
    assert [each.photo for each in outcome.duplicates] == [photo] * 3
    assert Photo.objects.owned_by(owner).count() == 1
    assert len(upload(stranger, WITH_PLACE).created) == 1


def test_a_deleted_photo_comes_back_with_its_copy(owner: User) -> None:
    (photo,) = upload(owner, PLAIN).created
    services.trash_photos([photo])
    upload(owner, WITH_PLACE)
    assert list(Photo.objects.owned_by(owner)) == [photo]


def test_an_upright_and_a_turned_picture_are_two_photos(owner: User) -> None:
    assert len(upload(owner, PLAIN, encoded(halves(), exif=exif(6))).created) == 2


def test_photos_of_an_older_database_are_known_after_their_hashes_are_computed(owner: User) -> None:
    photo = older(upload(owner, PLAIN).created[0])
    hash_pictures_task()
    photo.refresh_from_db()
    assert photo.picture_sha256 == clean_image(PLAIN).picture_sha256
    assert [each.photo for each in upload(owner, WITH_PLACE).duplicates] == [photo]


def test_an_older_database_may_hold_a_picture_twice(owner: User) -> None:
    first = older(upload(owner, PLAIN).created[0])
    second = upload(owner, WITH_PLACE).created[0]
    older(second)
    assert hash_pictures() == 2
    assert hash_pictures() == 0
    assert Photo.objects.owned_by(owner).count() == 2
    assert [each.photo for each in upload(owner, WITH_COMMENT).duplicates] == [first]


def test_a_photo_whose_file_is_gone_is_looked_at_once(owner: User) -> None:
    photo = PhotoFactory.create(owner=owner)
    default_storage.delete(str(photo.image.name))
    assert [hash_pictures(), hash_pictures()] == [1, 0]


def test_a_few_are_computed_at_a_time(owner: User) -> None:
    for number in range(3):
        older(upload(owner, encoded(Image.new("RGB", (40 + number, 30)))).created[0])
    assert [hash_pictures(2), hash_pictures(2), hash_pictures(2)] == [2, 1, 0]


def test_a_copy_in_a_folder_is_marked_as_the_photo_that_is_here(owner: User, tmp_path: Path) -> None:
    put(tmp_path / "a.jpg", PLAIN)
    put(tmp_path / "b.jpg", WITH_PLACE)
    tally = look(owner, tmp_path)
    assert (tally.new, tally.already) == (1, 1)
    photo = Photo.objects.get(owner=owner)
    assert set(ImportedFile.objects.values_list("content", flat=True)) == {photo.sha256}
    services.delete_photo(photo=photo)
    assert not ImportedFile.objects.filter(content=photo.sha256).exists()  # nobody can find out that it was here
    assert look(owner, tmp_path).new == 0


def test_a_copy_of_a_deleted_photo_stays_out_unless_it_is_asked_for(owner: User, tmp_path: Path) -> None:
    (photo,) = upload(owner, PLAIN).created
    services.trash_photos([photo])
    put(tmp_path / "b.jpg", WITH_PLACE)
    (marked,) = with_marks(owner=owner, files=look_into(tmp_path, Tally()))
    assert take_file(owner=owner, marked=marked).kind == Kind.DELETED
    assert not Photo.objects.owned_by(owner).exists()
    assert take_file(owner=owner, marked=marked, again=True).kind == Kind.BROUGHT_BACK
    assert Photo.objects.owned_by(owner).get() == photo


def test_a_picture_in_folders_of_two_answers_is_named(
    owner: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "answers", lambda: True)
    monkeypatch.setattr(services, "queue_photos", score)
    put(tmp_path / "likes" / "a.jpg", PLAIN)
    put(tmp_path / "dislikes" / "b.jpg", WITH_PLACE)
    lines = "\n".join(printed_by("import_folder", "--likes", tmp_path / "likes", "--dislikes", tmp_path / "dislikes"))
    assert "The same picture is in a folder for like too, and has that answer." in lines
