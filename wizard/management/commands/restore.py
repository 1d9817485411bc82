"""`manage.py restore FILE`: a backup, into an empty instance."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from wizard.backup import BackupFailed
from wizard.restoring import restore_backup


class Command(BaseCommand):
    help = "Bring a backup back into an empty instance (WIZARD_DATA_DIR names a new folder)."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            manifest = restore_backup(options["file"].expanduser())
        except BackupFailed as failed:
            raise CommandError(str(failed)) from failed
        self.stdout.write(f"Restored {len(manifest['members']):,} files of {manifest['made_at']}. Start: make run")
