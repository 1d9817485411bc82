"""`make run`: prepare, then start every process of the Procfile under honcho."""

from __future__ import annotations

import os
import socket
import sys
from argparse import ArgumentParser
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from redis import Redis
from redis.exceptions import RedisError

from wizard import machine

KINDS = ["web", "redis", "score", "train", "beat"]


class Command(BaseCommand):
    help = "Prepare and start Dating Wizard: web, score, train, beat and, with no REDIS_URL, the embedded Valkey."

    def add_arguments(self, parser: ArgumentParser) -> None:
        only = "what this machine does, if not all of it"
        parser.add_argument("--only", nargs="+", choices=KINDS, default=KINDS, help=only)

    def handle(self, *args: Any, **options: Any) -> None:
        only = options["only"]
        _keep_to_ourselves(settings.DATA_DIR)
        self._refuse_a_second_start(serves="web" in only)
        call_command("prepare", stdout=self.stdout)
        self.stdout.flush()
        # The Procfile's commands are those of this environment.
        os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
        os.chdir(settings.BASE_DIR)
        # Settings read .env themselves, and there the environment wins; honcho would have it the other way round.
        counts = {"score": settings.WIZARD_SCORE_WORKERS, "train": settings.WIZARD_TRAIN_WORKERS}
        processes = ",".join(f"{kind}={counts.get(kind, 1) if kind in only else 0}" for kind in KINDS)
        if (share := machine.share_of_cores(max(counts.values()))) and "OMP_NUM_THREADS" not in os.environ:
            os.environ["OMP_NUM_THREADS"] = str(share)  # of what numpy and torch do beside the workers' own threads
        honcho = [sys.executable, "-m", "wizard.processes", "-e", os.devnull]
        honcho += ["start", "-p", str(settings.PORT), "-c", processes]
        os.execv(sys.executable, honcho)  # noqa: S606  (no shell, and our own module)

    def _refuse_a_second_start(self, *, serves: bool) -> None:
        if settings.EMBEDDED_REDIS and settings.REDIS_SOCKET.exists() and _answers(settings.REDIS_SOCKET):
            raise CommandError(f"Dating Wizard is running on {settings.DATA_DIR} already.")
        if not serves:
            return
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((settings.HOST, settings.PORT))
            except OSError as error:
                raise CommandError(
                    f"Port {settings.PORT} is taken; choose another one: PORT={settings.PORT + 1} make run"
                ) from error


def _keep_to_ourselves(folder: Path) -> None:
    """Photos, password hashes and sessions are no other account's of this machine, but for a proxy in our group."""
    os.umask(0o077)
    with suppress(PermissionError):  # somebody else's folder, who lets us write into it
        folder.chmod(folder.stat().st_mode & 0o770)


def _answers(path: Path) -> bool:
    try:
        with Redis(unix_socket_path=str(path), socket_timeout=1) as client:
            return bool(client.ping())
    except (RedisError, OSError):
        return False
