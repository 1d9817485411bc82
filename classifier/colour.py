"""Bring a picture to sRGB, whatever way its file tells what its colours are. Plain Python and Pillow.

A file tells it by an ICC profile, by the numbers of ITU-T H.273 (`nclx` in HEIC and AVIF, `cICP` in PNG), or by PNG's
`gAMA` and `cHRM`. Numbers become a profile, so that littleCMS converts both. HDR (PQ and HLG) has no such profile: a
table of 33 x 33 x 33 colours brings it to SDR, close to what Chromium shows on an ordinary display.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from math import exp

from PIL import Image, ImageChops, ImageCms, ImageFilter

_MAX_PROFILE = 4 * 2**20
_SAME = 1
"""A profile that changes no colour by more than this is the one of sRGB, whatever its name is."""

Point = tuple[float, float]
Matrix = tuple[tuple[float, float, float], ...]
Row = tuple[float, float, float]


@dataclass(frozen=True)
class Primaries:
    """Chromaticities (x, y) of red, green, blue and white."""

    red: Point
    green: Point
    blue: Point
    white: Point


_D65, _C, _E, _DCI = (0.3127, 0.329), (0.31, 0.316), (1 / 3, 1 / 3), (0.314, 0.351)
_SRGB = Primaries((0.64, 0.33), (0.3, 0.6), (0.15, 0.06), _D65)
_BT2020 = Primaries((0.708, 0.292), (0.17, 0.797), (0.131, 0.046), _D65)
_SMPTE_C = Primaries((0.63, 0.34), (0.31, 0.595), (0.155, 0.07), _D65)
_PRIMARIES = {
    4: Primaries((0.67, 0.33), (0.21, 0.71), (0.14, 0.08), _C),
    5: Primaries((0.64, 0.33), (0.29, 0.6), (0.15, 0.06), _D65),
    6: _SMPTE_C,
    7: _SMPTE_C,
    8: Primaries((0.681, 0.319), (0.243, 0.692), (0.145, 0.049), _C),
    9: _BT2020,
    10: Primaries((1.0, 0.0), (0.0, 1.0), (0.0, 0.0), _E),
    11: Primaries((0.68, 0.32), (0.265, 0.69), (0.15, 0.06), _DCI),
    12: Primaries((0.68, 0.32), (0.265, 0.69), (0.15, 0.06), _D65),
    22: Primaries((0.63, 0.34), (0.295, 0.605), (0.155, 0.077), _D65),
}
"""By H.273's ColourPrimaries; every other number is shown as sRGB."""

Curve = tuple[float, float, float, float, float]
"""(g, a, b, c, d): light = (a * value + b) ** g from d on, c * value below. It is ICC's parametric curve of type 3."""

_SRGB_CURVE: Curve = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
_CURVES: dict[int, Curve] = {
    4: (2.2, 1, 0, 0, 0),
    5: (2.8, 1, 0, 0, 0),
    7: (1 / 0.45, 1 / 1.1115, 0.1115 / 1.1115, 0.25, 0.0913),
    8: (1, 1, 0, 0, 0),
    17: (2.6, (52.37 / 48) ** (1 / 2.6), 0, 0, 0),
}
"""By H.273's TransferCharacteristics. The others are cameras' curves, which browsers show as sRGB's."""
PQ, HLG = 16, 18


@dataclass(frozen=True)
class Hdr:
    """A picture that may be brighter than white."""

    primaries: Primaries
    transfer: int


@dataclass(frozen=True)
class ByNumbers:
    """A profile made from numbers, which grey pictures may have too."""

    profile: bytes


Colour = bytes | ByNumbers | Hdr | None
"""What a file tells: its ICC profile, numbers, or nothing, which means sRGB."""


def colour_of_numbers(primaries: int, transfer: int) -> Colour:
    """Of the two numbers of H.273 that say which light a value means."""
    known = _PRIMARIES.get(primaries, _SRGB)
    if transfer in (PQ, HLG):
        return Hdr(known, transfer)
    curve = _CURVES.get(transfer, _SRGB_CURVE)
    return None if (known, curve) == (_SRGB, _SRGB_CURVE) else ByNumbers(_profile(known, curve))


def colour_of_gamma(stored_as: float, primaries: Primaries | None) -> Colour:
    """Of a PNG's gAMA, the exponent that light was stored with, and its cHRM if it has one."""
    if not 0.05 < stored_as < 20:
        return None
    try:
        return ByNumbers(_profile(primaries or _SRGB, (1 / stored_as, 1, 0, 0, 0)))
    except (ZeroDivisionError, struct.error):
        return None  # chromaticities that no colours have


