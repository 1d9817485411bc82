import gzip
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from classifier.images import MAX_BYTES, ImageRefused, clean_image
from classifier.tests.image_samples import MP4, encoded, halves, is_one_sentence, noise, png_chunk, refusal

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def test_an_empty_file_is_refused() -> None:
    assert refusal(b"") == "empty"


def test_a_file_over_the_limit_is_refused_and_one_at_the_limit_is_not() -> None:
    data = encoded(halves())
    assert refusal(data + bytes(MAX_BYTES + 1 - len(data))) == "too_large"
    assert clean_image(data + bytes(MAX_BYTES - len(data))).format == "JPEG"


@pytest.mark.parametrize("data", [b"hello", b"\0" * 5000, b"<html><body></body></html>", b"MZ\x90\0" * 90])
def test_what_is_not_a_picture_is_refused(data: bytes) -> None:
    assert refusal(data) == "not_an_image"


@pytest.mark.parametrize(
    "data",
    [
        SVG,
        b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- drawn -->' + SVG,
        b"<!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN' ''>" + SVG,
        SVG.decode().encode("utf-16"),
    ],
)
def test_a_drawing_gets_its_own_sentence(data: bytes) -> None:
    with pytest.raises(ImageRefused, match="SVG is a drawing format") as refused:
        clean_image(data)
    assert refused.value.code == "svg"


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"%PDF-1.7\n", "PDF"),
        (b"PK\x03\x04" + bytes(40), "ZIP"),
        (gzip.compress(SVG, mtime=0), "Archive"),
        (MP4, "Video"),
        (b"\x1aE\xdf\xa3" + bytes(40), "Video"),
        (b"8BPS\0\1" + bytes(40), "Photoshop"),
        (encoded(halves(), "BMP"), "BMP"),
        (encoded(halves(), "TIFF"), "TIFF"),
        (encoded(halves(), "ICO"), "Icon"),
        (encoded(halves(), "JPEG2000"), "JPEG 2000"),
    ],
)
def test_a_known_format_is_refused_by_its_name_with_what_is_accepted(data: bytes, word: str) -> None:
    with pytest.raises(ImageRefused, match=f"^{word}.* not supported.*JPEG, PNG, WebP, HEIC") as refused:
        clean_image(data)
    assert refused.value.code == "unsupported_type"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "HEIF", "AVIF"])
def test_a_picture_cut_anywhere_is_refused(kind: str) -> None:
    data = encoded(noise(), kind)
    for tenth in range(1, 10):
        assert refusal(data[: len(data) * tenth // 10]) == "truncated"


@pytest.mark.parametrize("kind", ["WEBP", "HEIF", "AVIF"])
def test_one_byte_too_few_is_refused(kind: str) -> None:
    assert refusal(encoded(noise(), kind)[:-1]) == "truncated"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF"])
def test_a_missing_end_mark_does_not_hide_missing_pixels(kind: str) -> None:
    data = encoded(noise(), kind)
    whole = {"JPEG": len(data) - 2, "PNG": len(data) - 16, "GIF": len(data) - 2}[kind]
    for fewer in (100, 200, 400):
        assert refusal(data[: whole - fewer]) == "truncated"


@pytest.mark.parametrize("options", [{"progressive": True}, {"restart_marker_rows": 1}])
def test_a_cut_is_found_in_every_flavour_of_jpeg(options: dict[str, Any]) -> None:
    data = encoded(noise(2400, 1800).resize((4800, 3600)), quality=40, **options)
    for tenth in range(1, 10):
        assert refusal(data[: len(data) * tenth // 10]) == "truncated"


def test_a_photo_whose_end_was_never_written_is_refused() -> None:
    data = encoded(noise())
    assert refusal(data[: len(data) // 2] + bytes(len(data) // 2)) == "truncated"


def declared(width: int, height: int) -> bytes:
    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x02\0\0\0"
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + png_chunk(b"IEND", b"")


def gif_with_frame(width: int, height: int) -> bytes:
    data = bytearray(encoded(Image.new("P", (8, 8)), "GIF"))
    frame = data.index(b"\x2c\0\0\0\0\x08\0\x08\0")
    data[frame + 5 : frame + 9] = width.to_bytes(2, "little") + height.to_bytes(2, "little")
    return bytes(data)


def webp_with_canvas(side: int) -> bytes:
    picture = encoded(Image.new("RGB", (8, 8)), "WEBP", lossless=True)[12:]
    body = b"VP8X\x0a\0\0\0\0\0\0\0" + (side - 1).to_bytes(3, "little") * 2 + picture
    return b"RIFF" + (len(body) + 4).to_bytes(4, "little") + b"WEBP" + body


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize(
    "data",
    [
        declared(10_000, 8_001),
        declared(50_000, 50_000),
        declared(2**31 - 1, 2**31 - 1),
        gif_with_frame(65_535, 65_535),
        webp_with_canvas(16_383),
        encoded(halves()).replace(b"\0\x30\0\x40\x03", b"\xff\xff\xff\xff\x03"),
    ],
)
def test_a_decompression_bomb_is_refused_before_it_is_decoded(data: bytes) -> None:
    assert refusal(data) == "too_many_pixels"


def test_a_header_that_promises_eighty_megapixels_exactly_is_judged_by_its_pixels() -> None:
    assert refusal(declared(10_000, 8_000)) in ("truncated", "damaged")


@pytest.mark.parametrize("data", [b"", b"nothing", b"%PDF-1.4", SVG, encoded(noise())[:500], declared(9, 9)])
def test_every_refusal_is_one_plain_sentence(data: bytes) -> None:
    with pytest.raises(ImageRefused) as refused:
        clean_image(data)
    assert is_one_sentence(str(refused.value))
    assert len(str(refused.value)) < 120


def test_a_format_that_only_other_plugins_read_is_never_tried() -> None:
    buffer = BytesIO()
    halves().save(buffer, "PPM")
    assert refusal(buffer.getvalue()) == "not_an_image"
