"""Pictures to upload, no two alike: cuttings of the sample library, in other light."""

from __future__ import annotations

import random
from functools import cache
from io import BytesIO

from PIL import Image, ImageEnhance, ImageOps

from classifier.sample import sample_photos

LARGE = 0.1  # share of pictures as a phone takes them: their files are not written in one go


@cache
def _drawn(number: int) -> Image.Image:
    with Image.open(sample_photos()[number].file) as picture:
        return picture.convert("RGB")


def a_picture(rng: random.Random) -> bytes:
    picture = _drawn(rng.randrange(len(sample_photos())))
    width, height = picture.size
    side = rng.uniform(0.6, 1.0)
    left, top = rng.uniform(0, 1 - side) * width, rng.uniform(0, 1 - side) * height
    picture = picture.crop((int(left), int(top), int(left + side * width), int(top + side * height)))
    if rng.random() < 0.5:
        picture = ImageOps.mirror(picture)
    picture = ImageEnhance.Brightness(picture).enhance(rng.uniform(0.7, 1.3))
    picture = picture.resize((1600, 1600) if rng.random() < LARGE else (320, 320))
    for _ in range(8):  # the same cutting twice is still two uploads
        where = rng.randrange(picture.width), rng.randrange(picture.height)
        picture.putpixel(where, (rng.randrange(256), rng.randrange(256), rng.randrange(256)))
    buffer = BytesIO()
    picture.save(buffer, "JPEG", quality=90)
    return buffer.getvalue()
