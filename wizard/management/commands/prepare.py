"""Everything a start needs that is not there yet: tables, static files, the first user."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.migrations.executor import MigrationExecutor

from classifier.services import add_sample_library

LOCK = 0x1234_D371  # any number that nobody else takes
# Files of libraries that no page asks for. They are most of all files, and hashing and compressing them takes long.
# drf-spectacular looks up every file that its own template of /api/docs names, so all of Swagger UI must stay.
UNUSED = ("redoc", "rest_framework", "*.js.map")


class Command(BaseCommand):
    help = "Bring database and static files up to date; on the first start make a demo user with a sample library."

    def handle(self, *args: Any, **options: Any) -> None:
        with _one_at_a_time():
            self._prepare()

    def _prepare(self) -> None:
        if self._has_pending_migrations():
            self.stdout.write("Setting up the database ...")
            call_command("migrate", verbosity=0, interactive=False)
        self._collect_static()
        if not User.objects.exists():
            self._make_demo_user()

    def _has_pending_migrations(self) -> bool:
        executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
        return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))

    def _collect_static(self) -> None:
        """Skipped when nothing changed: hashing and compressing every file takes seconds, this takes none."""
        stamp = settings.STATIC_ROOT / ".collected"
        digest = hashlib.sha256()
        for finder in get_finders():
            for path, storage in finder.list([*UNUSED]):
                digest.update(f"{path}|{storage.size(path)}|{storage.get_modified_time(path)}\n".encode())
        if stamp.exists() and stamp.read_text() == digest.hexdigest():
            return
        self.stdout.write("Collecting static files ...")
        call_command("collectstatic", verbosity=0, interactive=False, clear=True, ignore_patterns=[*UNUSED])
        stamp.write_text(digest.hexdigest())

    def _make_demo_user(self) -> None:
        password = secrets.token_urlsafe(9)
        demo = User.objects.create_superuser("demo", password=password)
        self.stdout.write("Drawing the sample library ...")
        added = add_sample_library(owner=demo)
        self.stdout.write(
            f"\n  Your account:  demo\n  Its password:  {password}\n"
            f"  It is shown this once; change it under Account. {added} sample photos are waiting for you.\n"
        )


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Several machines may start at once: the others wait until the first is done, and find nothing left to do."""
    if connection.vendor != "postgresql":  # SQLite is one machine's, and `launch` refuses a second start there
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
