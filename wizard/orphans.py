"""Files that no row speaks of: left behind when a process was killed between a file and its row, or by a power cut."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.core.files.storage import default_storage
from django.utils import timezone

from classifier.models import Photo, PhotoEmbedding
from classifier.stems import stem_path
from training.models import ModelVersion
from wizard.erasing import FOLDERS

log = logging.getLogger(__name__)

YOUNG = timedelta(hours=1)  # it may belong to a row that is being written
# Removed by themselves: nobody waits for the row any more, also by a clock that jumps.
LEFT_FOR_GOOD = timedelta(days=1)


def find_orphans(*, older_than: timedelta = YOUNG) -> list[str]:
    """Their names in file storage."""
    there = sorted(name for folder in FOLDERS for name in _files(folder))  # before the rows: those come after files
    known = set(_known())
    until = timezone.now() - older_than
    return [name for name in there if name not in known and _is_from_before(name, until)]


def remove_orphans(*, older_than: timedelta) -> int:
    """Returns how many there were."""
    found = find_orphans(older_than=older_than)
    for name in found:
        default_storage.delete(name)
    if found:
        log.warning("removed %s files that belonged to nothing, the first is %s", len(found), found[0])
    return len(found)


def _is_from_before(name: str, until: datetime) -> bool:
    try:
        return default_storage.get_modified_time(name) <= until
    except FileNotFoundError:  # deleted with its row since it was listed
        return False


def _known() -> Iterator[str]:
    for image, thumbnail in Photo.objects.values_list("image", "thumbnail").iterator():
        yield from (image, thumbnail)
    for owner, backbone, photo in PhotoEmbedding.objects.values_list("owner", "backbone", "photo").iterator():
        yield stem_path(owner, backbone, photo)
    yield from ModelVersion.objects.exclude(file="").values_list("file", flat=True)


def _files(folder: str) -> Iterator[str]:
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    yield from (f"{folder}/{name}" for name in files)
    for name in folders:
        yield from _files(f"{folder}/{name}")
