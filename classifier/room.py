"""How much memory a picture takes while it is read, and that all of them together never take more than there is.

Plain Python. The figures are measured (classifier/tests/test_decoding_memory.py holds them to it): decoders keep the
pixels two to four times over, and WebP's, which thinks of films, takes thirty times what a JPEG takes.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image

MOST_AT_ONCE = 768 * 2**20
"""Bytes that all pictures that one process reads at the same time may take together."""
OWN = 160 * 2**20
"""What reading any picture takes, however small: an interpreter with its decoders where it is read in a process of its
own, and the picture as it is kept."""
MOST_PIXELS = 80_000_000

_BYTES_A_PIXEL = {"GIF": 12, "WEBP": 18, "HEIF": 11, "AVIF": 14}
_OPAQUE_PNG, _PNG = 7, 14
_JPEG = 2.5  # of the picture at the scale it is decoded at, with what shrinks it
_SIZE = re.compile(rb"ispe\0\0\0\0(.{4})(.{4})", re.DOTALL)
_SIZES_WITHIN = 2**20  # bytes from the beginning in which a HEIC's boxes say sizes


def bytes_a_pixel(kind: str, image: Image.Image | None = None) -> float:
    """At the peak of reading a picture of `kind`; `image` is its header, which HEIF and AVIF can do without."""
    if kind == "JPEG":
        return _JPEG + _coefficients(image)
    if kind == "PNG":
        return _OPAQUE_PNG if image and image.mode != "LA" and not image.has_transparency_data else _PNG
    return _BYTES_A_PIXEL[kind]


def _coefficients(image: Image.Image | None) -> float:
    """Of a progressive JPEG all are kept until the last pass, two bytes each."""
    layers: list[tuple[int, int, int, int]] = getattr(image, "layer", [])
    if not image or not image.info.get("progressive") or not layers:
        return 0
    most = max(across * down for _, across, down, _ in layers) or 1
    return 2 * sum(across * down for _, across, down, _ in layers) / most


def most_pixels(a_pixel: float) -> int:
    """How many a picture may have that takes so many bytes for each."""
    return min(MOST_PIXELS, int((MOST_AT_ONCE - OWN) / a_pixel))


def declared_pixels(data: bytes) -> int:
    """The largest size that a HEIC or an AVIF says it has, without a decoder; 0 where it says none."""
    sizes = (_SIZE.findall(data, 0, _SIZES_WITHIN)) or [(b"", b"")]
    return max(int.from_bytes(width, "big") * int.from_bytes(height, "big") for width, height in sizes)


class _Room:
    """Bytes that are given out and come back; who asks first is served first, so that many small pictures never keep
    a large one waiting for good."""

    def __init__(self, size: int) -> None:
        self._free = size
        self._turn = threading.Lock()
        self._changed = threading.Condition()

    @contextmanager
    def taking(self, size: int) -> Iterator[None]:
        with self._turn, self._changed:
            self._changed.wait_for(lambda: self._free >= size)
            self._free -= size
        try:
            yield
        finally:
            with self._changed:
                self._free += size
                self._changed.notify_all()


_room = _Room(MOST_AT_ONCE)
taking = _room.taking
