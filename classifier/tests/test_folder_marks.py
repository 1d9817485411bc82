"""A picture of a folder comes in once: not again after a restart, not under another name, not after it was deleted."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Never

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile

from classifier import services
from classifier.folders import marks, taking
from classifier.folders.marks import ImportedFile
from classifier.images import MAX_BYTES
from classifier.models import Photo
from classifier.tests.factories import jpeg
from classifier.tests.folder_samples import look, put

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]


def names(owner: User) -> list[str]:
    return sorted(Photo.objects.owned_by(owner).values_list("source_name", flat=True))


def delete(owner: User, *, for_good: bool = True) -> None:
    for photo in Photo.objects.owned_by(owner):
        services.delete_photo(photo=photo) if for_good else services.trash_photos([photo])


def test_a_restart_reads_no_file_again(owner: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("red.jpg", "deep/blue.jpg"):
        put(tmp_path / name)
    put(tmp_path / "notes.jpg", b"no picture")
    first = look(owner, tmp_path)
    assert (first.new, [line.name for line in first.refused]) == (2, [f"{tmp_path.name}/notes.jpg"])
    monkeypatch.setattr(taking, "read", lambda found: pytest.fail("a file was read again"))
    second = look(owner, tmp_path)
    assert (second.new, second.already, second.refused) == (0, 0, [])


def test_what_was_refused_is_refused_as_an_upload_is_and_the_rest_comes_in(owner: User, tmp_path: Path) -> None:
    put(tmp_path / "a.jpg", b"")
    put(tmp_path / "b.jpg", jpeg("red")[:-300])
    put(tmp_path / "red.jpg")
    with put(tmp_path / "z.jpg", b"x").open("r+b") as file:
        file.truncate(MAX_BYTES + 1)
    os.utime(tmp_path / "z.jpg", (1, 1))
    tally = look(owner, tmp_path)
    assert names(owner) == ["red.jpg"]
    for (name, reason), words in zip(tally.refused, ("empty", "cut short", "over 20 MB"), strict=True):
        assert words in reason, name


def test_a_file_that_is_too_large_is_not_read(owner: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with put(tmp_path / "red.jpg").open("r+b") as file:
        file.truncate(MAX_BYTES + 1)
    os.utime(tmp_path / "red.jpg", (1, 1))
    monkeypatch.setattr(taking, "read", lambda found: pytest.fail("it was read"))
    assert len(look(owner, tmp_path).refused) == 1


@pytest.mark.parametrize("for_good", [True, False])
def test_a_photo_that_was_deleted_stays_deleted_whatever_its_file_is_called(
    owner: User, tmp_path: Path, for_good: bool
) -> None:
    file = put(tmp_path / "red.jpg")
    look(owner, tmp_path)
    delete(owner, for_good=for_good)
    assert look(owner, tmp_path).new == 0
    file.rename(tmp_path / "another name.jpg")
    put(tmp_path / "copy.jpg", jpeg("red"))
    tally = look(owner, tmp_path)
    assert (tally.new, tally.deleted) == (0, 2)
    assert names(owner) == []


def test_a_photo_that_was_uploaded_first_is_already_there_and_its_deletion_counts_too(
    owner: User, tmp_path: Path
) -> None:
    services.add_photos(owner=owner, files=[ContentFile(jpeg("red"), name="uploaded.jpg")])
    put(tmp_path / "red.jpg")
    assert look(owner, tmp_path).already == 1
    delete(owner)
    put(tmp_path / "copy.jpg", jpeg("red"))
    assert look(owner, tmp_path).deleted == 1


def test_a_file_with_new_content_is_a_new_photo(owner: User, tmp_path: Path) -> None:
    put(tmp_path / "red.jpg")
    look(owner, tmp_path)
    put(tmp_path / "red.jpg", jpeg("blue"))
    assert look(owner, tmp_path).new == 1


def test_each_person_has_marks_of_their_own(owner: User, stranger: User, tmp_path: Path) -> None:
    put(tmp_path / "red.jpg")
    assert (look(owner, tmp_path).new, look(stranger, tmp_path).new) == (1, 1)
    delete(owner)
    assert names(stranger) == ["red.jpg"]
    assert not ImportedFile.objects.owned_by(stranger).filter(owner=owner).exists()


def test_the_mark_of_a_deleted_photo_tells_nothing_to_whoever_has_not_the_key(
    owner: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / "red.jpg")
    look(owner, tmp_path)
    (content,) = Photo.objects.values_list("sha256", flat=True)
    delete(owner)
    (kept,) = ImportedFile.objects.values_list("fingerprint", "content", "outcome", "attempts")
    assert not any("red" in str(value) or content == value for value in kept)
    assert marks.was_taken(owner=owner, content=content)
    monkeypatch.setattr(marks, "_key", lambda: b"another instance's")
    assert not marks.was_taken(owner=owner, content=content)


def test_a_file_that_ends_the_process_is_tried_three_times_and_then_left_out(owner: User, tmp_path: Path) -> None:
    put(tmp_path / "blue.jpg")
    put(tmp_path / "red.jpg")
    look(owner, tmp_path)
    ImportedFile.objects.update(outcome="begun", content="", attempts=marks.ATTEMPTS)
    delete(owner)
    ImportedFile.objects.filter(pk=ImportedFile.objects.latest("pk").pk).update(attempts=marks.ATTEMPTS - 1)
    tally = look(owner, tmp_path)
    assert tally.refused == [(f"{tmp_path.name}/blue.jpg", taking.GIVEN_UP)]
    assert names(owner) == ["red.jpg"]
    assert not look(owner, tmp_path).refused


def test_a_full_disk_is_not_the_fault_of_the_file(owner: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: Any) -> Never:
        raise OSError(28, "No space left on device")

    put(tmp_path / "red.jpg")
    with monkeypatch.context() as full:
        full.setattr(services, "store_photos", fail)
        for _ in range(marks.ATTEMPTS + 1):
            with pytest.raises(OSError, match="No space"):
                look(owner, tmp_path)
    assert look(owner, tmp_path).new == 1
