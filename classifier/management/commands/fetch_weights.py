"""`make weights`: fetch ViT-B/32, or take a local file, and check it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from classifier.clip.backbones import VIT_B_32_ID, BackboneError
from classifier.clip.weights import fetch_weights


class Command(BaseCommand):
    help = "Fetch the weights of ViT-B/32 with a progress bar, or take a file that is on this machine."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--file", type=Path, help="an open_clip weight file of ViT-B/32 on this machine")

    def handle(self, *args: Any, **options: Any) -> None:
        settings.WIZARD_WEIGHTS_DIR.mkdir(parents=True, exist_ok=True)
        try:
            path = fetch_weights(
                VIT_B_32_ID, settings.WIZARD_WEIGHTS_DIR, source=options["file"], on_progress=self._show
            )
        except BackboneError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"\nViT-B/32 is ready ({path}). Restart Dating Wizard and it will be used.")

    def _show(self, *progress: Any) -> None:
        pass
