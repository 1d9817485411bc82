"""Files that no row speaks of: left behind by a power cut, say. Listed; removed only when asked."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand
from django.utils import timezone

from classifier.models import Photo, PhotoEmbedding
from classifier.stems import stem_path
from training.models import ModelVersion
from wizard.erasing import FOLDERS

YOUNG = timedelta(hours=1)  # it may belong to a row that is being written


class Command(BaseCommand):
    help = "List stored files that belong to nothing any more, and their size."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--delete", action="store_true", help="remove them")

    def handle(self, *args: Any, **options: Any) -> None:
        known = set(_known())
        count, size = 0, 0
        for name in sorted(name for folder in FOLDERS for name in _files(folder)):
            if name in known or timezone.now() - default_storage.get_modified_time(name) < YOUNG:
                continue
            count, size = count + 1, size + default_storage.size(name)
            self.stdout.write(name)
            if options["delete"]:
                default_storage.delete(name)
        done = "removed" if options["delete"] else "found; --delete removes them"
        self.stdout.write(f"{count} files without a row, {size / 1e6:.1f} MB, {done}.")


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
