import pytest
from PIL import Image

from classifier.tests.colour_samples import fields
from classifier.tests.fault_samples import LIKE_CHROMIUM, XMP
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


def told_by_exif_alone(orientation: int) -> bytes:
    """A HEIC without a box that turns it: its encoder gets orientation 1, and EXIF is changed afterwards."""
    data = encoded(held(orientation), "HEIF", exif=exif(1).tobytes())
    assert b"irot" not in data
    assert b"imir" not in data
    entry = b"\x01\x12\0\3\0\0\0\1\0"
    assert data.count(entry + b"\1") == 1
    return data.replace(entry + b"\1", entry + bytes([orientation]))


@pytest.mark.parametrize("orientation", range(2, 9))
def test_a_heic_without_a_turning_box_is_turned_by_exif(orientation: int) -> None:
    assert_upright(cleaned(told_by_exif_alone(orientation)))


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "AVIF", "HEIF"])
def test_an_orientation_in_xmp_is_ignored(kind: str) -> None:
    # A browser ignores it too. An editor that turned the pixels may have left it behind.
    upright = XMP.replace(b'"6"', b'"1"')  # the encoder of HEIC would turn the picture
    data = encoded(fields(), kind, xmp=upright)
    assert upright in data
    assert cleaned(data.replace(upright, XMP)).size == (240, 160)


def test_an_orientation_in_the_xmp_of_a_png_is_ignored() -> None:
    assert cleaned(LIKE_CHROMIUM["stale XMP.png"]()).size == (240, 160)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "HEIF"])
def test_exif_counts_where_xmp_says_something_else(kind: str) -> None:
    assert_upright(cleaned(encoded(held(3), kind, exif=exif(3).tobytes(), xmp=XMP)))
