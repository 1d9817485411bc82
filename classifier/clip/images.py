"""From an image file to the pixels that a vision tower sees: open_clip's preprocessing, scaled decoding."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Source = Callable[[], BinaryIO] | Path | bytes
Pixels = NDArray[np.uint8]


def load_pixels(source: Source, side: int) -> Pixels:
    """RGB uint8 [side, side, 3]: shorter side resized to `side` (bicubic), then the centre, as open_clip
    does it.

    A JPEG is decoded at a half, quarter or eighth of its size where that still leaves at least `side` pixels.
    Raises OSError or ValueError for what is not a readable image.
    """
    if isinstance(source, bytes):
        return _pixels_of(BytesIO(source), side)
    with source.open("rb") if isinstance(source, Path) else source() as file:
        return _pixels_of(file, side)


def _pixels_of(file: BinaryIO, side: int) -> Pixels:
    with Image.open(file) as image:
        image.draft("RGB", (side, side))
        return centred(image, side)


def centred(image: Image.Image, side: int) -> Pixels:
    """Resized and cropped like torchvision's Resize and CenterCrop: its rounding, to the pixel."""
    width, height = image.size
    if width <= height:
        size = (side, max(side, int(side * height / width)))
    else:
        size = (max(side, int(side * width / height)), side)
    # open_clip converts after resizing, which would interpolate a palette's indices.
    if image.mode != "RGB":
        image = image.convert("RGB")
    if size != image.size:
        image = image.resize(size, Image.Resampling.BICUBIC)
    left, top = round((size[0] - side) / 2), round((size[1] - side) / 2)
    return np.asarray(image.crop((left, top, left + side, top + side)))
