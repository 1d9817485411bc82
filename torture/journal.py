"""What the clients tried and what they were told, written down in the moment of it: one line of JSON each."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

Line = dict[str, Any]


class Journal:
    def __init__(self, file: Path) -> None:
        self.file = file
        self.told: Counter[str] = Counter()
        self._out = file.open("a")
        self._lock = threading.Lock()

    def write(self, what: str, **more: Any) -> None:
        """`what` is a word for what was tried ("try upload") or told ("upload")."""
        with self._lock:
            self.told[what] += 1
            self._out.write(json.dumps({"what": what, **more}) + "\n")
            self._out.flush()

    def wrong(self, sentence: str) -> None:
        """A client was told what nobody may be told."""
        self.write("wrong", sentence=sentence)


def read(file: Path) -> list[Line]:
    with file.open() as lines:
        return [json.loads(line) for line in lines]


class Expected:
    """What has to be so, by a journal.

    photos    by id: (owner's name, sha256 of the upload), acknowledged, and no deletion of it was ever tried
    deleted   ids whose deletion was acknowledged
    answers   by photo id: the answers that it may have now. An answer that was sent and never acknowledged may
              or may not have been kept; the next acknowledged one settles it.
    jobs      ids of trainings that were begun: the name of the owner
    """

    def __init__(self, lines: Iterable[Line]) -> None:
        self.photos: dict[int, tuple[str, str]] = {}
        self.deleted: set[int] = set()
        self.answers: dict[int, set[str | None]] = {}
        self.jobs: dict[int, str] = {}
        self.wrong: list[str] = []
        self._perhaps_gone: set[int] = set()
        for line in lines:
            getattr(self, f"_{line['what'].replace(' ', '_')}", self._nothing)(line)
        for photo in self._perhaps_gone:
            self.photos.pop(photo, None)
            self.answers.pop(photo, None)

    def _nothing(self, line: Line) -> None:
        pass

    def _wrong(self, line: Line) -> None:
        self.wrong.append(line["sentence"])

    def _upload(self, line: Line) -> None:
        self.photos |= {int(photo): (line["who"], sha256) for photo, sha256 in line["photos"].items()}

    def _try_delete(self, line: Line) -> None:
        self._perhaps_gone.add(line["photo"])

    def _delete(self, line: Line) -> None:
        self.deleted.add(line["photo"])

    def _try_answer(self, line: Line) -> None:
        self.answers.setdefault(line["photo"], {None}).add(line["answer"])

    def _answer(self, line: Line) -> None:
        self.answers[line["photo"]] = {line["answer"]}

    def _training(self, line: Line) -> None:
        self.jobs[line["job"]] = line["who"]
