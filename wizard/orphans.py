"""Files that no row speaks of: left behind when a process was killed between a file and its row, or by a power cut."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.core.files.storage import default_storage
from django.db.models import QuerySet
from django.utils import timezone

from classifier.models import Photo, PhotoEmbedding
from classifier.stems import stem_path
from training.models import ModelVersion
from wizard.erasing import FOLDERS

log = logging.getLogger(__name__)

YOUNG = timedelta(hours=1)  # it may belong to a row that is being written
# Removed by themselves: nobody waits for the row any more, also by a clock that jumps.
LEFT_FOR_GOOD = timedelta(days=1)


# What rows say of the files in a folder; of stem activations `_known` says it.
NAMES: dict[str, QuerySet[Any, str]] = {
    "photos": Photo.objects.values_list("image", flat=True),
    "thumbnails": Photo.objects.values_list("thumbnail", flat=True),
    "models": ModelVersion.objects.exclude(file="").values_list("file", flat=True),
}


def find_orphans(*, older_than: timedelta = YOUNG) -> Iterator[str]:
    """Their names in file storage.

    Each of FOLDERS is walked person by person: memory holds the names of one person's files in one of them, however
    many people there are.
    """
    until = timezone.now() - older_than
    for folder in sorted(FOLDERS):
        owners, strays = _listed(folder)
        yield from (name for name in sorted(f"{folder}/{stray}" for stray in strays) if _is_from_before(name, until))
        for owner in sorted(owners):
            there = sorted(_files(f"{folder}/{owner}"))  # before the rows: those come after files
            known = set(_known(folder, int(owner))) if owner.isdecimal() else set()
            yield from (name for name in there if name not in known and _is_from_before(name, until))


def remove_orphans(*, older_than: timedelta) -> int:
    """Returns how many there were."""
    count, first = 0, ""
    for name in find_orphans(older_than=older_than):
        default_storage.delete(name)
        count, first = count + 1, first or name
    if count:
        log.warning("removed %s files that belonged to nothing, the first is %s", count, first)
    return count


def _is_from_before(name: str, until: datetime) -> bool:
    try:
        return default_storage.get_modified_time(name) <= until
    except FileNotFoundError:  # deleted with its row since it was listed
        return False


def _known(folder: str, owner: int) -> Iterator[str]:
    """The files in one of FOLDERS that this person's rows speak of."""
    if folder == "stems":
        embedded = PhotoEmbedding.objects.filter(owner=owner).values_list("backbone", "photo")
        return (stem_path(owner, backbone, photo) for backbone, photo in embedded.iterator())
    return NAMES[folder].filter(owner=owner).iterator()


def _files(folder: str) -> Iterator[str]:
    folders, names = _listed(folder)
    yield from (f"{folder}/{name}" for name in names)
    for name in folders:
        yield from _files(f"{folder}/{name}")


def _listed(folder: str) -> tuple[list[str], list[str]]:
    """Folders and files in it; nothing where there is no such folder."""
    try:
        return default_storage.listdir(folder)
    except FileNotFoundError:
        return [], []
