"""What PNG, HEIC and AVIF say beside their pixels, and Pillow does not read: colours by numbers, and how to turn."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from contextlib import suppress

from classifier.colour import Colour, Primaries, colour_of_gamma, colour_of_numbers

PNG_HEAD = b"\x89PNG\r\n\x1a\n"


def png_chunks(data: bytes) -> Iterator[tuple[bytes, memoryview, bool]]:
    """Name, whole chunk and whether its checksum is right; the last one may be cut short."""
    view, pos = memoryview(data), len(PNG_HEAD)
    while pos + 8 <= len(data):
        size, name = int.from_bytes(view[pos : pos + 4], "big"), bytes(view[pos + 4 : pos + 8])
        stop = pos + 12 + size
        checksum = zlib.crc32(view[pos + 4 : stop - 4]).to_bytes(4, "big")
        yield name, view[pos:stop], stop <= len(data) and checksum == view[stop - 4 : stop]
        if name == b"IEND":
            return
        pos = stop


def png_colour(data: bytes, profile: bytes | None) -> Colour:
    """What a PNG says of its colours, in the order of the PNG specification: cICP, iCCP, sRGB, gAMA with cHRM."""
    found: dict[bytes, bytes] = {}
    for name, chunk, is_right in png_chunks(data):
        if name in (b"IDAT", b"IEND"):
            break
        if is_right and name in (b"cICP", b"sRGB", b"gAMA", b"cHRM"):
            found[name] = bytes(chunk[8:-4])
    numbers = found.get(b"cICP", b"")
    if len(numbers) == 4 and numbers[2] == 0:
        return colour_of_numbers(numbers[0], numbers[1])
    if profile or b"sRGB" in found or len(found.get(b"gAMA", b"")) != 4:
        return profile
    (gamma,) = struct.unpack(">I", found[b"gAMA"])
    return colour_of_gamma(gamma / 100_000, _png_primaries(found.get(b"cHRM", b"")))


def _png_primaries(chunk: bytes) -> Primaries | None:
    if len(chunk) != 32:
        return None
    values = [value / 100_000 for value in struct.unpack(">8I", chunk)]
    white, red, green, blue = zip(values[::2], values[1::2], strict=True)
    return Primaries(red, green, blue, white)


def colour_in_boxes(data: bytes) -> Colour:
    """What the numbers say (`nclx`) that stand beside the main picture of an AVIF."""
    for name, content in main_properties(data):
        if name == b"colr" and content[:4] == b"nclx" and len(content) >= 8:
            return colour_of_numbers(*struct.unpack(">HH", content[4:8]))
    return None


def is_turned_by_boxes(data: bytes) -> bool:
    """Whether the main picture of a HEIC says itself how it is turned; its EXIF has no say then."""
    return any(name in (b"irot", b"imir") for name, _ in main_properties(data))


def main_properties(data: bytes) -> list[tuple[bytes, bytes]]:
    """Names and contents of the properties of the main picture (ISO/IEC 23008-12); none where the boxes are broken."""
    with suppress(IndexError, struct.error, StopIteration):
        meta = _box(memoryview(data), b"meta")[4:]
        item = _number(_box(meta, b"pitm"), 4, 4 if _box(meta, b"pitm")[0] else 2)
        container = _box(meta, b"iprp")
        properties = list(_boxes(_box(container, b"ipco")))
        places = _associated(_box(container, b"ipma"), item)
        return [(name, bytes(content)) for name, content in (properties[place - 1] for place in places if place)]
    return []


def _boxes(content: memoryview) -> Iterator[tuple[bytes, memoryview]]:
    pos = 0
    while pos + 8 <= len(content):
        size, name, head = _number(content, pos, 4), bytes(content[pos + 4 : pos + 8]), 8
        if size == 1:
            size, head = _number(content, pos + 8, 8), 16
        stop = pos + size if size else len(content)
        if stop < pos + head:
            return
        yield name, content[pos + head : stop]
        pos = stop


def _box(content: memoryview, wanted: bytes) -> memoryview:
    return next(inside for name, inside in _boxes(content) if name == wanted)


def _number(content: memoryview, pos: int, size: int) -> int:
    if pos + size > len(content):
        raise IndexError
    return int.from_bytes(content[pos : pos + size], "big")


def _associated(content: memoryview, item: int) -> list[int]:
    """The places, counted from 1, of the properties of an item."""
    version, is_wide, pos = content[0], content[3] & 1, 8
    for _ in range(_number(content, 4, 4)):
        size = 4 if version else 2
        found, count = _number(content, pos, size), _number(content, pos + size, 1)
        pos += size + 1
        width = 2 if is_wide else 1
        if found == item:
            mask = 0x7FFF if is_wide else 0x7F  # the first bit says that a reader must know the property
            return [_number(content, pos + place * width, width) & mask for place in range(count)]
        pos += count * width
    return []
