"""Files that every viewer opens are taken: their end mark is missing, or something outside the pixels is damaged."""

from __future__ import annotations

import struct
import zlib
from typing import Any

import pytest

from classifier.images import clean_image
from classifier.tests.colour_samples import fields
from classifier.tests.fault_samples import LIKE_CHROMIUM
from classifier.tests.image_samples import encoded, exif, noise, png_chunk, refusal
from classifier.tests.test_images_colours import assert_seen

SEEN = [name for name in LIKE_CHROMIUM if name.startswith(("no ", "half", "wrong", "long", "cut"))]


@pytest.mark.parametrize("name", SEEN)
def test_it_is_taken_as_viewers_show_it(name: str) -> None:
    assert_seen(LIKE_CHROMIUM[name]())


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"restart_marker_rows": 1}, {"subsampling": 0}])
def test_a_jpeg_without_its_end_is_the_same_picture(options: dict[str, Any]) -> None:
    data = encoded(noise(), quality=90, **options)
    assert clean_image(data[:-2]).image == clean_image(data).image


def test_a_progressive_jpeg_without_its_last_scan_is_refused() -> None:
    data = encoded(noise(), progressive=True)
    assert data.count(b"\xff\xda") > 4
    assert refusal(data[: data.rindex(b"\xff\xda")]) == "truncated"


def test_a_large_jpeg_without_its_end_is_decoded_at_a_fraction() -> None:
    data = encoded(noise(1000, 750).resize((4000, 3000)), quality=60)
    assert clean_image(data[:-2]).width == 2000


def test_a_film_that_is_cut_behind_a_heic_does_not_matter() -> None:
    assert_seen(encoded(fields(), "HEIF") + struct.pack(">I4s", 5000, b"mpvd") + bytes(100))


def test_an_animation_that_is_cut_is_refused() -> None:
    frames = [noise(60, 40).rotate(angle) for angle in (90, 180)]
    data = encoded(noise(60, 40), "PNG", save_all=True, append_images=frames)
    assert refusal(data[: data.rindex(b"fdAT") + 500]) == "truncated"


def test_a_wrong_checksum_of_what_the_pixels_need_is_refused() -> None:
    data = bytearray(encoded(fields().quantize(4), "PNG"))
    at = data.index(b"PLTE")
    (size,) = struct.unpack(">I", data[at - 4 : at])
    data[at + 4 + size] ^= 0xFF
    assert refusal(bytes(data)) == "damaged"


def test_notes_that_swell_are_not_read() -> None:
    data = encoded(fields(), "PNG", exif=exif(1))
    swollen = png_chunk(b"iTXt", b"Comment\0\1\0\0\0" + zlib.compress(bytes(50 * 2**20), 9))
    assert_seen(data[:33] + swollen + data[33:])
