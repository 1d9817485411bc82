"""Colours that a file tells by numbers: `nclx` in HEIC and AVIF, `cICP`, gAMA and cHRM in PNG; and HDR."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from classifier.colour import Hdr, colour_of_gamma, colour_of_numbers
from classifier.containers import main_properties
from classifier.images import clean_image
from classifier.tests.colour_samples import (
    FIELDS,
    Numbers,
    as_gamma,
    as_pq,
    curve_profile,
    fields,
    gamma_chunk,
    in_primaries,
    linear,
    raw_png,
    seen_in,
    with_nclx,
)
from classifier.tests.image_samples import cleaned, encoded, png_chunk
from classifier.tests.test_images_colours import assert_seen

SDR = [(primaries, transfer) for primaries in (1, 5, 9, 12) for transfer in (4, 5, 8, 13)]
COARSE = 22
"""Eight bits of an AVIF are coarse in a wide gamut; test_images_like_chromium.py holds it to 15 from what is shown."""
WAYS: dict[str, Callable[[Numbers], bytes]] = {
    "AVIF": lambda told: told.avif(fields()),
    "HEIC": lambda told: told.heic(fields()),
    "PNG": lambda told: told.png(fields()),
}


@pytest.mark.parametrize(("primaries", "transfer"), SDR)
@pytest.mark.parametrize("way", WAYS)
def test_numbers_count_as_a_profile_does(way: str, primaries: int, transfer: int) -> None:
    assert_seen(WAYS[way](Numbers(primaries, transfer)), within=COARSE if way == "AVIF" else 15)


@pytest.mark.parametrize("transfer", [16, 18])
@pytest.mark.parametrize("way", WAYS)
def test_hdr_keeps_hue_and_order_of_brightness(way: str, transfer: int) -> None:
    light = np.clip(linear(fields()) / 2, 0, 1)  # the tone map halves what is below white
    dimmed = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055) * 255
    wanted = tuple(seen_in(Image.fromarray(dimmed.round().astype(np.uint8))))
    assert_seen(WAYS[way](Numbers(9, transfer)), wanted, within=COARSE if way == "AVIF" else 15)


def test_highlights_of_hdr_are_told_apart() -> None:
    levels = np.array([203, 400, 600, 800, 1000, 10_000]) / 203
    values = as_pq(np.repeat(np.repeat(levels[None, :, None], 40, axis=0), 40, axis=1).repeat(3, axis=2))
    image = cleaned(raw_png(values, Numbers(9, 16).chunk, depth=16)).convert("L")
    seen = np.asarray(image)[20, 20::40].astype(int)
    chromium = [187, 223, 239, 248, 255, 255]
    assert np.abs(np.subtract(seen, chromium)).max() <= 10


def test_gamma_of_a_png_counts() -> None:
    light = linear(fields())
    assert_seen(raw_png(light, gamma_chunk(1.0)))
    assert_seen(raw_png(as_gamma(1.8)(light), gamma_chunk(1.8)))


def test_a_wider_order_of_telling_wins_in_a_png() -> None:
    """cICP before iCCP before sRGB before gAMA, as the specification has it."""
    from_profile = encoded(Image.fromarray((linear(fields()) * 255).round().astype(np.uint8)), "PNG",
                           icc_profile=curve_profile(1.0))  # fmt: skip
    assert_seen(from_profile[:33] + gamma_chunk(2.2) + from_profile[33:])
    assert_seen(raw_png(np.asarray(fields()) / 255, gamma_chunk(1.0), png_chunk(b"sRGB", b"\0")))
    p3 = np.clip(in_primaries(linear(fields()), 12), 0, 1)
    assert_seen(raw_png(p3, Numbers(12, 8).chunk, png_chunk(b"sRGB", b"\0")))


@pytest.mark.parametrize("numbers", [Numbers(2, 2), Numbers(1, 1), Numbers(0, 0), Numbers(255, 255), Numbers(3, 9)])
def test_numbers_that_say_nothing_mean_srgb(numbers: Numbers) -> None:
    assert colour_of_numbers(numbers.primaries, numbers.transfer) is None
    assert_seen(with_nclx(encoded(fields(), "AVIF", speed=10, subsampling="4:4:4"), numbers))


def test_a_profile_counts_more_than_numbers_in_an_avif() -> None:
    light = Image.fromarray((linear(fields()) * 255).round().astype(np.uint8))
    data = encoded(light, "AVIF", speed=10, subsampling="4:4:4", icc_profile=curve_profile(1.0))
    assert b"nclx" in data
    assert_seen(with_nclx(data, Numbers(9, 16)))


@pytest.mark.parametrize("gamma", [0.0, 0.001, 1000.0])
def test_a_senseless_gamma_is_ignored(gamma: float) -> None:
    assert colour_of_gamma(gamma, None) is None


def test_senseless_primaries_are_no_fault_of_the_pixels() -> None:
    for values in (bytes(32), b"\xff" * 32):
        data = raw_png(np.asarray(fields()) / 255, gamma_chunk(2.2), png_chunk(b"cHRM", values))
        assert clean_image(data).width == 240


def test_broken_boxes_have_no_properties() -> None:
    data = encoded(fields(), "AVIF", speed=10)
    assert {name for name, _ in main_properties(data)} >= {b"ispe", b"colr"}
    for length in range(0, data.index(b"mdat"), 7):
        assert main_properties(data[:length]) == [] or length > data.index(b"ipma")


def test_both_hdr_curves_are_known() -> None:
    assert all(isinstance(colour_of_numbers(9, transfer), Hdr) for transfer in (16, 18))
    assert FIELDS[3] == (180, 180, 180)
