"""Files that no row speaks of. Listed; removed only when asked."""

from __future__ import annotations

from argparse import ArgumentParser
from contextlib import suppress
from datetime import timedelta
from typing import Any

from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand

from wizard.orphans import YOUNG, find_orphans


class Command(BaseCommand):
    help = "List stored files that belong to nothing any more, and their size."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--delete", action="store_true", help="remove them")
        parser.add_argument(
            "--minutes",
            type=int,
            default=YOUNG // timedelta(minutes=1),
            help="only what is older (%(default)s); 0 only when nobody adds photos",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        count = size = 0
        for name in find_orphans(older_than=timedelta(minutes=options["minutes"])):
            count += 1
            with suppress(FileNotFoundError):  # deleted in this moment
                size += default_storage.size(name)
            self.stdout.write(name)
            if options["delete"]:
                default_storage.delete(name)
        done = "removed" if options["delete"] else "found; --delete removes them"
        self.stdout.write(f"{count} files without a row, {size / 1e6:.1f} MB, {done}.")
