"""Photos of one series, by what they were called."""

from __future__ import annotations

import numpy as np
import pytest

from training.same_pictures import linked_photos, number_in, series, time_in


@pytest.mark.parametrize(
    ("name", "time"),
    [
        ("PXL_20260102_130405678.jpg", "2026-01-02 13:04:05"),
        ("IMG_20260102_130405.jpg", "2026-01-02 13:04:05"),
        ("Screenshot_2026-01-02-13-04-05-123.png", "2026-01-02 13:04:05"),
        ("WhatsApp Image 2026-01-02 at 13.04.05.jpeg", "2026-01-02 13:04:05"),
        ("IMG_20261302_130405.jpg", "None"),
        ("IMG_2041.jpg", "None"),
    ],
)
def test_a_time_is_read_from_a_name(name: str, time: str) -> None:
    assert str(time_in(name)) == time


@pytest.mark.parametrize(
    ("name", "number"),
    [("IMG_2041.jpg", ("IMG", 2041)), ("dsc01234.jpg", ("DSC", 1234)), ("001.jpg", None), ("beach 2041.jpg", None)],
)
def test_a_number_is_read_from_a_cameras_name(name: str, number: tuple[str, int] | None) -> None:
    assert number_in(name) == number


def test_photos_taken_soon_after_one_another_are_a_series() -> None:
    names = ["IMG_2041.jpg", "PXL_20260102_130405.jpg", "IMG_2043.jpg", "IMG_2050.jpg", "PXL_20260102_130412.jpg"]
    assert {frozenset(pair) for pair in series(names).tolist()} == {frozenset((0, 2)), frozenset((1, 4))}


def test_photos_of_a_series_that_are_not_alike_stay_apart() -> None:
    vectors = np.array([[1, 0], [0.9, 0.436], [0, 1]], np.float32)
    names = ["IMG_2041.jpg", "IMG_2042.jpg", "IMG_2043.jpg"]
    missing = ["no/such/file.webp"] * 3
    assert linked_photos(vectors, missing, names, lambda: None, 1).tolist() == [[0, 1]]
