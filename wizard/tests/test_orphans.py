"""Files without a row are found, and nothing else."""

from __future__ import annotations

import os
import time
from datetime import datetime
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from pytest_django import Settings

from classifier import pipeline
from classifier.sample import sample_photos
from classifier.services import add_photos
from training.tests.job_samples import version_of
from wizard.orphans import YOUNG, find_orphans, remove_orphans

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def no_files_of_other_tests(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


def stored(name: str) -> str:
    saved = default_storage.save(name, ContentFile(b"left behind"))
    long_ago = time.time() - 7200
    os.utime(default_storage.path(saved), (long_ago, long_ago))
    return saved


def orphans(*arguments: str) -> list[str]:
    out = StringIO()
    call_command("orphans", *arguments, stdout=out)
    return out.getvalue().splitlines()


def test_files_that_belong_to_nothing_are_listed_and_removed_when_asked(owner: User) -> None:
    (sample, *_) = sample_photos()
    (photo,) = add_photos(owner=owner, files=[ContentFile(sample.file.read_bytes(), name="one.webp")]).created
    pipeline.embed_photos([photo.pk])
    version = version_of(owner)
    stored(str(version.file.name))
    lost = sorted([stored("models/7/version_9.pt"), stored("photos/7/lost.jpg"), stored("stems/7/starter/1.npy")])
    default_storage.save("photos/7/just-now.jpg", ContentFile(b"its row is being written"))
    *names, summary = orphans()
    assert names == lost
    assert summary.startswith("3 files without a row")
    assert orphans("--delete")[-1].endswith("removed.")
    assert orphans() == ["0 files without a row, 0.0 MB, found; --delete removes them."]
    assert default_storage.exists(str(version.file.name))
    assert default_storage.exists(str(photo.image.name))


def test_a_file_that_is_deleted_while_it_is_looked_at_is_no_orphan(monkeypatch: pytest.MonkeyPatch) -> None:
    stored("photos/7/deleted-in-this-moment.jpg")
    age_of = default_storage.get_modified_time

    def deleted_before(name: str) -> datetime:
        default_storage.delete(name)
        return age_of(name)

    monkeypatch.setattr(default_storage, "get_modified_time", deleted_before)
    assert list(find_orphans()) == []


def test_what_is_in_nobodys_folder_belongs_to_nothing() -> None:
    lost = [stored("photos/lost.jpg"), stored("photos/of-nobody/lost.jpg")]
    assert list(find_orphans()) == lost
    assert remove_orphans(older_than=YOUNG) == len(lost)
    assert list(find_orphans()) == []


def test_one_persons_files_are_looked_at_before_anybody_elses_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = stored("photos/7/lost.jpg"), stored("photos/8/lost.jpg")
    listed: list[str] = []
    folders_and_files = default_storage.listdir

    def listing(folder: str) -> tuple[list[str], list[str]]:
        listed.append(folder)
        return folders_and_files(folder)

    monkeypatch.setattr(default_storage, "listdir", listing)
    found = find_orphans()
    assert next(found) == first
    assert "photos/8" not in listed
    assert next(found) == second
    assert remove_orphans(older_than=YOUNG) == 2
