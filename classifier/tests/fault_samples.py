"""Small files of the kinds that other products read wrongly; colour_samples.py has those with unusual colours."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from PIL import Image

from classifier.tests.colour_samples import (
    GREYS,
    Numbers,
    as_gamma,
    curve_profile,
    fields,
    gamma_chunk,
    in_primaries,
    linear,
    primaries_chunk,
    profile_chunk,
    raw_png,
)
from classifier.tests.image_samples import encoded, exif, png_chunk

XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="6"/></rdf:RDF></x:xmpmeta>'
)
"""An orientation that an editor left behind when it turned the pixels."""
Made = Callable[[], bytes]
NUMBERS = [Numbers(primaries, transfer) for primaries in (1, 9, 12) for transfer in (4, 8, 13, 16, 18)]


def as_8_bits(values: np.ndarray[Any, Any]) -> Image.Image:
    return Image.fromarray((values * 255).round().astype(np.uint8))


def with_chunk(chunk: bytes, *, is_right: bool = True) -> bytes:
    """A PNG with one more chunk after its header, whose checksum may be wrong."""
    data = encoded(fields(), "PNG")
    if not is_right:
        chunk = chunk[:-1] + bytes([chunk[-1] ^ 0xFF])
    return data[:33] + chunk + data[33:]


def grey_png(depth: int, levels: tuple[int, ...], see_through: int) -> bytes:
    """Four grey fields of 1, 2 or 4 bits, of which one level is transparent."""
    rows = b""
    for half in (levels[:2], levels[2:]):
        bits = "".join(format(level, f"0{depth}b") * 120 for level in half)
        rows += (b"\0" + int(bits, 2).to_bytes(len(bits) // 8, "big")) * 80
    chunks = {
        b"IHDR": struct.pack(">IIBBBBB", 240, 160, depth, 0, 0, 0, 0),
        b"tRNS": struct.pack(">H", see_through),
        b"IDAT": zlib.compress(rows),
        b"IEND": b"",
    }
    return b"\x89PNG\r\n\x1a\n" + b"".join(png_chunk(name, content) for name, content in chunks.items())


def fading_in(kind: str, empty: Image.Image | None = None, steps: int = 6) -> bytes:
    """An animation that begins with an empty frame and grows out of it."""
    start = empty or Image.new("RGB", fields().size)
    frames = [Image.blend(start, fields(), step / steps) for step in range(1, steps + 1)]
    options: dict[str, dict[str, Any]] = {"WEBP": {"lossless": True}, "AVIF": {"speed": 10, "subsampling": "4:4:4"}}
    return encoded(start, kind, save_all=True, append_images=frames, duration=20, loop=1, **options.get(kind, {}))


def out_of_nothing(kind: str) -> bytes:
    """An animation whose first frame is wholly see-through."""
    nothing = Image.new("RGBA", fields().size, (0, 0, 0, 0))
    options: dict[str, Any] = {"disposal": 2} if kind == "GIF" else {}
    return encoded(
        nothing, kind, save_all=True, append_images=[fields().convert("RGBA")], duration=20, loop=1, **options
    )


def _light() -> np.ndarray[Any, Any]:
    return linear(fields())


LIKE_CHROMIUM: dict[str, Made] = {
    "linear profile.png": lambda: encoded(as_8_bits(_light()), "PNG", icc_profile=curve_profile(1.0, name="sRGB")),
    "linear profile.jpg": lambda: encoded(as_8_bits(_light()), quality=95, icc_profile=curve_profile(1.0)),
    "linear profile.webp": lambda: encoded(
        as_8_bits(_light()), "WEBP", lossless=True, icc_profile=curve_profile(1.0, name="sRGB")
    ),
    "linear profile.avif": lambda: encoded(as_8_bits(_light()), "AVIF", icc_profile=curve_profile(1.0)),
    **{f"numbers {told.primaries} {told.transfer}.avif": partial(told.avif, fields()) for told in NUMBERS},
    **{f"numbers {told.primaries} {told.transfer}.png": partial(told.png, fields()) for told in NUMBERS},
    "deep HDR.png": lambda: Numbers(9, 16).png(fields(), depth=16),
    "numbers over a profile.png": lambda: Numbers(12, 13).png(fields(), profile_chunk(curve_profile(1.0))),
    "gamma 1.png": lambda: raw_png(_light(), gamma_chunk(1.0)),
    "gamma 1.8 of P3.png": lambda: raw_png(
        np.clip(as_gamma(1.8)(in_primaries(_light(), 12)), 0, 1), gamma_chunk(1.8), primaries_chunk(12)
    ),
    "gamma of grey.png": lambda: raw_png(linear(fields(GREYS))[..., :1], gamma_chunk(1.0)),
    "sRGB over gamma.png": lambda: raw_png(np.asarray(fields()) / 255, png_chunk(b"sRGB", b"\0"), gamma_chunk(1.0)),
    "profile over gamma.png": lambda: raw_png(_light(), gamma_chunk(2.2), profile_chunk(curve_profile(1.0))),
    "primaries alone.png": lambda: raw_png(np.asarray(fields()) / 255, primaries_chunk(12)),
    "grey profile on colours.png": lambda: raw_png(
        np.asarray(fields()) / 255, profile_chunk(curve_profile(1.0, grey=True))
    ),
    "stale XMP.jpg": lambda: encoded(fields(), xmp=XMP),
    "stale XMP.webp": lambda: encoded(fields(), "WEBP", xmp=XMP),
    "stale XMP.avif": lambda: encoded(fields(), "AVIF", speed=10, xmp=XMP),
    "stale XMP.png": lambda: with_chunk(png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP)),
    "boxes that turn.avif": lambda: encoded(fields(), "AVIF", speed=10, exif=exif(6).tobytes()),
    "no end.jpg": lambda: encoded(fields())[:-2],
    "half an end.jpg": lambda: encoded(fields())[:-1],
    "no end, progressive.jpg": lambda: encoded(fields(), progressive=True)[:-2],
    "no end.gif": lambda: encoded(fields(), "GIF")[:-1],
    "no end of the frame.gif": lambda: encoded(fields(), "GIF")[:-2],
    "no end.png": lambda: encoded(fields(), "PNG")[:-12],
    "half an end.png": lambda: encoded(fields(), "PNG")[:-1],
    "no checksum of the pixels.png": lambda: encoded(fields(), "PNG")[:-16],
    "cut behind the picture.avif": lambda: encoded(fields(), "AVIF", speed=10) + struct.pack(">I4s", 99, b"free"),
    "wrong text.png": lambda: with_chunk(png_chunk(b"tEXt", b"Comment\0hello"), is_right=False),
    "wrong gamma.png": lambda: with_chunk(gamma_chunk(1.0), is_right=False),
    "wrong profile.png": lambda: with_chunk(profile_chunk(curve_profile(1.0)), is_right=False),
    "wrong EXIF.png": lambda: with_chunk(png_chunk(b"eXIf", exif(6).tobytes()[6:]), is_right=False),
    "long text.png": lambda: with_chunk(png_chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(3 * 2**20)))),
    "deep grey, see-through.png": lambda: raw_png(
        np.asarray(fields(GREYS))[..., :1] / 255, png_chunk(b"tRNS", struct.pack(">H", 90 * 257)), depth=16
    ),
    "4 bits, see-through.png": lambda: grey_png(4, (1, 5, 9, 14), see_through=5),
    "2 bits, see-through.png": lambda: grey_png(2, (0, 1, 2, 3), see_through=1),
    "fades in.gif": lambda: fading_in("GIF"),
    "fades in.webp": lambda: fading_in("WEBP"),
    "fades in.png": lambda: fading_in("PNG"),
    "fades in from white.gif": lambda: fading_in("GIF", Image.new("RGB", fields().size, "white")),
    "out of nothing.gif": lambda: out_of_nothing("GIF"),
    "out of nothing.webp": lambda: out_of_nothing("WEBP"),
}
"""Files that Chromium shows; what it shows is what is to be stored."""
