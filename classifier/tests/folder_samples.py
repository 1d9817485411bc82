"""Folders for tests: small pictures that lie there since a minute."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from io import StringIO
from pathlib import Path

from django.contrib.auth.models import User
from django.core.management import call_command

from classifier.folders.taking import Tally, import_new
from classifier.models import Photo
from classifier.tests.factories import ResultFactory, jpeg


def put(file: Path, data: bytes | None = None, *, age: float = 60) -> Path:
    """A file that was changed `age` seconds ago; its name's stem is its colour, if no data is given."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(jpeg(file.stem) if data is None else data)
    then = time.time() - age
    os.utime(file, (then, then))
    return file


def look(owner: User, folder: Path) -> Tally:
    """What a watcher that is started now makes of the folder in its first round."""
    tally = Tally()
    import_new(owner=owner, folder=folder, tally=tally, known=set(), on_progress=lambda *_: None, stopped=lambda: False)
    return tally


def score(photo_ids: Iterable[int]) -> None:
    """What the score worker does, without a model."""
    for photo in Photo.objects.filter(pk__in=photo_ids):
        ResultFactory.create(photo=photo)
    Photo.objects.filter(pk__in=photo_ids).update(status=Photo.Status.READY)


def printed_by(command: str, *given: str | Path) -> list[str]:
    """The lines that a command of manage.py prints."""
    out = StringIO()
    call_command(command, *(str(each) for each in given), stdout=out)
    return out.getvalue().splitlines()