def in_srgb(image: Image.Image, colour: Colour) -> Image.Image:
    """An L, LA, RGB, RGBA or CMYK image as RGB or RGBA in sRGB."""
    if isinstance(colour, Hdr):
        return _coloured(image).filter(_table_from_hdr(colour))
    if isinstance(colour, ByNumbers):
        image, colour = _coloured(image), colour.profile
    if colour and len(colour) <= _MAX_PROFILE:
        try:
            return _through(image, colour)
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            pass  # a broken profile, or one for another mode: shown as if it had none, as browsers do
    return _coloured(image)


def _coloured(image: Image.Image) -> Image.Image:
    """The image as RGB, or as RGBA if it has transparency."""
    mode = "RGBA" if image.mode in ("LA", "RGBA") else "RGB"
    return image if image.mode == mode else image.convert(mode)


def _through(image: Image.Image, profile: bytes) -> Image.Image:
    source = ImageCms.ImageCmsProfile(BytesIO(profile))
    if source.profile.xcolor_space.strip() == "GRAY":
        return _grey_through(image, source)
    mode = "CMYK" if image.mode == "CMYK" else "RGB"
    if image.mode in ("L", "LA"):
        raise ValueError("a profile for colours on a grey picture")
    transform = ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), mode, "RGB")
    if mode == "RGB" and _changes_nothing(transform):
        return image
    if image.mode != "RGBA":
        return ImageCms.applyTransform(image, transform) or image
    converted = ImageCms.applyTransform(image.convert("RGB"), transform)
    if converted is None:
        return image
    converted.putalpha(image.getchannel("A"))
    return converted


def _changes_nothing(transform: ImageCms.ImageCmsTransform) -> bool:
    levels = range(0, 256, 51)
    probe = Image.new("RGB", (36, 6))
    probe.putdata([(red, green, blue) for red in levels for green in levels for blue in levels])
    seen = ImageCms.applyTransform(probe, transform)
    return seen is not None and max(ImageChops.difference(probe, seen).tobytes()) <= _SAME


def _grey_through(image: Image.Image, source: ImageCms.ImageCmsProfile) -> Image.Image:
    """By a table of all greys: littleCMS rounds dark ones too coarsely when it converts a whole picture."""
    if image.mode not in ("L", "LA"):
        raise ValueError("a profile for grey on a picture in colours")
    ramp = Image.new("L", (256, 1))
    ramp.putdata(list(range(256)))
    exact = ImageCms.Flags.NOOPTIMIZE
    transform = ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), "L", "RGB", flags=exact)
    seen = ImageCms.applyTransform(ramp, transform)
    if seen is None:
        return _coloured(image)
    channels = [image.getchannel("L").point(list(channel.tobytes())) for channel in seen.split()]
    if image.mode == "L":
        return Image.merge("RGB", channels)
    return Image.merge("RGBA", [*channels, image.getchannel("A")])


def _profile(primaries: Primaries, curve: Curve) -> bytes:
    """An ICC profile (version 4) of three primaries and one curve."""
    columns = _multiplied(_to_d50(primaries.white), _to_xyz(primaries))
    trc = b"para\0\0\0\0\0\3\0\0" + _fixed(*curve)
    tags = {b"wtpt": b"XYZ \0\0\0\0" + _fixed(*_D50)}
    for place, letter in enumerate((b"r", b"g", b"b")):
        tags[letter + b"XYZ"] = b"XYZ \0\0\0\0" + _fixed(*(row[place] for row in columns))
        tags[letter + b"TRC"] = trc
    table, content, start = struct.pack(">I", len(tags)), b"", 128 + 4 + 12 * len(tags)
    for name, value in tags.items():
        table += name + struct.pack(">II", start + len(content), len(value))
        content += value
    head = struct.pack(">I4xI4s4s4s12x4s28x", start + len(content), 0x04300000, b"mntr", b"RGB ", b"XYZ ", b"acsp")
    return (head + _fixed(*_D50)).ljust(128, b"\0") + table + content


_D50: Row = (0.9642, 1.0, 0.8249)
_CONES: Matrix = ((0.8951, 0.2664, -0.1614), (-0.7502, 1.7135, 0.0367), (0.0389, -0.0685, 1.0296))
"""Bradford's, by which ICC profiles move the white point."""


def _fixed(*values: float) -> bytes:
    return struct.pack(f">{len(values)}i", *(round(value * 65536) for value in values))


def _xyz(point: Point) -> Row:
    x, y = point
    return x / y, 1.0, (1 - x - y) / y


