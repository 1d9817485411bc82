from hashlib import sha256
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from classifier.images import MAX_SIDE, THUMBNAIL_SIDE, clean_image
from classifier.tests.image_samples import BLUE, RED, cleaned, encoded, halves, near, noise


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "HEIF", "AVIF"])
def test_every_accepted_format_becomes_the_same_picture(kind: str) -> None:
    data = encoded(halves(), kind)
    clean = clean_image(data)
    image = cleaned(data)
    assert (clean.format, clean.width, clean.height) == (kind, 64, 48)
    assert clean.sha256 == sha256(data).hexdigest()
    assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (64, 48))
    assert near(image.getpixel((8, 8)), RED)
    assert near(image.getpixel((56, 8)), BLUE)


@pytest.mark.parametrize("options", [{"progressive": True}, {"quality": 100, "subsampling": 0}])
def test_it_reads_every_flavour_of_jpeg(options: dict[str, Any]) -> None:
    assert near(cleaned(encoded(halves(), **options)).getpixel((56, 8)), BLUE)


def test_a_press_jpeg_in_four_inks_keeps_its_colours() -> None:
    assert near(cleaned(encoded(halves().convert("CMYK"))).getpixel((8, 8)), RED)


@pytest.mark.parametrize("mode", ["1", "L"])
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_grey_picture_becomes_rgb(mode: str, kind: str) -> None:
    image = cleaned(encoded(Image.new(mode, (40, 30), 255), kind))
    assert image.mode == "RGB"
    assert near(image.getpixel((5, 5)), (255, 255, 255), 3)


def test_sixteen_bit_grey_is_scaled_and_not_clipped_to_white() -> None:
    image = cleaned(encoded(Image.new("I;16", (40, 30), 0x8000), "PNG"))
    assert near(image.getpixel((5, 5)), (128, 128, 128), 3)


def test_sixteen_bit_grey_of_any_size_is_shrunk() -> None:
    image = cleaned(encoded(Image.new("I;16", (8200, 30), 0x8000), "PNG"))
    assert image.size == (MAX_SIDE, 7)
    assert near(image.getpixel((1000, 3)), (128, 128, 128), 3)


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF", "HEIF", "AVIF"])
def test_transparency_turns_white(kind: str) -> None:
    drawn = halves().convert("RGBA")
    drawn.paste((0, 0, 0, 0), (0, 0, 32, 48))
    image = cleaned(encoded(drawn, kind))
    assert near(image.getpixel((8, 8)), (255, 255, 255))
    assert near(image.getpixel((56, 8)), BLUE)


def test_a_palette_with_a_transparent_colour_turns_white_there() -> None:
    palette = Image.new("P", (40, 30), 1)
    palette.putpalette([0, 0, 0, *RED, *BLUE])
    palette.paste(2, (20, 0, 40, 30))
    image = cleaned(encoded(palette, "PNG", transparency=1))
    assert near(image.getpixel((5, 5)), (255, 255, 255))
    assert near(image.getpixel((35, 5)), BLUE)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "AVIF", "MPO"])
def test_of_several_pictures_the_first_is_taken(kind: str) -> None:
    second = Image.new("RGB", (64, 48), (0, 255, 0))
    data = encoded(halves(), kind, save_all=True, append_images=[second, second])
    assert near(cleaned(data).getpixel((56, 8)), BLUE)


def test_a_large_photo_is_brought_down_to_the_limit() -> None:
    clean = clean_image(encoded(Image.new("RGB", (3000, 1500)), quality=50))
    assert (clean.width, clean.height) == (MAX_SIDE, MAX_SIDE // 2)
    thumbnail = Image.open(BytesIO(clean.thumbnail))
    assert (thumbnail.format, thumbnail.size) == ("WEBP", (THUMBNAIL_SIDE, THUMBNAIL_SIDE // 2))


def test_a_twelve_megapixel_photo_is_decoded_at_half_its_size() -> None:
    clean = clean_image(encoded(Image.new("RGB", (4032, 3024)), quality=50))
    assert (clean.width, clean.height) == (2016, 1512)


@pytest.mark.parametrize("size", [(1, 1), (10_000, 1), (1, 10_000), (2, 65_000)])
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_extreme_shapes_keep_at_least_one_pixel(size: tuple[int, int], kind: str) -> None:
    clean = clean_image(encoded(Image.new("RGB", size, RED), kind))
    assert min(clean.width, clean.height) >= 1
    assert max(clean.width, clean.height) <= MAX_SIDE
    assert max(Image.open(BytesIO(clean.thumbnail)).size) <= THUMBNAIL_SIDE


def test_a_small_photo_keeps_its_size_and_its_detail() -> None:
    original = noise()
    image = cleaned(encoded(original, quality=95))
    assert image.size == original.size
    assert len(set(image.convert("L").tobytes())) > 100
