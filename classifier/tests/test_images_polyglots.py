import struct
import zipfile
from io import BytesIO

import pytest

from classifier.images import ImageRefused, clean_image
from classifier.tests.image_samples import encoded, halves, jpeg_with, png_chunk, png_with, refusal

ELF = b"\x7fELF\x02\x01\x01" + bytes(60)
KINDS = ["JPEG", "PNG", "GIF", "WEBP", "HEIF", "AVIF"]


def archive(comment: bytes = b"") -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as written:
        written.writestr("payload.txt", "hidden")
        written.comment = comment
    return buffer.getvalue()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("comment", [b"", b"x" * 60_000])
def test_a_picture_with_an_archive_behind_it_is_refused(kind: str, comment: bytes) -> None:
    data = encoded(halves(), kind) + archive(comment)
    assert zipfile.is_zipfile(BytesIO(data))
    assert refusal(data) == "polyglot"


def test_an_archive_inside_a_comment_is_refused() -> None:
    data = jpeg_with(0xFE, archive())
    assert zipfile.is_zipfile(BytesIO(data))
    assert refusal(data) == "polyglot"


def test_an_empty_archive_is_refused_too() -> None:
    assert refusal(encoded(halves()) + b"PK\x05\x06" + bytes(18)) == "polyglot"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "appended",
    [
        b"<script>alert(1)</script>",
        b"\n\n<?php system($_GET['c']); ?>",
        b"<HTML><body onload=alert(1)>",
        b"<!DOCTYPE html><p>hello</p>",
        b"<svg onload=alert(1)>",
        b"%PDF-1.4\n1 0 obj",
        b"MZ\x90\0\x03" + bytes(60),
        bytes(16) + ELF,
        b"#!/bin/sh\nrm -r ~\n",
        b"\x1f\x8b\x08\0" + bytes(30),
        b"Rar!\x1a\x07\x01\0" + bytes(30),
        b"7z\xbc\xaf\x27\x1c" + bytes(30),
        b"payload.txt".ljust(257, b"\0") + b"ustar\x0000" + bytes(248),
    ],
)
def test_a_page_a_program_or_an_archive_behind_a_picture_is_refused(kind: str, appended: bytes) -> None:
    assert refusal(encoded(halves(), kind) + appended) == "polyglot"


@pytest.mark.parametrize(
    "data",
    [
        png_with(png_chunk(b"tEXt", b"Comment\0<?php eval($_POST[1]); ?>")),
        jpeg_with(0xFE, b"<?php phpinfo(); ?>"),
        jpeg_with(0xFE, b"x" * 50 + b"<script src=x></script>"),
        jpeg_with(0xFE, b"\n%PDF-1.4\n1 0 obj"),
        jpeg_with(0xE5, b"<?php __HALT_COMPILER(); ?>"),
        encoded(halves(), "GIF", comment=b"<?php phpinfo(); ?>"),
        encoded(halves(), "WEBP", xmp=b"<svg onload=alert(1)>"),
        encoded(halves(), "JPEG", exif=b"Exif\0\0II*\0\x08\0\0\0\0\0<script>alert(1)</script>"),
    ],
)
def test_a_script_in_a_comment_is_refused(data: bytes) -> None:
    assert refusal(data) == "polyglot"


def test_a_gif_that_runs_as_javascript_is_refused() -> None:
    data = encoded(halves(), "GIF")
    assert refusal(data[:6] + b"/*" + data[8:] + b"*/=1;alert(1)//") == "polyglot"
    assert refusal(b"GIF89a=1;alert(1)//") == "polyglot"
    assert refusal(data + b";alert(document.cookie)") == "polyglot"


def test_a_jpeg_that_runs_as_javascript_is_refused() -> None:
    body = b"JFIF\0".ljust(0x2F2A - 2, b"\0")
    data = jpeg_with(0xE0, body)
    assert data[4:6] == b"/*"
    assert clean_image(data).format == "JPEG"  # the length alone is a coincidence
    script = jpeg_with(0xFE, b"*/=alert(1);/*")
    assert refusal(data[:2] + data[2 : 4 + 0x2F2A] + script[2:]) == "polyglot"


def test_the_refusal_names_what_the_picture_also_is() -> None:
    with pytest.raises(ImageRefused, match="also a ZIP archive"):
        clean_image(encoded(halves()) + archive())


def test_a_flood_of_segments_is_refused_before_a_decoder_keeps_them() -> None:
    data = encoded(halves())
    assert refusal(data[:2] + b"\xff\xfe\0\x02" * 200_000 + data[2:]) == "damaged"
    comment = b"\x21\xfe" + (b"\x01x" * 1_000_000) + b"\0"
    gif = encoded(halves(), "GIF")
    first_block = 13 + 3 * 2 ** ((gif[10] & 7) + 1)
    assert refusal(gif[:first_block] + comment + gif[first_block:]) == "damaged"


def test_a_directory_that_points_nowhere_is_not_an_archive() -> None:
    record = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 5, 5, 200, 9000, 0)
    assert clean_image(encoded(halves()) + bytes(500) + record).format == "JPEG"


def test_a_progressive_jpeg_of_endless_scans_is_refused_before_it_is_decoded() -> None:
    data = encoded(halves(), progressive=True)
    last = data[data.rindex(b"\xff\xda") : -2]
    assert clean_image(data[:-2] + last * 20 + data[-2:]).format == "JPEG"
    assert refusal(data[:-2] + last * 100 + data[-2:]) == "damaged"
