"""Files wherever they are kept: on this machine's disk, or in a bucket that answers a few milliseconds later.

A local file is read and written where it lies, one after another. What goes over a network goes sixteen at a time, so
that a library is not waited for photo by photo. Nothing of it is kept on this machine: what was deleted is gone.
"""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import closing, contextmanager
from functools import cache, partial
from itertools import islice
from pathlib import Path
from typing import BinaryIO, TypeVar, cast

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext

log = logging.getLogger(__name__)

Item = TypeVar("Item")
Answer = TypeVar("Answer")
AT_ONCE = 16


class StorageAway(ConnectionError):
    """The bucket does not answer, or refuses us; no fault of the file. Another time it may."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            gettext("The storage of photos and versions does not answer as it should (%(reason)s).")
            % {"reason": reason}
        )


def are_local() -> bool:
    return not getattr(default_storage, "is_remote", False)


def check() -> None:
    """Raises StorageAway when nothing can be kept, because there is no bucket, or it is not for us."""
    if not are_local():
        default_storage.check()  # type: ignore[attr-defined]  # what is remote has it


def on_each(work: Callable[[Item], Answer], items: Iterable[Item]) -> Iterator[Answer]:
    """`map`, in order; side by side when files are not on this machine. `work` only reads, writes or deletes."""
    if are_local():
        return map(work, items)
    return (future.result() for future in _ahead(work, items))


def do_each(work: Callable[[Item], object], items: Iterable[Item]) -> None:
    """`on_each` for its own sake. When one of them raises, nothing of the others is under way any more."""
    if are_local():
        deque(map(work, items), maxlen=0)
        return
    with closing(_ahead(work, items)) as futures:
        for future in futures:
            future.result()


def openers(names: Iterable[str]) -> Iterator[Callable[[], BinaryIO]]:
    """For each name what opens it. What is far away is fetched meanwhile, a few ahead of what has been taken."""
    if are_local():
        return (partial(open_binary, name) for name in names)
    return (future.result for future in _ahead(open_binary, names))


def open_binary(name: str) -> BinaryIO:
    # Every storage hands out a binary file; Django's `File` proxies it without saying so to a type checker.
    return cast("BinaryIO", default_storage.open(name))


@contextmanager
def on_disk(name: str) -> Iterator[Path]:
    """A path to read the file from; nothing is there when there is no such file. Raises StorageAway."""
    if are_local():
        yield Path(default_storage.path(name))
        return
    with tempfile.TemporaryDirectory(prefix="wizard-file-") as folder:
        copy = Path(folder) / Path(name).name
        try:
            with default_storage.open(name) as far, copy.open("wb") as near:
                shutil.copyfileobj(far, near)
        except FileNotFoundError:
            copy.unlink(missing_ok=True)
        yield copy


@contextmanager
def written(name: str) -> Iterator[Path]:
    """A path to write the file to, in one step; it is stored as `name` when the block ends well."""
    if are_local():
        path = Path(default_storage.path(name))
        make_folder(path.parent)
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="wizard-file-") as folder:
        path = Path(folder) / Path(name).name
        yield path
        with path.open("rb") as file:
            default_storage.save(name, File(file))


def delete_with_rows(names: list[str]) -> None:
    """In the transaction that deletes the rows which speak of them.

    On a disk they go once the rows are gone for good; one that cannot be removed then is an orphan, and keeps nothing
    else from being forgotten. A bucket may be away by then: there they go before. If that fails (StorageAway) the rows
    stay too, and it is tried again.
    """
    if are_local():
        transaction.on_commit(lambda: do_each(default_storage.delete, names), robust=True)
    else:
        do_each(default_storage.delete, names)


def make_folder(folder: Path) -> None:
    """As Django makes those of uploads: open to whom the settings say, whatever the umask."""
    before = os.umask(0o777 & ~settings.FILE_UPLOAD_DIRECTORY_PERMISSIONS)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    finally:
        os.umask(before)


def delete_if_possible(name: str) -> None:
    """For what no row speaks of any more: when the bucket is away, `manage.py orphans` finds it later."""
    try:
        default_storage.delete(name)
    except StorageAway as away:
        log.error("%s is left behind; `manage.py orphans --delete` removes it: %s", name, away)


def _ahead(work: Callable[[Item], Answer], items: Iterable[Item]) -> Generator[Future[Answer]]:
    remaining = iter(items)
    waiting = deque(_pool().submit(work, item) for item in islice(remaining, 2 * AT_ONCE))
    try:
        while waiting:
            yield waiting.popleft()
            waiting.extend(_pool().submit(work, item) for item in islice(remaining, 1))
    finally:
        for future in waiting:
            future.cancel()
        wait(waiting)


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(AT_ONCE, "files")


os.register_at_fork(after_in_child=_pool.cache_clear)  # threads do not survive one
