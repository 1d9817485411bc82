"""Whether parts of the system do their work, for the health of a container: `manage.py ready score`."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from wizard.health import readiness


class Command(BaseCommand):
    help = "Say what /readyz says, of all parts or of those that are named; it fails when one of them is not ready."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("parts", nargs="*", help="database, redis, score, train, beat, ...")

    def handle(self, *args: Any, **options: Any) -> None:
        found = readiness()
        parts = options["parts"] or list(found)
        if unknown := set(parts) - found.keys():
            raise CommandError(f"There is no part {', '.join(sorted(unknown))}; there are {', '.join(found)}.")
        for part in parts:
            self.stdout.write(f"{part}: {found[part]}")
        if any(found[part] != "ok" for part in parts):
            raise CommandError("Not ready.")
