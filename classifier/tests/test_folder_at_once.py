"""Two watchers and an upload bring the same pictures at the same time, and each is there once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test import override_settings

from classifier import images, services
from classifier.folders.marks import ImportedFile
from classifier.models import Photo
from classifier.tests.factories import jpeg
from classifier.tests.folder_samples import look, put

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

COLOURS = ["red", "green", "blue", "white", "black", "orange", "teal", "pink"]


def test_each_picture_is_there_once(owner: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for colour in COLOURS:
        put(tmp_path / "photos" / f"{colour}.jpg")
    begin, meet, clean = Barrier(3), Barrier(3), images.clean_image

    def clean_together(data: bytes) -> Any:
        """All three have looked for a twin of the first picture, and found none, when one goes on."""
        if data == jpeg("black"):
            meet.wait(20)
        return clean(data)

    def upload() -> int:
        files = [ContentFile(jpeg(colour), name=f"{colour}.jpg") for colour in sorted(COLOURS)]
        return len(services.store_photos(owner=owner, files=files).created)

    def run(bring: Callable[[], int]) -> int:
        try:
            begin.wait(20)
            return bring()
        finally:
            connection.close()

    def watch() -> int:
        return look(owner, tmp_path / "photos").new

    monkeypatch.setattr(services, "clean_image", clean_together)
    with override_settings(MEDIA_ROOT=tmp_path / "media"), ThreadPoolExecutor(3) as pool:
        created = list(pool.map(run, [watch, watch, upload]))
        stored = default_storage.listdir(f"photos/{owner.pk}")[1]
    assert sum(created) == len(COLOURS)
    assert sorted(Photo.objects.values_list("source_name", flat=True)) == sorted(f"{each}.jpg" for each in COLOURS)
    assert len(stored) == len(COLOURS)  # and no file of the two that came too late is left behind
    assert set(ImportedFile.objects.values_list("outcome", flat=True)) == {"taken"}
    assert ImportedFile.objects.count() == len(COLOURS)
