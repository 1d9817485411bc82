"""A bucket that is away harms nothing: what was asked for waits, is refused in one sentence, or stays as it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage, storages
from django.utils import timezone
from rest_framework.test import APIClient

from classifier import pipeline, services
from classifier.folders.scan import Aside
from classifier.folders.taking import Kind, new_files, take_file
from classifier.learned import learned_chances, load_file
from classifier.models import Photo, PhotoEmbedding, trash_period
from classifier.tests.factories import jpeg
from classifier.tests.folder_samples import put
from training.jobs import _reason
from training.learn.version_file import CorruptVersion
from training.models import ModelVersion
from training.tests.job_samples import version_of
from wizard import erasing, files
from wizard.files import StorageAway
from wizard.tests.buckets import Bucket

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def goes_away(bucket: Bucket) -> Iterator[Callable[[bool], None]]:
    """Everything about it answers 404 NoSuchBucket, as when it was renamed; and is as before when it is back."""
    storage: Any = storages["default"]
    name = storage.bucket_name

    def set_away(is_away: bool) -> None:
        storage.bucket_name = f"{name}-is-away" if is_away else name

    yield set_away
    set_away(False)


def upload(owner: User, colour: str = "teal") -> services.UploadOutcome:
    return services.store_photos(owner=owner, files=[ContentFile(jpeg(colour), name=f"{colour}.jpg")])


def test_photos_wait_for_it_and_no_attempt_is_held_against_them(
    owner: User, bucket: Bucket, goes_away: Callable[[bool], None]
) -> None:
    (photo,) = upload(owner).created
    goes_away(True)
    for _ in range(pipeline.ATTEMPTS + 2):
        with pytest.raises(StorageAway):
            pipeline.embed_photos([photo.pk])
    photo.refresh_from_db()
    assert (photo.status, photo.attempts) == (Photo.Status.QUEUED, 0)
    goes_away(False)
    pipeline.embed_photos([photo.pk])
    photo.refresh_from_db()
    assert photo.status == Photo.Status.READY
    assert PhotoEmbedding.objects.count() == 1
    assert len(bucket.keys("stems/")) == 1


def test_an_upload_is_refused_in_one_sentence(owner: User, api: APIClient, goes_away: Callable[[bool], None]) -> None:
    goes_away(True)
    answer = api.post("/api/photos", {"files": [ContentFile(jpeg(), name="one.jpg")]})
    (refused,) = answer.json()["rejected"]
    assert (refused["name"], refused["code"]) == ("one.jpg", "storage_away")
    assert refused["reason"].endswith("Add this photo again later.")
    assert not Photo.objects.exists()


def test_a_folders_file_is_taken_when_it_is_back(
    owner: User, goes_away: Callable[[bool], None], tmp_path: Path
) -> None:
    put(tmp_path / "red.jpg")
    goes_away(True)
    (marked,) = new_files(owner=owner, folder=tmp_path, aside=Aside())
    assert take_file(owner=owner, marked=marked).kind == Kind.TROUBLE
    goes_away(False)
    (marked,) = new_files(owner=owner, folder=tmp_path, aside=Aside())
    assert take_file(owner=owner, marked=marked).kind == Kind.NEW


def test_a_photo_that_cannot_be_removed_stays_until_it_can(
    owner: User, bucket: Bucket, goes_away: Callable[[bool], None]
) -> None:
    (photo,) = upload(owner).created
    goes_away(True)
    with pytest.raises(StorageAway):
        services.delete_photo(photo=photo)
    assert Photo.objects.filter(pk=photo.pk).exists()
    goes_away(False)
    services.delete_photo(photo=photo)
    assert bucket.keys() == []


def test_the_api_says_that_it_is_away_and_nothing_is_gone(
    owner: User, api: APIClient, goes_away: Callable[[bool], None]
) -> None:
    (photo,) = upload(owner).created
    goes_away(True)
    api.raise_request_exception = False
    refused = api.delete(f"/api/photos/{photo.pk}")
    assert refused.status_code == 503
    assert "does not answer" in refused.json()["detail"]
    assert Photo.objects.filter(pk=photo.pk).exists()


def test_the_trash_is_emptied_when_it_is_back(
    owner: User, bucket: Bucket, goes_away: Callable[[bool], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "_forget_elsewhere", lambda *_: None)  # there is none here
    services.trash_photos(upload(owner).created)
    Photo.objects.update(deleted_at=timezone.now() - 2 * trash_period())
    goes_away(True)
    assert services.empty_trash() == set()
    goes_away(False)
    assert services.empty_trash() == {owner.pk}
    assert bucket.keys() == []


def test_a_version_that_cannot_be_fetched_is_not_called_damaged(owner: User, goes_away: Callable[[bool], None]) -> None:
    version = version_of(owner)
    ModelVersion.objects.filter(pk=version.pk).update(file="models/1/version_2.pt", sha256="0" * 64)
    version.refresh_from_db()
    with pytest.raises(CorruptVersion, match="missing"):
        load_file(version)
    goes_away(True)
    with pytest.raises(StorageAway) as away:
        load_file(version)
    assert _reason(away.value).endswith("Your active version is as it was. Train again later.")


def test_scores_wait_for_it_and_are_not_made_without_what_was_learned(
    owner: User, goes_away: Callable[[bool], None]
) -> None:
    version = version_of(owner)
    goes_away(True)
    with pytest.raises(StorageAway):
        list(learned_chances(version, [1], np.zeros((1, 4), np.float32), [1]))


def test_what_nobody_speaks_of_any_more_is_left_for_orphans(
    owner: User, bucket: Bucket, goes_away: Callable[[bool], None], caplog: pytest.LogCaptureFixture
) -> None:
    default_storage.save("models/1/version_2.pt", ContentFile(b"weights"))
    goes_away(True)
    files.delete_if_possible("models/1/version_2.pt")
    assert "manage.py orphans --delete" in caplog.text
    with pytest.raises(StorageAway):
        erasing.remove_folder("models/1", until=float("inf"))
    goes_away(False)
    assert bucket.keys() == ["models/1/version_2.pt"]
