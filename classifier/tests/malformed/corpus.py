"""The whole corpus of uploads: the same on every machine, made anew each time, some two thousand files and more."""

from __future__ import annotations

from collections.abc import Iterator

from classifier.tests.malformed.bombs import bomb_uploads
from classifier.tests.malformed.damaged import damaged_uploads
from classifier.tests.malformed.names import named_uploads
from classifier.tests.malformed.odd import odd_uploads
from classifier.tests.malformed.others import other_uploads
from classifier.tests.malformed.upload import Upload


def corpus() -> Iterator[Upload]:
    yield from damaged_uploads()
    yield from other_uploads()
    yield from bomb_uploads()
    yield from named_uploads()
    yield from odd_uploads()
