"""What phones and editors really write after or beside a picture must be taken."""

import random
import struct

import pytest

from classifier.images import clean_image
from classifier.tests.image_samples import (
    BLUE,
    MP4,
    cleaned,
    encoded,
    exif,
    halves,
    jpeg_with,
    near,
    noise,
    png_chunk,
    png_with,
)

SAMSUNG = b"\0\0\x30\x0a\x10\0\0\0MotionPhoto_Data" + MP4 + b"SEFH" + struct.pack("<II", 107, 1) + b"\x18\0\0\0SEFT"
XMP = b"http://ns.adobe.com/xap/1.0/\0<?xpacket begin='' id='W5M0'?><x:xmpmeta xmlns:x='adobe:ns:meta/'/>"


@pytest.mark.parametrize(
    "appended",
    [
        pytest.param(bytes(100_000), id="zero padding"),
        pytest.param(b"\xff" * 100, id="fill bytes"),
        pytest.param(b"\r\n", id="a line's end"),
        pytest.param(MP4, id="Google motion photo"),
        pytest.param(SAMSUNG, id="Samsung motion photo"),
        pytest.param(encoded(noise()), id="second picture of Ultra HDR"),
        pytest.param(b'vivo{"com.vivo.gallery":{"v":1}}', id="Vivo's notes"),
        pytest.param(random.Random(3).randbytes(4_000_000), id="a maker's own block"),
    ],
)
def test_what_phones_append_is_taken(appended: bytes) -> None:
    assert near(cleaned(encoded(halves(), exif=exif()) + appended).getpixel((56, 8)), BLUE)


def test_a_heic_with_its_film_in_a_box_is_taken() -> None:
    film = struct.pack(">I4s", 8 + len(MP4), b"mpvd") + MP4
    assert clean_image(encoded(halves(), "HEIF") + film).format == "HEIF"


def test_a_heic_with_samsungs_blocks_behind_it_is_taken() -> None:
    assert clean_image(encoded(halves(), "HEIF") + SAMSUNG).format == "HEIF"


def test_xmp_and_content_credentials_are_taken() -> None:
    logo = b"JP\0\0<svg xmlns='http://www.w3.org/2000/svg'></svg>"
    assert clean_image(jpeg_with(0xE1, XMP)).format == "JPEG"
    assert clean_image(jpeg_with(0xEB, logo)).format == "JPEG"
    assert clean_image(png_with(png_chunk(b"caBX", logo))).format == "PNG"
    box = struct.pack(">I4s", 24 + len(logo), b"uuid") + bytes.fromhex("d8fec3d61b0e483c92975828877ec481") + logo
    assert clean_image(encoded(halves(), "HEIF") + box).format == "HEIF"


def test_a_thumbnail_inside_the_exif_is_not_taken_for_the_end() -> None:
    inner = encoded(noise(40, 30))
    data = jpeg_with(0xE1, b"Exif\0\0II*\0\x08\0\0\0\0\0" + inner, noise())
    assert clean_image(data).width == 160


def test_many_random_pictures_are_never_taken_for_something_else() -> None:
    for seed in range(20):
        picture = noise(48 + seed, 64)
        for kind in ("JPEG", "PNG", "WEBP"):
            assert clean_image(encoded(picture, kind)).format == kind
