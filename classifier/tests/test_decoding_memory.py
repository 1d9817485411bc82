"""What reading pictures takes, measured in fresh processes, is what classifier/room.py says, also of many at once."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from classifier import room
from classifier.tests.image_samples import encoded, refusal
from classifier.tests.malformed.bombs import flat_png, flat_webp
from wizard.instance import BASE_DIR

SIDES = (3800, 3100)  # a JPEG of these is decoded as it is: at half, a side would be less than is kept
MEASURE = """
import sys
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from PIL import Image
from classifier import images, room

def said(name):
    status = open('/proc/self/status').read()
    return int(status.split(name)[1].split()[0]) * 1024

datas = [open(path, 'rb').read() for path in sys.argv[2:]]
kind = images.picture_kind(datas[0])
image = images._open(kind, datas[0])
before = said('VmRSS:')
with ThreadPoolExecutor(len(datas)) as pool:
    made = list(pool.map(lambda data: images.picture_of(kind, data), datas))
assert all(picture.width == images.MAX_SIDE for picture in made)
allowed = room.bytes_a_pixel(kind, image) * image.width * image.height
print(said('VmHWM:') - before, int(images._OWN_HERE + allowed))
"""


def plain() -> Image.Image:
    return Image.new("RGB", SIDES, (200, 30, 30))


def palette() -> Image.Image:
    return plain().convert("P")


def see_through() -> Image.Image:
    image = plain().convert("RGBA")
    image.putalpha(100)
    return image


WAYS: dict[str, Any] = {
    "jpeg": lambda: encoded(plain()),
    "jpeg, fine": lambda: encoded(plain(), subsampling=0),
    "jpeg, progressive": lambda: encoded(plain(), progressive=True),
    "jpeg, progressive and fine": lambda: encoded(plain(), progressive=True, subsampling=0),
    "jpeg, in inks": lambda: encoded(plain().convert("CMYK"), progressive=True),
    "png": lambda: flat_png(*SIDES, 8, 2),
    "png, deep": lambda: flat_png(*SIDES, 16, 2),
    "png, deep grey": lambda: flat_png(*SIDES, 16, 0),
    "png, grey and alpha": lambda: flat_png(*SIDES, 8, 4),
    "png, alpha": lambda: flat_png(*SIDES, 16, 6),
    "png, palette": lambda: encoded(palette(), "PNG", transparency=0),
    "gif": lambda: encoded(palette(), "GIF"),
    "gif, see-through": lambda: encoded(palette(), "GIF", transparency=0),
    "webp": lambda: flat_webp(*SIDES),
    "webp, alpha": lambda: encoded(see_through(), "WEBP", lossless=True, quality=0, method=0),
    "heic": lambda: encoded(plain().resize((2600, 2100)), "HEIF", quality=20),
    "avif": lambda: encoded(plain(), "AVIF", speed=10, subsampling="4:4:4"),
    "avif, alpha": lambda: encoded(see_through(), "AVIF", speed=10),
}
PER_COMMIT = {
    "jpeg, progressive and fine",
    "png, deep",
    "png, alpha",
    "gif, see-through",
    "webp, alpha",
    "heic",
    "avif, alpha",
}
OTHER_WAY = pytest.mark.full("the commit tier measures the most demanding way of each format")


def measured(folder: Path, *datas: bytes) -> tuple[int, int]:
    """The bytes that reading them all at once took at the peak, and what one of them may take."""
    paths = [folder / str(number) for number in range(len(datas))]
    for path, data in zip(paths, datas, strict=True):
        path.write_bytes(data)
    command = [sys.executable, "-c", MEASURE, "-", *map(str, paths)]
    ran = subprocess.run(command, cwd=BASE_DIR, capture_output=True, text=True, check=True)
    took, allowed = map(int, ran.stdout.split())
    return took, allowed


@pytest.mark.parametrize("way", [pytest.param(way, marks=() if way in PER_COMMIT else OTHER_WAY) for way in WAYS])
def test_a_picture_takes_no_more_than_is_reserved_for_it(tmp_path: Path, way: str) -> None:
    took, allowed = measured(tmp_path, WAYS[way]())
    assert took <= allowed


@pytest.mark.full("eight large pictures; the commit tier measures single ones, and how they share the room")
def test_eight_large_ones_at_once_take_no_more_than_there_is_room_for(tmp_path: Path) -> None:
    took, allowed = measured(tmp_path, *[flat_webp(4400, 3300)] * 8)
    assert 8 * allowed > 2 * room.MOST_AT_ONCE
    assert took <= room.MOST_AT_ONCE


@pytest.mark.parametrize(("kind", "most"), [("WEBP", 35), ("GIF", 53), ("AVIF", 45), ("HEIF", 57)])
def test_a_format_that_takes_more_may_have_fewer_pixels(kind: str, most: int) -> None:
    assert room.most_pixels(room.bytes_a_pixel(kind)) // 1_000_000 == most


def test_an_eighty_megapixel_webp_is_refused_by_its_header() -> None:
    data = flat_webp(10_000, 8000)
    assert len(data) < 100
    assert refusal(data) == "too_many_pixels"


def test_a_large_picture_gets_its_turn_among_small_ones() -> None:
    some, served = room._Room(100), []
    holding = some.taking(60)
    holding.__enter__()

    def wants(size: int) -> None:
        with some.taking(size):
            served.append(size)

    large = threading.Thread(target=wants, args=(90,))
    large.start()
    while not some._turn.locked():
        pass
    small = threading.Thread(target=wants, args=(20,))
    small.start()
    assert served == []
    holding.__exit__(None, None, None)
    large.join(10)
    small.join(10)
    assert served == [90, 20]
    assert some._free == 100
