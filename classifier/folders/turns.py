"""The folder of WIZARD_WATCH_DIR: beat asks once a minute, and the score worker takes in what is new, in short turns.

The score worker does one thing at a time, and people wait for it. So a turn ends after half a second; if more is to
come, it puts the next turn at the end of the queue, behind everything that was asked for meanwhile.
"""

from __future__ import annotations

import logging
import time
import uuid
from collections import deque
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from classifier.folders.asking import CannotImport, account_called, folder_called
from classifier.folders.marks import Marked
from classifier.folders.scan import Found, sentence
from classifier.folders.taking import Belt, Tally, new_files, take_file
from classifier.folders.telling import outcome_of
from wizard import store
from wizard.sending import send_on_commit

if TYPE_CHECKING:
    from django.contrib.auth.models import User

log = logging.getLogger(__name__)

MOST_FILES, MOST_SECONDS = 32, 0.5
LISTED = 2000
"""So many files are found by one look through the folder, which for 100,000 takes longer than a turn."""
CLAIM = "wizard:watched-folder"
CLAIM_SECONDS = 180
"""A row of turns that was silent for so long has ended; a turn may wait behind the re-scoring of a large library."""
SAID_EVERY = 3600  # seconds between two lines on what is wrong with the settings


@dataclass
class _Memory:
    """What this process knows of the folder, to spare it another look; another process looks for itself."""

    of: tuple[int, Path] | None = None  # owner and folder
    known: set[Found] = field(default_factory=set)
    turn: str = ""
    rest: deque[Marked] = field(default_factory=deque)
    is_cut: bool = False  # the folder has more than the rest


_memory = _Memory()


def watched() -> tuple[User, Path]:
    """Raises CannotImport."""
    assert settings.WIZARD_WATCH_DIR  # noqa: S101  (beat asks only then)
    owner = account_called(settings.WIZARD_WATCH_USER, said_by="WIZARD_WATCH_USER=NAME")
    return owner, folder_called(settings.WIZARD_WATCH_DIR)


def take_turn(*, turn: str, held: list[int], skip: int) -> None:
    """Take in at most MOST_FILES, for about MOST_SECONDS.

    Args:
        turn: names the row of turns this one is of; empty when beat begins a new one.
        held: photos that wait for their part to be full.
        skip: how many of the new files were tried in turns before, and are still new: they could not be read.
    """
    belt = Belt(held)
    if not (turn := _claimed(turn)):
        belt.end()
        return
    more = False
    try:
        owner, folder = watched()
        skip, more = _take(owner, folder, turn, belt, skip)
    except CannotImport as reason:
        if store.is_first(f"{CLAIM}:said", seconds=SAID_EVERY):
            log.warning("WIZARD_WATCH_DIR: %s", reason)
    except OSError as error:
        log.warning("photos of the watched folder cannot be stored: %s", sentence(error))
    if more:
        _send_next(turn, belt.waiting, skip)
    else:
        belt.end()
        store.give_up(CLAIM, turn)


def _claimed(turn: str) -> str:
    """The name of this row of turns; "" when another one is under way."""
    turn = turn or uuid.uuid4().hex
    return turn if store.claim(CLAIM, turn, seconds=CLAIM_SECONDS) else ""


def _take(owner: User, folder: Path, turn: str, belt: Belt, skip: int) -> tuple[int, bool]:
    """How many files to skip from now on, and whether there are more."""
    tally = Tally()
    _look(owner, folder, turn, tally, skip)
    until = time.monotonic() + MOST_SECONDS
    for _ in range(MOST_FILES):
        if not _memory.rest or time.monotonic() > until:
            break
        taken = take_file(owner=owner, marked=_memory.rest.popleft())
        tally.count(taken)
        belt.add(taken)
        if taken.kind.is_settled:
            _memory.known.add(taken.found)
        else:
            skip += 1
    _tell(tally)
    return skip, bool(_memory.rest) or _memory.is_cut


def _look(owner: User, folder: Path, turn: str, tally: Tally, skip: int) -> None:
    """Fill the memory, unless it holds what is left of the turn before."""
    if _memory.of != (owner.pk, folder):
        _memory.of, _memory.known, _memory.turn = (owner.pk, folder), set(), ""
    if _memory.turn == turn and _memory.rest:
        return
    files = islice(new_files(owner=owner, folder=folder, aside=tally, known=_memory.known), skip, None)
    _memory.turn, _memory.rest = turn, deque(islice(files, LISTED))
    _memory.is_cut = next(files, None) is not None


def _send_next(turn: str, held: list[int], skip: int) -> None:
    from classifier.tasks import watch_folder

    send_on_commit(watch_folder, turn, held, skip)


def _tell(tally: Tally) -> None:
    """Counts alone: names of files are private."""
    if happened := outcome_of(tally):
        log.info("watched folder: %s", happened)
    failed = len(tally.refused) + len(tally.troubles)
    if tally.refused or (tally.troubles and store.is_first(f"{CLAIM}:troubles", seconds=SAID_EVERY)):
        folder = settings.WIZARD_WATCH_DIR
        log.warning("watched folder: %s did not come in; `manage.py import_folder %s` says why", failed, folder)
