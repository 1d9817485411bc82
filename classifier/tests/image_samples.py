"""Pictures made for the tests of uploads: two halves of different colour, so that turning and colour show."""

from __future__ import annotations

import re
import struct
import zlib
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image
from pillow_heif import register_heif_opener

from classifier.images import ImageRefused, clean_image

register_heif_opener()  # the product only reads HEIC; its tests also write it

Colour = tuple[int, int, int]
RED, BLUE = (220, 30, 30), (30, 30, 220)
MP4 = struct.pack(">I4s4sI4s4s", 24, b"ftyp", b"mp42", 0, b"mp42", b"isom") + b"\0\0\x08\0mdat" + bytes(2040)


def halves(width: int = 64, height: int = 48) -> Image.Image:
    """A red picture whose right half is blue in its upper part."""
    image = Image.new("RGB", (width, height), RED)
    image.paste(BLUE, (width // 2, 0, width, height // 2))
    return image


def noise(width: int = 160, height: int = 120) -> Image.Image:
    """A picture that does not compress, so that a cut falls into its pixels."""
    pixels = np.random.default_rng(7).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(pixels)


def encoded(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    buffer = BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def retouched(data: bytes, number: int) -> bytes:
    """A new photo to a library that has this one: each number below 4096 gives its corner another colour."""
    image = Image.open(BytesIO(data)).convert("RGB")
    colour = (number % 16 * 16, number // 16 % 16 * 16, number // 256 % 16 * 16)
    image.paste(colour, (0, 0, image.width // 8, image.height // 8))
    return encoded(image, quality=90)


def exif(orientation: int | None = None) -> Image.Exif:
    """EXIF as a phone writes it: its maker, the place, and how the phone was held."""
    tags = Image.Exif()
    tags[0x010F] = "SecretPhoneMaker"
    if orientation:
        tags[0x0112] = orientation
    tags.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.25), 3: "E", 4: (13.0, 24.0, 17.5)})
    return tags


def cleaned(data: bytes) -> Image.Image:
    """What `clean_image` makes of an upload, decoded."""
    image = Image.open(BytesIO(clean_image(data).image))
    image.load()
    return image


def refusal(data: bytes) -> str:
    """The code with which an upload is refused; fails if it is taken."""
    try:
        clean_image(data)
    except ImageRefused as refused:
        return refused.code
    raise AssertionError("the upload was taken")


_OUR_INSIDES = re.compile(
    r"Traceback|Error|Exception|BytesIO|object at|0x|<|/|\\\\|\b(?:None|PIL|torch|libheif|errno)\b"
)


def is_one_sentence(text: str, *names: str) -> bool:
    """Whether a refusal is one sentence for a person; it may speak of the file by any of `names`."""
    for name in names:
        text = text.replace(name, "it")
    return bool(re.fullmatch(r"[A-Zi][^.!?\n]*\.", text)) and not _OUR_INSIDES.search(text)


def near(seen: Any, wanted: Colour, within: int = 40) -> bool:
    """Whether a pixel is a colour, give or take what JPEG does to it."""
    return all(abs(a - b) <= within for a, b in zip(seen, wanted, strict=True))


def png_chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_with(chunk: bytes) -> bytes:
    """A small PNG with one more chunk right after its header."""
    data = encoded(halves(), "PNG")
    return data[:33] + chunk + data[33:]


def jpeg_with(marker: int, body: bytes, image: Image.Image | None = None) -> bytes:
    """A small JPEG with one more segment right after its first two bytes."""
    data = encoded(image or halves())
    return data[:2] + bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body + data[2:]
