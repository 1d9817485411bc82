"""Few bytes that would become very many; all of them are refused before they do."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from functools import cache

from PIL import Image

from classifier.tests.image_samples import encoded, halves, png_chunk
from classifier.tests.malformed.upload import Upload

SIDES = ((10_000, 8_001), (16_383, 16_383), (65_535, 65_535), (65_500, 1_300), (1_300, 65_500))


def bomb_uploads() -> Iterator[Upload]:
    for name, data in (*_vast(), *_honest(), *_long(), *_lies()):
        yield Upload("bomb", name, data)
    for name, data in _nothing():
        yield Upload("no pixels", name, data)


def png_of(
    width: int, height: int, depth: int = 8, colour_type: int = 2, pixels: bytes = b"", extra: bytes = b""
) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, 0)
    parts = png_chunk(b"IHDR", header) + extra + png_chunk(b"IDAT", pixels) + png_chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def flat_png(width: int, height: int, depth: int = 1, colour_type: int = 0) -> bytes:
    """A real one, every pixel of it: zeros compress a thousandfold."""
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour_type]
    squeeze = zlib.compressobj(1)
    row = bytes(1 + (width * depth * channels + 7) // 8)
    rows_at_once = max(1, 2**20 // len(row))
    parts = [squeeze.compress(row * min(rows_at_once, height - top)) for top in range(0, height, rows_at_once)]
    palette = png_chunk(b"PLTE", bytes(6)) if colour_type == 3 else b""
    return png_of(width, height, depth, colour_type, b"".join(parts) + squeeze.flush(), palette)


def flat_webp(width: int, height: int) -> bytes:
    """A real one too, in some forty bytes: one colour takes no bits, so its size is a number in the header."""
    data = bytearray(encoded(Image.new("RGB", (8, 8), (200, 30, 30)), "WEBP", lossless=True))
    at = data.index(b"VP8L") + 9
    bits = int.from_bytes(data[at : at + 4], "little") >> 28 << 28
    data[at : at + 4] = (bits | (width - 1) | (height - 1) << 14).to_bytes(4, "little")
    return bytes(data)


def lying(kind: str, width: int, height: int, real: tuple[int, int] = (64, 48)) -> bytes:
    """HEIC or AVIF whose container says another size than its stream."""
    data = bytearray(_sound(kind, real))
    at = data.find(b"ispe")
    while at >= 0:
        data[at + 8 : at + 16] = struct.pack(">II", width, height)
        at = data.find(b"ispe", at + 4)
    return bytes(data)


@cache  # encoding a HEIC is slow
def _sound(kind: str, size: tuple[int, int]) -> bytes:
    return encoded(halves(*size), kind, **({"speed": 10} if kind == "AVIF" else {}))


def sized_jpeg(width: int, height: int, *, progressive: bool = False) -> bytes:
    data = encoded(halves(), progressive=progressive)
    return data.replace(b"\0\x30\0\x40\x03", struct.pack(">HHB", height, width, 3))


def sized_gif(screen: tuple[int, int], frame: tuple[int, int]) -> bytes:
    data = bytearray(encoded(Image.new("P", (8, 8)), "GIF"))
    at = data.index(b"\x2c\0\0\0\0\x08\0\x08\0")
    data[6:10] = struct.pack("<HH", *screen)
    data[at + 5 : at + 9] = struct.pack("<HH", *frame)
    return bytes(data)


def canvas_webp(width: int, height: int, flags: int = 0) -> bytes:
    picture = encoded(Image.new("RGB", (8, 8)), "WEBP", lossless=True)[12:]
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    content = b"VP8X\x0a\0\0\0" + bytes((flags, 0, 0, 0)) + size + picture
    return b"RIFF" + struct.pack("<I", len(content) + 4) + b"WEBP" + content


def _vast() -> Iterator[tuple[str, bytes]]:
    """Headers that promise more than is taken."""
    for width, height in SIDES:
        size = f"{width} by {height}"
        yield f"{size}.jpg", sized_jpeg(width, height)
        yield f"{size} progressive.jpg", sized_jpeg(width, height, progressive=True)
        for colour_type in (0, 2, 6):
            yield f"{size} of {colour_type}.png", png_of(width, height, 8, colour_type)
        yield f"{size} deep.png", png_of(width, height, 16, 6)
        yield f"{size} screen.gif", sized_gif((width, height), (8, 8))
        yield f"{size} frame.gif", sized_gif((8, 8), (width, height))
        yield f"{size} both.gif", sized_gif((width, height), (width, height))
        yield f"{size} canvas.webp", canvas_webp(width, height)
        yield f"{size} moving canvas.webp", canvas_webp(width, height, 2)
        yield f"{size}.heic", lying("HEIF", width, height)
        yield f"{size}.avif", lying("AVIF", width, height)
    for width, height in ((2**31 - 1, 2**31 - 1), (2**31, 1), (2**32 - 1, 2**32 - 1), (2**31 - 1, 1), (1, 2**31 - 1)):
        yield f"{width} by {height}.png", png_of(width, height)
        yield f"{width} by {height}.heic", lying("HEIF", width, height)
        yield f"{width} by {height}.avif", lying("AVIF", width, height)
    for side in (2**24, 2**20):
        yield f"canvas of {side}.webp", canvas_webp(side, side)


def _honest() -> Iterator[tuple[str, bytes]]:
    """Every pixel is there."""
    yield "a billion bits.png", flat_png(32_000, 32_000)
    yield "palette.png", flat_png(20_000, 20_000, 1, 3)
    yield "true colour.png", flat_png(9_500, 9_500, 8, 2)
    for width, height in ((10_000, 8_001), (16_383, 16_383), (16_383, 4_900)):
        yield f"{width} by {height} real.webp", flat_webp(width, height)


def _long() -> Iterator[tuple[str, bytes]]:
    """Not wide, but with parts without end, or parts that swell."""
    jpeg, gif = encoded(halves()), encoded(halves(), "GIF")
    yield "60,000 comments.jpg", jpeg[:2] + b"\xff\xfe\0\x02" * 60_000 + jpeg[2:]
    yield "60,000 chunks.png", png_of(8, 8, extra=png_chunk(b"abcd", b"") * 60_000)
    yield "comments.gif", gif[:-1] + (b"\x21\xfe\xff" + bytes(255) + b"\0") * 5000 + b";"
    yield (
        "60,000 frames.gif",
        encoded(Image.new("P", (1, 1)), "GIF")[:-1] + (b"\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0" * 60_000) + b";",
    )
    scans = encoded(halves(), progressive=True)
    start = scans.rindex(b"\xff\xda")
    yield "a hundred scans.jpg", scans[:-2] + scans[start:-2] * 100 + scans[-2:]
    swollen = zlib.compress(bytes(100 * 2**20), 9)
    yield "swollen text.png", png_of(8, 8, extra=png_chunk(b"zTXt", b"Comment\0\0" + swollen))
    yield "swollen i18n.png", png_of(8, 8, extra=png_chunk(b"iTXt", b"Comment\0\x01\0\0\0" + swollen))
    yield "swollen profile.png", png_of(8, 8, extra=png_chunk(b"iCCP", b"icc\0\0" + swollen))
    yield "too many bytes.jpg", jpeg + bytes(20 * 2**20)


def _lies() -> Iterator[tuple[str, bytes]]:
    for kind, ending in (("HEIF", "heic"), ("AVIF", "avif")):
        for width, height in ((0, 0), (0, 48), (64, 0)):
            yield f"says {width} by {height}.{ending}", lying(kind, width, height)


def _nothing() -> Iterator[tuple[str, bytes]]:
    for width, height in ((0, 0), (0, 48), (64, 0)):
        yield f"{width} by {height}.jpg", sized_jpeg(width, height)
        yield f"{width} by {height}.png", png_of(width, height)
        yield f"{width} by {height}.gif", sized_gif((width, height), (width, height))
    for depth, colour_type in ((3, 0), (0, 2), (16, 3), (8, 1), (8, 5), (255, 255), (1, 2)):
        yield f"depth {depth} of type {colour_type}.png", png_of(8, 8, depth, colour_type, zlib.compress(bytes(900)))
    yield "no pixels.png", png_of(8, 8)
    yield "too few pixels.png", png_of(800, 800, pixels=zlib.compress(bytes(800)))
    yield "broken pixels.png", png_of(8, 8, pixels=b"\x78\x9c" + b"\xff" * 90)
