"""One upload of the corpus, and how a browser or a program would send many of them in one request."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from PIL import Image

from classifier.tests.image_samples import BLUE, RED, Colour, encoded, halves, noise

BOUNDARY = "edge-of-a-part"
UPPER_RIGHT, LOWER_LEFT, UPPER_LEFT, LOWER_RIGHT = (0.88, 0.12), (0.12, 0.88), (0.12, 0.12), (0.88, 0.88)
AS_DRAWN = ((UPPER_RIGHT, BLUE), (LOWER_LEFT, RED), (UPPER_LEFT, RED), (LOWER_RIGHT, RED))
"""What `halves` looks like: where, as shares of width and height, and the colour there."""


@dataclass(frozen=True)
class Upload:
    """A file as it is sent. `taken` None: either answer will do, as long as it is one."""

    family: str
    name: str
    data: bytes
    taken: bool | None = False
    content_type: str = "image/jpeg"
    looks: tuple[tuple[tuple[float, float], Colour], ...] = ()
    """Of one that is taken: what must be seen where, once it is stored."""

    @property
    def part(self) -> bytes:
        """Its part of a multipart body; the name goes out as it is, which no test client does."""
        name = self.name.encode("utf-8", "surrogatepass").replace(b'"', b"%22")
        head = b'--%s\r\nContent-Disposition: form-data; name="files"; filename="%s"\r\nContent-Type: %s\r\n\r\n'
        return head % (BOUNDARY.encode(), name, self.content_type.encode()) + self.data + b"\r\n"


CONTENT_TYPE = f"multipart/form-data; boundary={BOUNDARY}"


def body(uploads: Iterable[Upload]) -> bytes:
    """A whole request body of content type CONTENT_TYPE."""
    return b"".join(each.part for each in uploads) + f"--{BOUNDARY}--\r\n".encode()


def flavours() -> Iterator[tuple[str, bytes]]:
    """Every accepted format as cameras, phones and editors write it: sound files, of pictures that do not compress."""
    picture, second = noise(40, 30), halves(40, 30)
    frames: dict[str, Any] = {"save_all": True, "append_images": [second]}
    alpha = picture.convert("RGBA")
    alpha.putalpha(second.convert("L"))
    yield "plain.jpg", encoded(picture)
    yield "progressive.jpg", encoded(picture, progressive=True)
    yield "restarts.jpg", encoded(picture, restart_marker_blocks=2)
    yield "grey.jpg", encoded(picture.convert("L"))
    yield "press.jpg", encoded(picture.convert("CMYK"))
    yield "two.mpo", encoded(picture, "MPO", **frames)
    yield "plain.png", encoded(picture, "PNG")
    yield "alpha.png", encoded(alpha, "PNG")
    yield "palette.png", encoded(picture.quantize(64), "PNG")
    yield "deep.png", encoded(Image.frombytes("I;16", (40, 30), noise(80, 10).tobytes()), "PNG")
    yield "moving.png", encoded(picture, "PNG", **frames)
    yield "plain.gif", encoded(picture, "GIF")
    yield "moving.gif", encoded(picture, "GIF", **frames)
    yield "plain.webp", encoded(picture, "WEBP")
    yield "lossless.webp", encoded(alpha, "WEBP", lossless=True)
    yield "moving.webp", encoded(picture, "WEBP", **frames)
    yield "plain.heic", encoded(picture, "HEIF")
    yield "alpha.heic", encoded(alpha, "HEIF")
    yield "plain.avif", encoded(picture, "AVIF", speed=10)
    yield "moving.avif", without_times(encoded(picture, "AVIF", speed=10, **frames))


def without_times(data: bytes) -> bytes:
    """libavif writes the second in which a moving picture was made, twice in each of these boxes (ISO/IEC 14496-12)."""
    return re.sub(rb"(mvhd|tkhd|mdhd)(\x01...).{16}", rb"\1\2" + bytes(16), data, flags=re.DOTALL)


def stored(data: bytes) -> Image.Image:
    image = Image.open(BytesIO(data))
    image.load()
    return image
