"""Which answered photos show the same: copies of one picture, and photos of one series. Worker code: imports OpenCV."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

import numpy as np

from training.learn.copies import find_copies
from training.learn.data import Indices, Vectors
from wizard import files

SERIES = 0.85  # cosine; photos that have nothing to do with one another stay below it
SERIES_SECONDS = timedelta(seconds=10)
SERIES_NUMBERS = 2
_TIME = re.compile(r"(20\d\d)[-_.]?(\d\d)[-_.]?(\d\d)[-_ T.]{0,4}(?:at )?(\d\d)[-_.:h]?(\d\d)[-_.:m]?(\d\d)")
_NUMBER = re.compile(r"(?P<camera>IMG|DSC|DSCN|DSCF|DSC0|MVI|P|GOPR|PICT)[_-]?(?P<number>\d{3,8})\b", re.IGNORECASE)


def linked_photos(
    vectors: Vectors, pictures: Sequence[str], names: Sequence[str], check: Callable[[], None], threads: int | None
) -> Indices:
    """Pairs i64 [m, 2] of photos with unit vectors f32 [n, d].

    Nothing is kept between trainings: features take some 10 ms a photo, as much as one epoch of its training, and what
    is not kept need not be deleted with the photo.

    Args:
        pictures: the names of their thumbnails in file storage.
        names: what they were called when they were uploaded.
        check: raises to stop it.
    """

    def open_picture(photo: int) -> bytes | None:
        try:
            with files.open_binary(pictures[photo]) as file:
                return file.read()
        except FileNotFoundError:
            return None

    copies = find_copies(vectors, open_picture, check, threads)
    return np.concatenate([copies, _alike(vectors, series(names))])


def series(names: Sequence[str]) -> Indices:
    """Pairs i64 [m, 2] of photos that a camera took soon after one another, by the times or numbers in their names."""
    times = sorted((at, photo) for photo, name in enumerate(names) if (at := time_in(name)))
    pairs = [(one, other) for (at, one), (later, other) in pairwise(times) if later - at <= SERIES_SECONDS]
    numbers = sorted((*found, photo) for photo, name in enumerate(names) if (found := number_in(name)))
    for (camera, number, one), (same_camera, next_number, other) in pairwise(numbers):
        if camera == same_camera and next_number - number <= SERIES_NUMBERS:
            pairs.append((one, other))
    return np.array(pairs, np.int64).reshape(-1, 2)


def time_in(name: str) -> datetime | None:
    """2026-01-02 13:04:05 of PXL_20260102_130405678.jpg, or of Screenshot_2026-01-02-13-04-05.png."""
    found = _TIME.search(name)
    try:
        return datetime(*map(int, found.groups())) if found else None  # type: ignore[arg-type]
    except ValueError:
        return None


def number_in(name: str) -> tuple[str, int] | None:
    """("IMG", 2041) of IMG_2041.jpg."""
    if time_in(name) or not (found := _NUMBER.match(name)):
        return None
    return found["camera"].upper(), int(found["number"])


def _alike(vectors: Vectors, pairs: Indices) -> Indices:
    cosines = (vectors[pairs[:, 0]] * vectors[pairs[:, 1]]).sum(axis=1)
    alike: Indices = pairs[cosines >= SERIES]
    return alike
