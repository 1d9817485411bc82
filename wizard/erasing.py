"""Deleted means gone: nothing of it is left to be read in the database's file, in file storage or in Redis."""

from __future__ import annotations

import time
from contextlib import suppress

from django.core.files.storage import default_storage
from django.db import connection

from wizard import store
from wizard.files import AT_ONCE, do_each
from wizard.patience import little_patience

FOLDERS = ("photos", "thumbnails", "stems", "models")  # each holds a folder for every owner, by their id
# Keys that name their owner. `*` stands for what else is in them.
KEYS = [
    *("answer:{0}:*", "asking:{0}:*", "counts:{0}:*", "events:{0}", "export:{0}", "leaving:{0}", "map:{0}:*"),
    *("rate:*:user-{0}:*", "rescoring:{0}:*", "review:{0}", "review:{0}:*", "served:{0}"),
]


def empty_the_log() -> bool:
    """What was deleted is still in SQLite's file while its write-ahead log is not copied there, nor emptied.

    False when it could not be, for somebody reads or writes in this moment: later will do.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return True
    with little_patience(), connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (is_busy, _, _) = cursor.fetchone()
    return not is_busy


def remove_folder(folder: str, *, until: float) -> bool:
    """A folder of file storage with all that is in it; False when there was no time for all (`time.monotonic()`)."""
    try:
        folders, names = default_storage.listdir(folder)
    except FileNotFoundError:
        return True
    for start in range(0, len(names), AT_ONCE):
        if time.monotonic() > until:
            return False
        do_each(default_storage.delete, [f"{folder}/{name}" for name in names[start : start + AT_ONCE]])
    if not all(remove_folder(f"{folder}/{name}", until=until) for name in folders):
        return False
    with suppress(OSError):  # something came in just now: it is looked at again
        default_storage.delete(folder)
    return True


def forget_person(person: int) -> None:
    """What Redis knows of them."""
    store.forget_like(*(f"wizard:{key.format(person)}" for key in KEYS))
