"""Measure the background statistics of the backbone that is set, for whoever changes the starter or the samples."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from classifier.background import measure_background
from classifier.model import get_engine


class Command(BaseCommand):
    help = "Embed the sample library and write the statistics that standardise the scores of small libraries."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Written: {measure_background(get_engine())}")
