"""Sound files cut, flipped and overwritten."""

from __future__ import annotations

import random
from collections.abc import Iterator

from classifier.tests.malformed.upload import Upload, flavours

FLIPPED, SPOILT, SWAPPED = 36, 18, 8


def damaged_uploads() -> Iterator[Upload]:
    chance = random.Random(20)
    for name, data in flavours():
        for percent in range(5, 100, 5):
            kept = data[: len(data) * percent // 100]
            # Of two pictures in one file the first may be there as a whole: it is what is asked for.
            yield Upload("cut", f"cut at {percent} {name}", kept, taken=None if name == "two.mpo" else False)
        if name != "two.mpo":
            has_all_pixels = name.endswith((".jpg", ".png", ".gif"))  # viewers do not need the rest of the end mark
            yield Upload("cut", f"without its last byte {name}", data[:-1], taken=has_all_pixels)
        for number in range(FLIPPED):
            yield Upload("flipped", f"flipped {number} {name}", flipped(data, chance), taken=None)
        for number in range(SPOILT):
            yield Upload("header", f"spoilt header {number} {name}", spoilt(data, chance), taken=None)
        for number in range(SWAPPED):
            yield Upload("overwritten", f"overwritten {number} {name}", overwritten(data, chance), taken=None)


def flipped(data: bytes, chance: random.Random, most: int = 20) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice((1, 3, most))):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def spoilt(data: bytes, chance: random.Random) -> bytes:
    """The values at which length fields and sizes break, in the first bytes."""
    changed = bytearray(data)
    for _ in range(4):
        changed[chance.randrange(4, min(len(data), 200))] = chance.choice((0, 1, 0x7F, 0x80, 0xFF))
    return bytes(changed)


def overwritten(data: bytes, chance: random.Random) -> bytes:
    """As a failing disk leaves it: a block is zeros, noise, or from elsewhere in the file."""
    start = chance.randrange(len(data))
    size = min(chance.randrange(1, 512), len(data) - start)
    other = chance.randrange(len(data) - size + 1)
    block = chance.choice((bytes(size), chance.randbytes(size), data[other : other + size]))
    return data[:start] + block + data[start + size :]