def _to_xyz(primaries: Primaries) -> Matrix:
    points = (primaries.red, primaries.green, primaries.blue)
    columns: Matrix = (
        tuple(x for x, _ in points),
        tuple(y for _, y in points),
        tuple(1 - x - y for x, y in points),
    )  # type: ignore[assignment]  # three of each
    shares = _applied(_inverse(columns), _xyz(primaries.white))
    return tuple((row[0] * shares[0], row[1] * shares[1], row[2] * shares[2]) for row in columns)


def _to_d50(white: Point) -> Matrix:
    have, want = _applied(_CONES, _xyz(white)), _applied(_CONES, _D50)
    scaled: Matrix = tuple(
        (row[0] * want[place] / have[place], row[1] * want[place] / have[place], row[2] * want[place] / have[place])
        for place, row in enumerate(_CONES)
    )
    return _multiplied(_inverse(_CONES), scaled)


def _applied(matrix: Matrix, to: Row) -> Row:
    first, second, third = (row[0] * to[0] + row[1] * to[1] + row[2] * to[2] for row in matrix)
    return first, second, third


def _multiplied(left: Matrix, right: Matrix) -> Matrix:
    columns = [_applied(left, (right[0][place], right[1][place], right[2][place])) for place in range(3)]
    return tuple((columns[0][place], columns[1][place], columns[2][place]) for place in range(3))


def _inverse(matrix: Matrix) -> Matrix:
    (a, b, c), (d, e, f), (g, h, i) = matrix
    size = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
    cofactors = (
        (e * i - f * h, c * h - b * i, b * f - c * e),
        (f * g - d * i, a * i - c * g, c * d - a * f),
        (d * h - e * g, b * g - a * h, a * e - b * d),
    )
    return tuple((row[0] / size, row[1] / size, row[2] / size) for row in cofactors)


_WHITE, _BRIGHTEST = 203.0, 1000.0
"""Candela per square metre: of white paper in an HDR picture (ITU-R BT.2408), and of what becomes white in SDR."""
_ABOVE = _BRIGHTEST / _WHITE - 1
_STEPS = 33


@lru_cache(maxsize=4)
def _table_from_hdr(hdr: Hdr) -> ImageFilter.Color3DLUT:
    to_bt2020 = _multiplied(_inverse(_to_xyz(_BT2020)), _to_xyz(hdr.primaries))
    to_srgb = _multiplied(_inverse(_to_xyz(_SRGB)), _to_xyz(_BT2020))
    light = _light_of_pq if hdr.transfer == PQ else _light_of_hlg
    steps = [light(step / (_STEPS - 1)) for step in range(_STEPS)]

    def shown(red: float, green: float, blue: float) -> Row:
        places = (round(red * (_STEPS - 1)), round(green * (_STEPS - 1)), round(blue * (_STEPS - 1)))
        colour = _applied(to_bt2020, (steps[places[0]], steps[places[1]], steps[places[2]]))
        if hdr.transfer == HLG:
            luminance = max(0.2627 * colour[0] + 0.678 * colour[1] + 0.0593 * colour[2], 1e-6)
            system = luminance**0.2 * _BRIGHTEST / _WHITE  # BT.2100's gamma of 1.2 for a display of that brightness
            colour = (colour[0] * system, colour[1] * system, colour[2] * system)
        gain = _gain(max(colour))
        seen = _applied(to_srgb, (colour[0] * gain, colour[1] * gain, colour[2] * gain))
        return _encoded(seen[0]), _encoded(seen[1]), _encoded(seen[2])

    return ImageFilter.Color3DLUT.generate(_STEPS, shown)


def _gain(brightest: float) -> float:
    """The tone map: half of the light up to white (1.0), and above it a shoulder that ends at 1.0 for _BRIGHTEST.

    Measured against Chromium 156, which does the same within 7 of 255 for greys from 1 to 10,000 cd/m2.
    """
    if brightest <= 1:
        return 0.5
    above = min(brightest - 1, _ABOVE)
    return (0.5 + 0.5 * above / (1 + above * (_ABOVE - 1) / _ABOVE)) / brightest


def _light_of_pq(value: float) -> float:
    """SMPTE ST 2084, as a share of white."""
    root = value ** (32 / 2523)
    share: float = (max(root - 3424 / 4096, 0) / (2413 / 128 - 2392 / 128 * root)) ** (16384 / 2610)
    return share * 10_000 / _WHITE


def _light_of_hlg(value: float) -> float:
    """ARIB STD-B67, of the scene, in [0, 1]."""
    return value * value / 3 if value <= 0.5 else (exp((value - 0.55991073) / 0.17883277) + 0.28466892) / 12


def _encoded(light: float) -> float:
    light = min(max(light, 0.0), 1.0)
    return light * 12.92 if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055
