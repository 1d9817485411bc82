import pytest
from PIL import Image

from classifier.tests.image_samples import BLUE, RED, cleaned, encoded, exif, halves, near

UNDO = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def held(orientation: int, size: tuple[int, int] = (64, 48)) -> Image.Image:
    """The picture as the sensor of a phone held in that way sees it."""
    undo = UNDO[orientation]
    return halves(*size) if undo is None else halves(*size).transpose(undo)


def assert_upright(image: Image.Image) -> None:
    width, height = image.size
    assert width > height
    assert near(image.getpixel((width - 3, 2)), BLUE)
    for corner in ((2, 2), (2, height - 3), (width - 3, height - 3)):
        assert near(image.getpixel(corner), RED)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "HEIF"])
def test_a_photo_is_turned_upright(kind: str, orientation: int) -> None:
    assert_upright(cleaned(encoded(held(orientation), kind, exif=exif(orientation).tobytes())))


@pytest.mark.parametrize("orientation", [3, 6])
def test_a_photo_decoded_at_a_fraction_is_turned_too(orientation: int) -> None:
    assert_upright(cleaned(encoded(held(orientation, (4400, 3300)), quality=60, exif=exif(orientation))))


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_an_orientation_that_does_not_exist_is_ignored(orientation: int) -> None:
    assert_upright(cleaned(encoded(halves(), exif=exif(orientation))))


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
@pytest.mark.parametrize("broken", [b"", b"II*\0", b"MM\0*\xff\xff\xff\xff", b"II*\0\x08\0\0\0\xff\xff" + b"\xff" * 40])
def test_broken_exif_says_nothing_against_the_picture(broken: bytes) -> None:
    assert_upright(cleaned(encoded(halves(), exif=b"Exif\0\0" + broken)))
