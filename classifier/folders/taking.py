"""One file of a folder into the library, or all that are new in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import Error as DatabaseError

from classifier import services
from classifier.folders import marks
from classifier.folders.marks import ATTEMPTS, Marked, with_marks
from classifier.folders.scan import Aside, CannotRead, Found, Line, NotYet, look_through, read
from classifier.images import MAX_BYTES, too_large
from classifier.models import Photo
from wizard import store

if TYPE_CHECKING:
    from django.contrib.auth.models import User

PART = 32
GIVEN_UP = f"Reading it ended the import {ATTEMPTS} times, so it is left out."

OnProgress = Callable[[int, int], None]
"""Called with how many files are done, of how many."""
Stopped = Callable[[], bool]


class Kind(Enum):
    NEW = "new"
    BROUGHT_BACK = "brought back"
    ALREADY = "already there"
    DELETED = "deleted here before"
    REFUSED = "refused"
    UNSETTLED = "still being written"
    TROUBLE = "cannot be read"

    @property
    def is_settled(self) -> bool:
        """Whether the watcher need not look again."""
        return self not in (Kind.UNSETTLED, Kind.TROUBLE)

    @property
    def is_in_library(self) -> bool:
        return self in (Kind.NEW, Kind.BROUGHT_BACK, Kind.ALREADY)


class Taken(NamedTuple):
    """What came of one file. `content` is its sha256 if it was read, `photo_id` that of a new photo."""

    found: Found
    kind: Kind
    content: str = ""
    reason: str = ""
    photo_id: int | None = None


@dataclass
class Tally(Aside):
    """What came of a folder; also, in `troubles`, what could not be read."""

    new: int = 0
    brought_back: int = 0
    already: int = 0
    deleted: int = 0
    refused: list[Line] = field(default_factory=list)

    def count(self, taken: Taken) -> None:
        line = Line(taken.found.shown, taken.reason)
        match taken.kind:
            case Kind.NEW:
                self.new += 1
            case Kind.BROUGHT_BACK:
                self.brought_back += 1
            case Kind.ALREADY:
                self.already += 1
            case Kind.DELETED:
                self.deleted += 1
            case Kind.REFUSED:
                self.refused.append(line)
            case Kind.UNSETTLED:
                self.unsettled += 1
            case Kind.TROUBLE:
                self.troubles.append(line)


def new_files(*, owner: User, folder: Path, aside: Aside, known: set[Found] | None = None) -> Iterator[Marked]:
    """The files that were not looked at yet. The others go into `known`: the next look asks no database for them."""
    known = set() if known is None else known
    unknown = (found for found in look_into(folder, aside) if found not in known)
    for marked in with_marks(owner=owner, files=unknown):
        if marked.mark and marked.mark.is_settled:
            known.add(marked.found)
        else:
            yield marked


def look_into(folder: Path, aside: Aside, *, apart_from: Iterable[Path] = ()) -> Iterator[Found]:
    """Never into what Dating Wizard keeps itself: its own pictures would come back as new ones, for ever."""
    return look_through(folder, aside=aside, apart_from=[settings.DATA_DIR, *apart_from])


def import_new(
    *, owner: User, folder: Path, tally: Tally, known: set[Found], on_progress: OnProgress, stopped: Stopped
) -> None:
    """One round of a watcher: take in what is new, and hand it to the score worker on the way."""
    files = list(new_files(owner=owner, folder=folder, aside=tally, known=known))
    with Belt() as belt:
        for done, marked in enumerate(files):
            if stopped():
                return
            on_progress(done, len(files))
            taken = take_file(owner=owner, marked=marked)
            tally.count(taken)
            belt.add(taken)
            if taken.kind.is_settled:
                known.add(taken.found)


def take_file(*, owner: User, marked: Marked, again: bool = False) -> Taken:
    """Read a file, unless it is known already to be refused, and store it as an upload would be.

    A photo that was deleted here stays deleted, however its file is called by now; `again` brings it back.
    """
    found, mark = marked
    if found.size > MAX_BYTES:
        return _refuse(owner, found, str(too_large()))
    if mark and mark.attempts >= ATTEMPTS and not again:
        return _refuse(owner, found, GIVEN_UP)
    try:
        data = read(found)
    except NotYet:
        return Taken(found, Kind.UNSETTLED)
    except CannotRead as error:
        return Taken(found, Kind.TROUBLE, reason=str(error))
    content = sha256(data).hexdigest()
    photo = Photo.objects.filter(owner=owner, sha256=content).first()
    is_gone = photo.deleted_at is not None if photo else marks.was_taken(owner=owner, content=content)
    if not photo and (again or not is_gone):
        return _store(owner, marked, data, content, bring_back=again)
    marks.mark_taken(owner=owner, found=found, content=content)
    if not is_gone:
        return Taken(found, Kind.ALREADY, content)
    if photo and again and services.restore_photos(owner=owner, photo_ids=[photo.pk]):
        return Taken(found, Kind.BROUGHT_BACK, content)
    return Taken(found, Kind.DELETED, content)


def _store(owner: User, marked: Marked, data: bytes, content: str, *, bring_back: bool) -> Taken:
    found = marked.found
    # In one transaction with the photo: a process that is killed between the two would forget that it was taken.
    mark = partial(marks.mark_taken, owner=owner, found=found, content=content)
    marks.begin(owner=owner, marked=marked)
    try:
        outcome = services.store_photos(
            owner=owner, files=[ContentFile(data, name=found.name)], bring_back=bring_back, beside=mark
        )
    except BaseException:
        with suppress(DatabaseError):
            marks.take_back_begin(owner=owner, marked=marked)
        raise
    for rejection in outcome.rejected:
        if rejection.code == services.STORAGE_AWAY:
            marks.take_back_begin(owner=owner, marked=marked)
            return Taken(found, Kind.TROUBLE, reason=rejection.reason)
        return _refuse(owner, found, rejection.reason)
    for photo in outcome.created:
        return Taken(found, Kind.NEW, content, photo_id=photo.pk)
    (twin,) = (duplicate.photo for duplicate in outcome.duplicates)
    # Marked as the photo that is here: it may come from another file with the same picture.
    marks.mark_taken(owner=owner, found=found, content=twin.sha256)
    kind = Kind.ALREADY if twin.deleted_at is None else Kind.BROUGHT_BACK if bring_back else Kind.DELETED
    return Taken(found, kind, twin.sha256)


def _refuse(owner: User, found: Found, reason: str) -> Taken:
    marks.mark_refused(owner=owner, found=found)
    return Taken(found, Kind.REFUSED, reason=reason)


class Belt:
    """Hands new photos to the score worker, a part at a time, and the newest one with the part after it.

    When none of a person's photos waits any more, the worker scores their whole library anew. While one is held back,
    that does not happen after every part of a large import, but once, at its end.
    """

    def __init__(self, waiting: Iterable[int] = ()) -> None:
        self.waiting = list(waiting)

    def __enter__(self) -> Belt:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def add(self, taken: Taken) -> None:
        if taken.photo_id is not None:
            self.waiting.append(taken.photo_id)
        if len(self.waiting) > PART:
            hand_over(self.waiting[:PART])
            del self.waiting[:PART]

    def end(self) -> None:
        hand_over(self.waiting)
        self.waiting = []


def hand_over(photo_ids: list[int]) -> None:
    """While Redis is away the photos are queued by their status, and beat hands them over when it is back."""
    if photo_ids and store.answers():
        services.queue_photos(photo_ids)
