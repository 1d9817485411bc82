"""What lies in a folder, and how a file of it is read. Plain Python: no Django, nothing of the product.

Links are not followed, so a look never leaves the folder and always ends. Only regular files are opened: a pipe that is
called a.jpg would hold up its reader for good.
"""

from __future__ import annotations

import errno
import os
import stat
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from classifier.file_kinds import ENDINGS

SETTLED_SECONDS = 2
"""A file that changed within this time may still be written; the next look takes it."""
NOT_LOOKED_INTO = {"@eadir", "#recycle", "$recycle.bin", "system volume information", "lost+found", "__macosx"}
"""Where network drives, Windows and macOS keep thumbnails, rubbish and the like; in lower case."""

_SENTENCES = {
    errno.EACCES: "Dating Wizard may not read it; give its user the right to.",
    errno.EPERM: "Dating Wizard may not read it; give its user the right to.",
    errno.ENOENT: "It was gone before it could be read.",
    errno.ENOTDIR: "It was gone before it could be read.",
    errno.ELOOP: "It turned into a link, and links are not followed.",
}
NOT_REGULAR = "It has a picture's name but is no regular file."


class NotYet(Exception):
    """The file changed while it was read: somebody is still writing it."""


class CannotRead(Exception):
    """`str()` is one sentence."""


class Line(NamedTuple):
    """One thing to say of one file."""

    name: str
    reason: str


class Found(NamedTuple):
    """A picture by its name, and how it stood when it was seen."""

    root: str
    path: str
    size: int
    changed: int  # nanoseconds since 1970

    @property
    def name(self) -> str:
        return os.path.basename(self.path)

    @property
    def shown(self) -> str:
        return shown(self.path, self.root)


@dataclass
class Aside:
    """What a look left aside."""

    others: int = 0  # not pictures by their name
    links: int = 0
    unsettled: int = 0  # still being written
    troubles: list[Line] = field(default_factory=list)


def look_through(folder: Path, *, aside: Aside, apart_from: Iterable[Path] = ()) -> Iterator[Found]:
    """Every picture of the folder and of those in it, in an order that stays the same.

    Hidden files and folders are passed over, and so are the folders `apart_from`.
    """
    root = os.path.realpath(folder)
    left_out = {os.path.realpath(path) for path in apart_from}
    waiting = [root]
    while waiting:
        here = waiting.pop()
        try:
            with os.scandir(here) as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
        except OSError as error:
            aside.troubles.append(Line(shown(here, root), sentence(error)))
            continue
        below: list[str] = []
        for entry in entries:
            try:
                seen = None if entry.name.startswith(".") else _seen(entry, root, aside)
            except OSError as error:
                aside.troubles.append(Line(shown(entry.path, root), sentence(error)))
                continue
            if isinstance(seen, Found):
                yield seen
            elif seen and seen not in left_out:
                below.append(seen)
        waiting += reversed(below)


def _seen(entry: os.DirEntry[str], root: str, aside: Aside) -> Found | str | None:
    """A picture, or the path of a folder to look into."""
    if entry.is_symlink():
        aside.links += 1
        return None
    if entry.is_dir(follow_symlinks=False):
        return None if entry.name.lower() in NOT_LOOKED_INTO else entry.path
    if os.path.splitext(entry.name)[1].lower() not in ENDINGS:
        aside.others += 1
        return None
    state = entry.stat(follow_symlinks=False)
    if not stat.S_ISREG(state.st_mode):
        aside.troubles.append(Line(shown(entry.path, root), NOT_REGULAR))
        return None
    if 0 <= time.time() - state.st_mtime < SETTLED_SECONDS:  # below 0: another machine's clock, which says nothing
        aside.unsettled += 1
        return None
    return Found(root, entry.path, state.st_size, state.st_mtime_ns)


def read(found: Found) -> bytes:
    """The file's bytes, as it was when it was found.

    Raises:
        NotYet: it is not as it was found, or changed while it was read.
        CannotRead: it cannot be opened, or is no regular file.
    """
    try:
        # Not blocking: the file may have been replaced by a pipe since it was found.
        descriptor = os.open(found.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise CannotRead(NOT_REGULAR)
            if not _is_as_found(descriptor, found):
                raise NotYet
            content = file.read(found.size + 1)
            if len(content) != found.size or not _is_as_found(descriptor, found):
                raise NotYet
            return content
    except OSError as error:
        raise CannotRead(sentence(error)) from error


def _is_as_found(descriptor: int, found: Found) -> bool:
    state = os.fstat(descriptor)
    return (state.st_size, state.st_mtime_ns) == (found.size, found.changed)


def sentence(error: OSError) -> str:
    return _SENTENCES.get(error.errno or 0, f"It cannot be read: {(error.strerror or 'unknown error').lower()}.")


def shown(path: str, root: str) -> str:
    """A place in a folder, from the folder's name on, fit for a terminal."""
    return printable(os.path.relpath(path, os.path.dirname(root)))


def printable(text: str) -> str:
    """Without what would play tricks on a terminal, or cannot be encoded: a name may hold any byte but / and 0."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
