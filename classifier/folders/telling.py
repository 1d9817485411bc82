"""What the commands say: counts in words, a line of progress, and how they are asked to stop."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.base import OutputWrapper

from classifier.folders.scan import Aside, Line
from classifier.folders.sorting import Answered
from classifier.folders.taking import Tally

AWAY = "Dating Wizard is not running: the photos are kept, and scored when it is started."
NO_DATABASE = "The database is not ready; start Dating Wizard once with `make run`."
BRING_BACK = "import_folder --again brings them back"
ANSWER_WORDS = {"like": "liked", "super_like": "super liked", "dislike": "disliked"}
SHOWN_EVERY = {True: 0.2, False: 5.0}  # seconds, on a terminal and elsewhere


def counted(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def outcome_of(tally: Tally, *, bring_back: str = BRING_BACK) -> str:
    """What happened, "" if nothing did: "12 new photos, 1 already there, 1 refused"."""
    parts = [
        (tally.new, counted(tally.new, "new photo")),
        (tally.brought_back, f"{tally.brought_back:,} brought back"),
        (tally.already, f"{tally.already:,} already there"),
        (tally.deleted, f"{tally.deleted:,} deleted here before ({bring_back})"),
        (len(tally.refused), f"{len(tally.refused):,} refused"),
    ]
    return ", ".join(words for number, words in parts if number)


def left_aside(aside: Aside) -> str:
    """What was passed over and need not worry anybody."""
    parts = [
        (aside.others, f"{counted(aside.others, 'file is no picture', 'files are no pictures')} by the name"),
        (aside.links, counted(aside.links, "link is not followed", "links are not followed")),
    ]
    return ", ".join(words for number, words in parts if number)


def outcome_of_answers(answered: Answered) -> str:
    given = [f"{answered.given[answer]:,} {word}" for answer, word in ANSWER_WORDS.items() if answered.given[answer]]
    parts = [
        (answered.same, f"{answered.same:,} had that answer already"),
        (answered.different, f"{counted(answered.different, 'has', 'have')} another answer, which stays"),
    ]
    return ", ".join(given + [words for number, words in parts if number])


def in_lines(lines: list[Line]) -> Iterator[str]:
    yield from (f"  {name}: {reason}" for name, reason in lines)


def say(out: OutputWrapper, *lines: str) -> None:
    """At once, also into a file; and a name that the terminal's encoding lacks ends nothing."""
    for line in lines:
        try:
            out.write(line)
        except UnicodeEncodeError as error:
            out.write(line.encode(error.encoding, "replace").decode(error.encoding))
    out.flush()


class Progress:
    """ "320 of 1,204, 9.5 a second, 2 min left": on a terminal in one line, elsewhere a line every few seconds."""

    def __init__(self, out: OutputWrapper, what: str) -> None:
        self._out, self._what = out, what
        self._in_place = out.isatty()
        self._began = self._shown = time.monotonic()

    def show(self, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self._shown < SHOWN_EVERY[self._in_place]:
            return
        self._shown = now
        line = f"{self._what}{done:,} of {total:,}"
        if done and done < total:
            rate = done / (now - self._began)
            line += f", {rate:.1f} a second, {in_words((total - done) / rate)} left"
        if self._in_place:
            self._out.write(f"\r\x1b[K{line}", ending="")
        else:
            self._out.write(line)
        self._out.flush()

    def clear(self) -> None:
        if self._in_place:
            self._out.write("\r\x1b[K", ending="")
            self._out.flush()


def in_words(seconds: float) -> str:
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"


class Stop:
    """Whether Ctrl-C or SIGTERM came. The file at hand is ended first; a second signal ends at once."""

    def __init__(self) -> None:
        self.asked = False

    def __call__(self) -> bool:
        return self.asked

    def wait(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not self.asked and (left := until - time.monotonic()) > 0:
            time.sleep(min(left, 0.2))  # sleep goes on after a signal, so it is a short one

    def ask(self, signum: int, frame: Any) -> None:
        self.asked = True
        signal.signal(signum, signal.SIG_DFL)


@contextmanager
def stopping() -> Iterator[Stop]:
    stop = Stop()
    before = {number: signal.signal(number, stop.ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
