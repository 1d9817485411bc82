"""What is no picture, says it is one, or is something else besides; and pictures under wrong names."""

from __future__ import annotations

import gzip
import io
import random
import struct
import zipfile
from collections.abc import Iterator

from PIL import Image

from classifier.tests.image_samples import MP4, encoded, halves, jpeg_with, png_chunk, png_with
from classifier.tests.malformed.upload import AS_DRAWN, Upload

KINDS = {"JPEG": "jpg", "PNG": "png", "GIF": "gif", "WEBP": "webp", "HEIF": "heic", "AVIF": "avif"}
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>'
ENTITIES = b'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>' + SVG
PHP = b"<?php system($_GET['c']); ?>\n"
ELF = b"\x7fELF\x02\x01\x01" + bytes(60)


def other_uploads() -> Iterator[Upload]:
    yield from _no_pictures()
    yield from _polyglots()
    yield from _wrong_names()


def zipped(name: str = "payload.txt", content: bytes = b"hidden", comment: bytes = b"") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
        archive.comment = comment
    return out.getvalue()


def zip_bomb() -> bytes:
    """Nested: 8 MB of zeros a member, a hundred members, five levels down."""
    bomb = zipped("zeros", bytes(8 * 2**20))
    for _ in range(5):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for number in range(10):
                archive.writestr(zipfile.ZipInfo(f"{number}.zip"), bomb, zipfile.ZIP_DEFLATED)
        bomb = out.getvalue()
    return bomb


def _no_pictures() -> Iterator[Upload]:
    chance = random.Random(22)
    contents = {
        "empty": b"",
        "a byte": b"\xff",
        "a space": b" ",
        "zeros": bytes(5000),
        "ones": b"\xff" * 5000,
        "a word": b"hello",
        "a text": b"Dear all,\r\n\r\nthis is not a photo.\r\n" * 200,
        "a table": b"name,age\nAda,36\n" * 100,
        "json": b'{"photo": true}',
        "utf16": "not a photo".encode("utf-16"),
        "a page": b"<!DOCTYPE html><html><body onload=alert(1)></body></html>",
        "a script": b"#!/bin/sh\nrm -r ~\n",
        "php": PHP,
        "svg": SVG,
        "svg with entities": ENTITIES,
        "svg in utf16": SVG.decode().encode("utf-16"),
        "svg after a comment": b"<!-- GIF89a -->" + SVG,
        "svg gzipped": gzip.compress(SVG, mtime=0),
        "pdf": b"%PDF-1.7\n1 0 obj<</Type/Catalog/OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\n%%EOF",
        "zip": zipped(),
        "zip bomb": zip_bomb(),
        "gzip bomb": gzip.compress(bytes(16 * 2**20), mtime=0),
        "docx": zipped("word/document.xml", b"<w:document/>"),
        "exe": b"MZ\x90\0\x03" + bytes(500),
        "elf": ELF,
        "film": MP4,
        "webm": b"\x1aE\xdf\xa3" + bytes(400),
        "song": b"ID3\x04" + bytes(400),
        "wave": b"RIFF\x24\0\0\0WAVEfmt " + bytes(40),
        "photoshop": b"8BPS\0\x01" + bytes(400),
        "jpeg xl": b"\xff\x0a" + bytes(400),
        "bmp": encoded(halves(), "BMP"),
        "tiff": encoded(halves(), "TIFF"),
        "icon": encoded(halves(), "ICO"),
        "jpeg 2000": encoded(halves(), "JPEG2000"),
        "ppm": encoded(halves(), "PPM"),
        "tga": encoded(halves(), "TGA"),
        "pickle": b"cos\nsystem\n(S'true'\ntR.",
    }
    for what, data in contents.items():
        for name, content_type in ((f"{what}.jpg", "image/jpeg"), (what, "application/octet-stream")):
            yield Upload("no picture", name, data, content_type=content_type)
    magics = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF\x40\0\0\0WEBP", b"\0\0\0\x18ftypheic")
    for magic in (*magics, b"\0\0\0\x18ftypavif", b"RIFF\xff\xff\xff\xffWEBPVP8X", b"\0\0\0\x01ftypheic"):
        for length in (0, 1, 5, 17, 60, 300, 3000, 60_000):
            yield Upload("magic and noise", f"{magic.hex()} {length}.jpg", magic + chance.randbytes(length))


