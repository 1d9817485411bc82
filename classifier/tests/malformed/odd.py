"""Odd, but sound: these are taken, and look as they should."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np
from PIL import Image, ImageCms

from classifier.tests.image_samples import BLUE, RED, encoded, exif, halves, png_chunk
from classifier.tests.malformed.upload import AS_DRAWN, LOWER_LEFT, LOWER_RIGHT, UPPER_LEFT, UPPER_RIGHT, Upload

GREEN, WHITE = (0, 255, 0), (255, 255, 255)
WITH_EXIF = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "AVIF": "avif"}
BLUE_SEEN_AT = {
    **dict.fromkeys((1, 0, 9, 255, 65_535), UPPER_RIGHT),
    2: UPPER_LEFT,
    3: LOWER_LEFT,
    4: LOWER_RIGHT,
    5: LOWER_LEFT,
    6: LOWER_RIGHT,
    7: UPPER_RIGHT,
    8: UPPER_LEFT,
}
"""Where the blue quarter is seen, by the EXIF orientation; one that there is none of turns nothing."""


def odd_uploads() -> Iterator[Upload]:
    for family, pictures in (
        ("orientation", _turned()),
        ("exif", _broken_exif()),
        ("profile", _profiles()),
        ("inks and depths", _inks_and_depths()),
        ("several pictures", _several()),
        ("shape", _shapes()),
    ):
        for name, data, looks in pictures:
            yield Upload(family, name, data, True, looks=looks)


Pictures = Iterator[tuple[str, bytes, Any]]


def _turned() -> Pictures:
    for kind, ending in WITH_EXIF.items():
        for orientation, blue in BLUE_SEEN_AT.items():
            others = ({UPPER_LEFT, UPPER_RIGHT, LOWER_LEFT, LOWER_RIGHT}) - {blue}
            looks = ((blue, BLUE), *((corner, RED) for corner in sorted(others)))
            tags = exif(orientation)
            tags[0x0112] = orientation
            yield f"turned {orientation}.{ending}", encoded(halves(), kind, exif=tags), looks


def _broken_exif() -> Pictures:
    """EXIF that is broken says nothing against the pixels."""
    tiff = b"Exif\0\0"
    entry = struct.Struct("<HHII")
    ifd = b"II*\0\x08\0\0\0"
    broken = {
        "empty": b"",
        "the name alone": tiff,
        "no byte order": tiff + b"XX*\0\x08\0\0\0",
        "cut header": tiff + b"II*",
        "another version": tiff + b"II+\0\x08\0\0\0\0\0",
        "far offset": tiff + b"II*\0\xff\xff\xff\xff",
        "itself": tiff + b"II*\0\0\0\0\0",
        "many tags": tiff + ifd + b"\xff\xff" + b"\xff" * 600,
        "no end": tiff + ifd + b"\x01\0" + entry.pack(0x0112, 3, 1, 6)[:7],
        "a loop": tiff + ifd + b"\x01\0" + entry.pack(0x8769, 4, 1, 8) + b"\x08\0\0\0",
        "orientation as text": tiff + ifd + b"\x01\0" + entry.pack(0x0112, 2, 4, 0x00333333) + bytes(4),
        "orientation far away": tiff + ifd + b"\x01\0" + entry.pack(0x0112, 5, 9, 2**31) + bytes(4),
        "orientation of nothing": tiff + ifd + b"\x01\0" + entry.pack(0x0112, 3, 0, 0) + bytes(4),
        "orientation by zero": tiff + ifd + b"\x01\0" + entry.pack(0x0112, 5, 1, 26) + bytes(4) + bytes(8),
        "many values": tiff + ifd + b"\x01\0" + entry.pack(0x0112, 3, 2**32 - 1, 8) + bytes(4),
        "unknown type": tiff + ifd + b"\x01\0" + entry.pack(0x0112, 99, 1, 6) + bytes(4),
        "place beyond": tiff + ifd + b"\x01\0" + entry.pack(0x8825, 4, 1, 60_000) + bytes(4),
        "big endian": tiff + b"MM\0*\0\0\0\x08\0\x01" + struct.pack(">HHIHH", 0x0112, 3, 1, 1, 0) + bytes(4),
        "long": tiff + ifd + b"\0\0" + bytes(range(256)) * 200,
    }
    for what, bytes_ in broken.items():
        for kind, ending in WITH_EXIF.items():
            if kind != "AVIF":  # whose encoder refuses to write it
                image = halves(64 + 2 * len(bytes_) % 40, 48)
                yield f"exif {what}.{ending}", encoded(image, kind, exif=bytes_), AS_DRAWN


def _profiles() -> Pictures:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    xyz = ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ")).tobytes()
    broken = {
        "srgb": srgb,
        "of one byte": b"\0",
        "of zeros": bytes(200),
        "of ones": b"\xff" * 200,
        "cut": srgb[:100],
        "cut later": srgb[:-60],
        "that lies about its size": b"\xff\xff\xff\xff" + srgb[4:],
        "of nothing": struct.pack(">I", 128) + srgb[4:128],
        "with far tags": srgb[:132] + b"\xff" * 60 + srgb[192:],
        "with many tags": srgb[:128] + b"\x7f\xff\xff\xff" + srgb[132:],
        "of Lab": lab,
        "of XYZ": xyz,
        "of another class": srgb[:12] + b"link" + srgb[16:],
        "of grey": srgb[:16] + b"GRAY" + srgb[20:],
        "of inks": srgb[:16] + b"CMYK" + srgb[20:],
        "with a text": srgb[:36] + b"<svg" + srgb[40:],
        "long": srgb + bytes(60_000),
    }
    for what, profile in broken.items():
        for kind, ending in {**WITH_EXIF, "HEIF": "heic"}.items():
            yield f"profile {what}.{ending}", encoded(halves(), kind, icc_profile=profile), AS_DRAWN
    for mode in ("L", "CMYK"):
        image = halves().convert(mode)
        yield f"srgb on {mode}.jpg", encoded(image, icc_profile=srgb), () if mode == "L" else AS_DRAWN


def _inks_and_depths() -> Pictures:
    picture = halves()
    yield "inks.jpg", encoded(picture.convert("CMYK")), AS_DRAWN
    yield "inks, fine.jpg", encoded(picture.convert("CMYK"), quality=95, progressive=True), AS_DRAWN
    yield "fine.jpg", encoded(picture, quality=100, subsampling=0), AS_DRAWN
    yield "coarse.jpg", encoded(picture, quality=60, subsampling=2), AS_DRAWN
    for kind, ending in (("PNG", "png"), ("GIF", "gif")):
        for colours in (2, 4, 16, 256):
            image = picture.quantize(colours, method=Image.Quantize.MEDIANCUT)
            yield f"{colours} colours.{ending}", encoded(image, kind), AS_DRAWN
    for mode in ("1", "L"):
        for kind, ending in (("JPEG", "jpg"), ("PNG", "png"), ("GIF", "gif"), ("WEBP", "webp")):
            image = Image.new(mode, (41, 31), 255)
            yield f"white {mode}.{ending}", encoded(image, kind), ((UPPER_LEFT, WHITE), (LOWER_RIGHT, WHITE))
    grey = ((UPPER_LEFT, (128, 128, 128)), (LOWER_RIGHT, (128, 128, 128)))
    yield "sixteen bit grey.png", encoded(Image.new("I;16", (40, 30), 0x8000), "PNG"), grey
    for depth, colour_type in ((16, 2), (16, 6), (16, 4), (8, 4), (4, 0), (2, 0)):
        yield f"depth {depth} type {colour_type}.png", _raw_png(depth, colour_type), ((UPPER_LEFT, WHITE),)
    yield "interlaced.png", _raw_png(8, 2, interlaced=True), ((UPPER_LEFT, WHITE), (LOWER_RIGHT, WHITE))
    for kind, ending in (("PNG", "png"), ("WEBP", "webp"), ("GIF", "gif"), ("HEIF", "heic"), ("AVIF", "avif")):
        drawn = picture.convert("RGBA")
        drawn.paste((0, 0, 0, 0), (0, 0, 32, 48))
        yield f"see-through.{ending}", encoded(drawn, kind), ((UPPER_LEFT, WHITE), (UPPER_RIGHT, BLUE))
    for mode in ("LA", "PA"):
        drawn = picture.convert("RGBA" if mode == "PA" else mode).convert(mode)
        yield f"mode {mode}.png", encoded(drawn.convert("RGBA"), "PNG", compress_level=len(mode)), ()


def _raw_png(depth: int, colour_type: int, *, interlaced: bool = False) -> bytes:
    """White, 8 by 8, of a kind that Pillow does not write."""
    channels = {0: 1, 2: 3, 4: 2, 6: 4}[colour_type]
    passes = [(1, 1), (1, 1), (2, 1), (2, 2), (4, 2), (4, 4), (8, 4)] if interlaced else [(8, 8)]
    rows = b"".join((b"\0" + b"\xff" * -(-width * depth * channels // 8)) * height for width, height in passes)
    header = struct.pack(">IIBBBBB", 8, 8, depth, colour_type, 0, 0, interlaced)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(png_chunk(name, content) for name, content in chunks)


def _several() -> Pictures:
    """The first one is taken."""
    second = Image.new("RGB", (64, 48), GREEN)
    kinds = {"GIF": "gif", "WEBP": "webp", "PNG": "png", "AVIF": "avif", "MPO": "mpo"}
    for kind, ending in kinds.items():
        for others in (1, 9):
            data = encoded(halves(), kind, save_all=True, append_images=[second] * others)
            yield f"first of {others + 1}.{ending}", data, AS_DRAWN
    slow = encoded(halves(), "GIF", save_all=True, append_images=[second], duration=60_000, loop=0, disposal=2)
    yield "slow.gif", slow, AS_DRAWN


def _shapes() -> Pictures:
    for kind, ending in (("JPEG", "jpg"), ("PNG", "png"), ("GIF", "gif"), ("WEBP", "webp"), ("AVIF", "avif")):
        for size in ((1, 1), (1, 2), (2, 1), (3000, 1), (1, 3000)):
            data = encoded(Image.new("RGB", size, RED), kind)
            yield f"{size[0]} by {size[1]}.{ending}", data, ()
    ramp = np.tile(np.linspace(0, 255, 4100).astype(np.uint8), (9, 1))
    yield "wide.jpg", encoded(Image.fromarray(ramp)), ((UPPER_LEFT, (30, 30, 30)), (LOWER_RIGHT, (225, 225, 225)))
