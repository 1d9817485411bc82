"""A PNG tells its transparent colour at the depth of its pixels, whatever depth Pillow reads them at."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from classifier.tests.colour_samples import GREYS, fields, raw_png
from classifier.tests.fault_samples import grey_png
from classifier.tests.image_samples import png_chunk
from classifier.tests.test_images_colours import assert_seen

WHITE = (255, 255, 255)


def test_a_level_of_sixteen_bit_grey_is_see_through() -> None:
    values = np.asarray(fields(GREYS))[..., :1] / 255
    told = png_chunk(b"tRNS", struct.pack(">H", 90 * 257))
    assert_seen(raw_png(values, told, depth=16), (GREYS[0], WHITE, *GREYS[2:]))


def test_its_neighbour_is_not() -> None:
    values = np.asarray(fields(GREYS))[..., :1] / 255
    assert_seen(raw_png(values, png_chunk(b"tRNS", struct.pack(">H", 90 * 257 + 1)), depth=16), GREYS)


@pytest.mark.parametrize(("depth", "levels"), [(4, (1, 5, 9, 14)), (2, (0, 1, 2, 3))])
def test_a_level_of_few_bits_is_see_through(depth: int, levels: tuple[int, ...]) -> None:
    seen = [(level * 255 // (2**depth - 1),) * 3 for level in levels]
    data = grey_png(depth, levels, see_through=levels[1])
    assert_seen(data, (seen[0], WHITE, seen[2], seen[3]))


def test_a_sixteen_bit_colour_is_see_through() -> None:
    values = np.asarray(fields()) / 255
    values[:80, 120:] = (0x1234 / 65_535, 0x5678 / 65_535, 0x9ABC / 65_535)
    data = raw_png(values, png_chunk(b"tRNS", struct.pack(">HHH", 0x1234, 0x5678, 0x9ABC)), depth=16)
    assert_seen(data, ((200, 40, 40), WHITE, (40, 60, 200), (180, 180, 180)))