def _polyglots() -> Iterator[Upload]:
    behind = {
        "zip": zipped(),
        "zip with a comment": zipped(comment=b"x" * 60_000),
        "empty zip": b"PK\x05\x06" + bytes(18),
        "page": b"<HTML><body onload=alert(1)>",
        "doctype": b"<!DOCTYPE html><p>hello</p>",
        "script": b"\n<script>alert(1)</script>",
        "svg": SVG,
        "php": PHP,
        "phar": b"__HALT_COMPILER(); ?>" + bytes(40),
        "pdf": b"%PDF-1.4\n1 0 obj",
        "exe": b"MZ\x90\0\x03" + bytes(60),
        "elf": bytes(16) + ELF,
        "shell": b"#!/bin/sh\nrm -r ~\n",
        "gzip": b"\x1f\x8b\x08\0" + bytes(30),
        "rar": b"Rar!\x1a\x07\x01\0" + bytes(30),
        "7z": b"7z\xbc\xaf\x27\x1c" + bytes(30),
        "tar": b"payload.txt".ljust(257, b"\0") + b"ustar\x0000" + bytes(248),
    }
    for kind, ending in KINDS.items():
        data = encoded(halves(), kind)
        for what, appended in behind.items():
            yield Upload("polyglot", f"also {what}.{ending}", data + appended)
    gif = encoded(halves(), "GIF")
    inside = {
        "zip in a comment.jpg": jpeg_with(0xFE, zipped()),
        "php in a comment.jpg": jpeg_with(0xFE, PHP),
        "pdf in a comment.jpg": jpeg_with(0xFE, b"\n%PDF-1.4\n1 0 obj"),
        "phar in a segment.jpg": jpeg_with(0xE5, b"<?php __HALT_COMPILER(); ?>"),
        "page in the exif.jpg": encoded(halves(), exif=b"Exif\0\0II*\0\x08\0\0\0\0\0<script>alert(1)</script>"),
        "php in a text.png": png_with(png_chunk(b"tEXt", b"Comment\0" + PHP)),
        "svg in xmp.webp": encoded(halves(), "WEBP", xmp=SVG),
        "php in a comment.gif": encoded(halves(), "GIF", comment=PHP),
        "javascript.gif": gif[:6] + b"/*" + gif[8:] + b"*/=1;alert(1)//",
    }
    for name, data in inside.items():
        yield Upload("polyglot", name, data)


def _wrong_names() -> Iterator[Upload]:
    """What a file is, its bytes say: all of these are pictures, whatever they are called."""
    endings = ("jpg", "png", "gif", "webp", "heic", "avif", "bmp", "pdf", "exe", "html", "svg", "php", "zip", "JPG")
    types = ("image/jpeg", "image/svg+xml", "text/html", "application/x-php", "application/zip", "*/*", "x", "")
    for row, kind in enumerate(KINDS):
        for column, ending in enumerate(endings):
            image = halves(64 + 2 * column, 48 + 2 * row)  # none twice: a twin would not be stored
            content_type = types[(row + column) % len(types)]
            data = encoded(image, kind)
            yield Upload("wrong name", f"really {kind}.{ending}", data, True, content_type, AS_DRAWN)
    for number, content_type in enumerate(
        ("image/jpeg; charset=utf-16", "multipart/mixed", "message/rfc822", "é", "/")
    ):
        data = encoded(Image.new("RGB", (50 + number, 40)))
        yield Upload("wrong name", f"type {number}.jpg", data, True, content_type)
    yield Upload("wrong name", "riff.webp", b"RIFF" + struct.pack("<I", 2**32 - 1) + b"WEBP", content_type="image/webp")
