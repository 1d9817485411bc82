"""`manage.py backup FILE`: everything in one file, while the system runs."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from wizard.backup import SECRET, BackupFailed, write_backup


class Command(BaseCommand):
    help = "Write a backup of database, photos, versions and secret key to one new file; the system may run meanwhile."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="a new file, such as wizard-monday.tar")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            written = write_backup(options["file"].expanduser())
        except BackupFailed as failed:
            raise CommandError(str(failed)) from failed
        for name in written.missing:
            self.stdout.write(f"left out, since it was gone: {name}")
        self.stdout.write(f"{options['file']}: {len(written.members):,} files, {written.size / 1e6:,.1f} MB.")
        if SECRET not in written.members:
            self.stdout.write("SECRET_KEY comes from the environment and is not in it: keep it beside the backup.")
