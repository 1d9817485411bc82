"""Whatever way a file tells its colours, they are those that a browser shows."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageCms

from classifier.images import clean_image
from classifier.tests.colour_samples import (
    FIELDS,
    GREYS,
    curve_profile,
    fields,
    linear,
    profile_chunk,
    raw_png,
    seen_in,
)
from classifier.tests.image_samples import Colour, encoded

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def assert_seen(data: bytes, colours: tuple[Colour, ...] = FIELDS, within: int = 15) -> None:
    """In the picture that is stored, and in its thumbnail."""
    clean = clean_image(data)
    for output in (clean.image, clean.thumbnail):
        seen = seen_in(Image.open(BytesIO(output)))
        assert np.abs(np.subtract(seen, colours)).max() <= within, seen


def linear_picture(colours: tuple[Colour, ...] = FIELDS) -> Image.Image:
    return Image.fromarray((linear(fields(colours)) * 255).round().astype(np.uint8))


@pytest.mark.parametrize("name", ["Linear sRGB", "sRGB", "sRGB IEC61966-2.1", "Something else"])
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "AVIF", "HEIF"])
def test_a_profile_counts_whatever_its_name_is(kind: str, name: str) -> None:
    options = {"quality": 95} if kind in ("JPEG", "WEBP") else {}
    assert_seen(encoded(linear_picture(), kind, icc_profile=curve_profile(1.0, name=name), **options))


def test_a_profile_that_changes_nothing_leaves_every_pixel() -> None:
    plain, told = encoded(fields(), "PNG"), encoded(fields(), "PNG", icc_profile=SRGB)
    assert clean_image(told).image == clean_image(plain).image


@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize("has_alpha", [False, True])
def test_grey_goes_through_its_profile(depth: int, has_alpha: bool) -> None:
    light = linear(fields(GREYS))[..., :1]
    values = np.concatenate([light, np.ones_like(light)], axis=-1) if has_alpha else light
    assert_seen(raw_png(values, profile_chunk(curve_profile(1.0, grey=True)), depth=depth), GREYS, within=4)


@pytest.mark.parametrize("kind", ["JPEG", "AVIF"])
def test_grey_in_other_formats_does_too(kind: str) -> None:
    light = Image.fromarray((linear(fields(GREYS))[..., 0] * 255).round().astype(np.uint8))
    assert_seen(encoded(light, kind, icc_profile=curve_profile(1.0, grey=True)), GREYS, within=6)


@pytest.mark.parametrize("channels", [1, 3])
def test_transparency_is_laid_on_white_after_the_profile(channels: int) -> None:
    light = linear(fields(GREYS))[..., :channels]
    half = np.concatenate([light, np.full_like(light[..., :1], 0.5)], axis=-1)
    profile = curve_profile(1.0, grey=channels == 1)
    assert_seen(raw_png(half, profile_chunk(profile)), tuple((level[0] // 2 + 128,) * 3 for level in GREYS))


def test_a_profile_for_grey_on_colours_is_ignored() -> None:
    values = np.asarray(fields(GREYS)) / 255
    assert_seen(raw_png(values, profile_chunk(curve_profile(1.0, grey=True))), GREYS)
