"""Pictures of four fields, whose colours are given in several ways: for the tests of classifier/colour.py.

Each shows the same colours in a browser; only the numbers in the file differ.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from classifier.tests.image_samples import Colour, encoded, png_chunk

FIELDS: tuple[Colour, ...] = ((200, 40, 40), (40, 160, 60), (40, 60, 200), (180, 180, 180))
"""Top left, top right, bottom left and bottom right, in sRGB."""
GREYS: tuple[Colour, ...] = ((30, 30, 30), (90, 90, 90), (150, 150, 150), (220, 220, 220))
SIZE = (240, 160)
PLACES = ((0.12, 0.12), (0.88, 0.12), (0.12, 0.88), (0.88, 0.88))
SDR_WHITE = 203.0
"""The brightness in candela per square metre that ITU-R BT.2408 gives white paper in an HDR picture."""

Pixels = np.ndarray[Any, np.dtype[np.float64]]

D65, DCI_WHITE = (0.3127, 0.329), (0.314, 0.351)
PRIMARIES: dict[int, tuple[tuple[float, float], ...]] = {
    1: ((0.64, 0.33), (0.3, 0.6), (0.15, 0.06), D65),
    5: ((0.64, 0.33), (0.29, 0.6), (0.15, 0.06), D65),
    9: ((0.708, 0.292), (0.17, 0.797), (0.131, 0.046), D65),
    12: ((0.68, 0.32), (0.265, 0.69), (0.15, 0.06), D65),
}
"""By the numbers of ITU-T H.273: BT.709, BT.601 (625 lines), BT.2020, Display P3."""


def fields(colours: Sequence[Colour] = FIELDS, size: tuple[int, int] = SIZE) -> Image.Image:
    """Four fields of one colour each."""
    image = Image.new("RGB", size, colours[0])
    halfway, half_down = size[0] // 2, size[1] // 2
    image.paste(colours[1], (halfway, 0, size[0], half_down))
    image.paste(colours[2], (0, half_down, halfway, size[1]))
    image.paste(colours[3], (halfway, half_down, *size))
    return image


def seen_in(image: Image.Image) -> list[Colour]:
    """The colours of the four fields."""
    picture = image.convert("RGB")
    points = [(int(across * picture.width), int(down * picture.height)) for across, down in PLACES]
    return [picture.getpixel(point) for point in points]  # type: ignore[misc]  # of RGB it is a tuple


def linear(image: Image.Image) -> Pixels:
    """Light of an sRGB picture, in [0, 1], height x width x 3."""
    share = np.asarray(image.convert("RGB"), dtype=np.float64) / 255
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


def to_xyz(primaries: tuple[tuple[float, float], ...]) -> Pixels:
    """The matrix from light in these primaries to XYZ."""
    columns = np.array([[x / y, 1.0, (1 - x - y) / y] for x, y in primaries]).T
    matrix: Pixels = columns[:, :3] * np.linalg.solve(columns[:, :3], columns[:, 3])
    return matrix


def in_primaries(light: Pixels, number: int) -> Pixels:
    return light @ (np.linalg.inv(to_xyz(PRIMARIES[number])) @ to_xyz(PRIMARIES[1])).T


def as_pq(light: Pixels) -> Pixels:
    """SMPTE ST 2084, with white at SDR_WHITE."""
    share = (np.clip(light, 0, None) * SDR_WHITE / 10_000) ** (2610 / 16384)
    return ((3424 / 4096 + 2413 / 128 * share) / (1 + 2392 / 128 * share)) ** (2523 / 32)


def as_hlg(light: Pixels) -> Pixels:
    """ARIB STD-B67 on a display of 1000 cd/m2, where white is at 75 % of the signal."""
    shown = np.clip(light, 0, None) * SDR_WHITE / 1000
    luminance = np.maximum(shown @ np.array([0.2627, 0.678, 0.0593]), 1e-9)[..., None]
    scene = shown * luminance ** (1 / 1.2 - 1)
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    signal: Pixels = np.where(scene <= 1 / 12, np.sqrt(3 * scene), a * np.log(np.maximum(12 * scene - b, 1e-9)) + c)
    return signal


def as_srgb(light: Pixels) -> Pixels:
    share = np.clip(light, 0, 1)
    return np.where(share <= 0.0031308, share * 12.92, 1.055 * share ** (1 / 2.4) - 0.055)


def as_gamma(exponent: float) -> Callable[[Pixels], Pixels]:
    return lambda light: np.clip(light, 0, 1) ** (1 / exponent)


CURVES: dict[int, Callable[[Pixels], Pixels]] = {
    4: as_gamma(2.2),
    5: as_gamma(2.8),
    8: as_gamma(1.0),
    13: as_srgb,
    16: as_pq,
    18: as_hlg,
}
"""By the numbers of H.273."""


@dataclass(frozen=True)
class Numbers:
    """Colour as H.273 tells it: how a picture is stored, and which box or chunk says so."""

    primaries: int
    transfer: int

    def stored(self, image: Image.Image) -> Pixels:
        """The values in [0, 1] that mean the picture."""
        return np.clip(CURVES[self.transfer](in_primaries(linear(image), self.primaries)), 0, 1)

    def picture(self, image: Image.Image) -> Image.Image:
        return Image.fromarray((self.stored(image) * 255).round().astype(np.uint8))

    def avif(self, image: Image.Image) -> bytes:
        return with_nclx(encoded(self.picture(image), "AVIF", quality=95, speed=10, subsampling="4:4:4"), self)

    def heic(self, image: Image.Image) -> bytes:
        return encoded(
            self.picture(image), "HEIF", chroma=444, color_primaries=self.primaries, matrix_coefficients=6,
            transfer_characteristics=self.transfer, full_range_flag=1,
        )  # fmt: skip

    def png(self, image: Image.Image, *others: bytes, depth: int = 8) -> bytes:
        """`others` are further chunks."""
        return raw_png(self.stored(image), self.chunk, *others, depth=depth)

    @property
    def chunk(self) -> bytes:
        return png_chunk(b"cICP", bytes((self.primaries, self.transfer, 0, 1)))


def with_nclx(data: bytes, numbers: Numbers) -> bytes:
    """An AVIF whose box `colr` says other numbers; the matrix and the range stay."""
    at = data.index(b"colrnclx") + 8
    return data[:at] + struct.pack(">HH", numbers.primaries, numbers.transfer) + data[at + 4 :]


def gamma_chunk(exponent: float) -> bytes:
    """Of a picture that was stored with 1 / `exponent`."""
    return png_chunk(b"gAMA", struct.pack(">I", round(100_000 / exponent)))


def primaries_chunk(number: int) -> bytes:
    red, green, blue, white = PRIMARIES[number]
    return png_chunk(b"cHRM", struct.pack(">8I", *(round(100_000 * value) for value in (*white, *red, *green, *blue))))


def profile_chunk(profile: bytes) -> bytes:
    return png_chunk(b"iCCP", b"ICC Profile\0\0" + zlib.compress(profile))


def raw_png(values: Pixels, *chunks: bytes, depth: int = 8) -> bytes:
    """A PNG of values in [0, 1], height x width x channels (1 grey, 2 grey and alpha, 3 or 4), with these chunks."""
    height, width, channels = values.shape
    most, kind = (255, ">u1") if depth == 8 else (65_535, ">u2")
    rows = (values * most).round().astype(kind).reshape(height, -1)
    pixels = b"".join(b"\0" + row.tobytes() for row in rows)
    header = struct.pack(">IIBBBBB", width, height, depth, {1: 0, 2: 4, 3: 2, 4: 6}[channels], 0, 0, 0)
    body = (png_chunk(b"IHDR", header), *chunks, png_chunk(b"IDAT", zlib.compress(pixels)), png_chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(body)


def curve_profile(exponent: float, *, grey: bool = False, name: str = "Linear sRGB") -> bytes:
    """A version 2 ICC profile with the colours of sRGB, a pure power as its curve, and this name."""
    text = name.encode() + b"\0"
    tags = {
        b"desc": b"desc\0\0\0\0" + struct.pack(">I", len(text)) + text + bytes(78),
        b"wtpt": b"XYZ \0\0\0\0" + _fixed(0.9642, 1.0, 0.8249),
    }
    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(exponent * 256)) + bytes(2)
    if grey:
        tags[b"kTRC"] = curve
    else:
        columns = {b"r": (0.4361, 0.2225, 0.0139), b"g": (0.3851, 0.7169, 0.0971), b"b": (0.1431, 0.0606, 0.7141)}
        for letter, xyz in columns.items():
            tags[letter + b"XYZ"] = b"XYZ \0\0\0\0" + _fixed(*xyz)
            tags[letter + b"TRC"] = curve
    return _profile(b"GRAY" if grey else b"RGB ", tags)


def _fixed(*values: float) -> bytes:
    return b"".join(struct.pack(">i", round(value * 65536)) for value in values)


def _profile(space: bytes, tags: dict[bytes, bytes]) -> bytes:
    table, content = struct.pack(">I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for name, value in tags.items():
        padded = value + bytes(-len(value) % 4)
        table += name + struct.pack(">II", start + len(content), len(value))
        content += padded
    size = 128 + len(table) + len(content)
    head = struct.pack(">I4sI4s4s4s", size, b"\0\0\0\0", 0x02400000, b"mntr", space, b"XYZ ") + bytes(12) + b"acsp"
    head += bytes(28) + _fixed(0.9642, 1.0, 0.8249)
    return head.ljust(128, b"\0") + table + content
