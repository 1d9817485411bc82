"""`make weights`: fetch ViT-B/32, or take a local file, check it, and make it ready."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from classifier.background import measure_background
from classifier.clip.backbones import VIT_B_32_ID, BackboneError, resolve_backbone


class Command(BaseCommand):
    help = "Fetch the weights of ViT-B/32 with a progress bar, or take a file that is on this machine."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--file", type=Path, help="an open_clip weight file of ViT-B/32 on this machine")

    def handle(self, *args: Any, **options: Any) -> None:
        from classifier.clip.engine import Engine  # they import torch: here, so that `help` answers at once
        from classifier.clip.weights import fetch_weights

        folder, file = settings.WIZARD_WEIGHTS_DIR, options["file"]
        folder.mkdir(parents=True, exist_ok=True)
        try:
            source = file.expanduser() if file else None  # not every shell does it behind FILE=
            path = fetch_weights(VIT_B_32_ID, folder, source=source, on_progress=self._show_progress)
            self.stdout.write("\nMeasuring it on the sample library ...")
            measure_background(Engine.load(resolve_backbone(VIT_B_32_ID, folder)))
        except BackboneError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"ViT-B/32 is ready ({path}). Restart Dating Wizard and it will be used.")

    def _show_progress(self, done: int, total: int) -> None:
        width = 40
        filled = width * done // max(total, 1)
        bar = "█" * filled + "░" * (width - filled)
        self.stdout.write(f"\r{bar} {done / 2**20:4.0f} of {total / 2**20:.0f} MB", ending="")
        self.stdout.flush()
