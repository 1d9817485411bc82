"""Files that every viewer opens although they are not quite whole: their end mark is missing, or a note is damaged."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from contextlib import suppress
from hashlib import blake2b
from io import BytesIO

from PIL import Image

from classifier.containers import PNG_HEAD, png_chunks
from classifier.polyglots import MalformedError, outline

_NEEDED = {b"IHDR", b"PLTE", b"IDAT", b"tRNS", b"iCCP", b"cICP", b"sRGB", b"gAMA", b"cHRM", b"eXIf"}
_OF_ANIMATIONS = {b"acTL", b"fcTL", b"fdAT"}
_IS_ANCILLARY = 0x20  # the bit of a chunk's first letter that says that a viewer can do without it
_JPEG_END = b"\xff\xd9"
_UNWRITTEN = bytes(16)
"""A file that ends in so many zeros was given its size, but not all of its content."""
_SEGMENT = re.compile(rb"\xff[\xc0-\xcf\xda-\xfe]")
_START_OF_SCAN, _START_OF_FRAME = 0xDA, {0xC0, 0xC1, 0xC2}
_NOISE = bytes(range(1, 129))
_ROWS_AT_ONCE = 64


def with_its_end(kind: str, data: bytes, *, is_whole: bool) -> bytes | None:
    """The file as its decoder takes it, or None if more is missing than its end mark, as far as its structure tells.

    Of a PNG that is nothing but what its picture needs. Of a JPEG, `has_all_pixels` looks at the pixels.
    """
    if kind == "PNG":
        return _lean_png(data, is_whole=is_whole)
    if is_whole:
        return data
    if kind == "JPEG" and not data.endswith(_UNWRITTEN) and b"\xff\xda" in data:
        return _if_whole(kind, data.removesuffix(b"\xff") + _JPEG_END)
    if kind == "GIF":
        return _if_whole(kind, data + b";") or _if_whole(kind, data + b"\0;")
    return None


def _if_whole(kind: str, data: bytes) -> bytes | None:
    with suppress(MalformedError):
        found = outline(kind, data)
        if found.whole and found.end == len(data):
            return data
    return None


def _lean_png(data: bytes, *, is_whole: bool) -> bytes | None:
    """Other chunks cannot make it unreadable then, nor can a needless one with a wrong checksum: viewers skip those."""
    parts: list[bytes | memoryview] = [PNG_HEAD]
    name, has_pixels = b"", False
    for name, chunk, is_right in png_chunks(data):
        has_pixels = has_pixels or name == b"IDAT"
        if name not in _NEEDED | _OF_ANIMATIONS or (name[0] & _IS_ANCILLARY and not is_right):
            continue
        is_cut = len(chunk) < 12 + int.from_bytes(chunk[:4], "big")
        parts.append(_png_chunk(name, bytes(chunk[8:])[: int.from_bytes(chunk[:4], "big")]) if is_cut else chunk)
    if not is_whole and (name in _OF_ANIMATIONS or not has_pixels):
        return None
    return b"".join([*parts, _png_chunk(b"IEND", b"")])


def _png_chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def has_all_pixels(jpeg: bytes, size: tuple[int, int]) -> bool:
    """Whether a JPEG that was given its end mark needs nothing more: bytes before the mark would change no pixel.

    Where pixels are missing, its decoder takes those bytes for them. `size` is what the picture is wanted for.
    """
    return _has_all_scans(jpeg) and _pixels(jpeg, size) == _pixels(jpeg[:-2] + _NOISE + _JPEG_END, size)


def _has_all_scans(jpeg: bytes) -> bool:
    """Whether every coefficient of every component came in full; a progressive JPEG refines them scan by scan."""
    missing: set[tuple[int, int]] = {(0, 0)}
    for marker, content in _segments(jpeg):
        if marker == _START_OF_SCAN:
            count = content[0]
            first, last, precision = content[1 + 2 * count : 4 + 2 * count]
            if precision & 0x0F == 0:
                names = content[1 : 1 + 2 * count : 2]
                missing -= {(name, place) for name in names for place in range(first, last + 1)}
        elif marker in _START_OF_FRAME:
            names = content[6 : 6 + 3 * content[5] : 3]
            missing = {(name, place) for name in names for place in range(64)}
    return not missing


def _segments(jpeg: bytes) -> Iterator[tuple[int, bytes]]:
    pos = 2
    while found := _SEGMENT.search(jpeg, pos):
        start = found.end()
        size = int.from_bytes(jpeg[start : start + 2], "big")
        yield found.group()[-1], jpeg[start + 2 : start + size]
        pos = start + size


def _pixels(jpeg: bytes, size: tuple[int, int]) -> bytes:
    """A digest, so that never two pictures are in memory."""
    image, digest = Image.open(BytesIO(jpeg), formats=["JPEG"]), blake2b()
    image.draft(None, size)
    image.load()
    for top in range(0, image.height, _ROWS_AT_ONCE):
        digest.update(image.crop((0, top, image.width, min(top + _ROWS_AT_ONCE, image.height))).tobytes())
    return digest.digest()
