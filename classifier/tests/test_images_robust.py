"""Whatever the bytes are, the answer is a picture or a refusal, and never another exception."""

import random
from typing import Any

import pytest

from classifier.images import ImageRefused, clean_image
from classifier.tests.image_samples import encoded, exif, halves, noise

KINDS = ["JPEG", "MPO", "PNG", "GIF", "WEBP", "HEIF", "AVIF"]

pytestmark = [
    pytest.mark.filterwarnings("ignore"),  # decoders warn about nearly every broken file
    pytest.mark.usefixtures("no_process_of_its_own"),
]


def sample(kind: str) -> bytes:
    options: dict[str, Any] = {} if kind == "GIF" else {"exif": exif(6).tobytes()}
    if kind in ("MPO", "GIF", "WEBP", "PNG"):
        options |= {"save_all": True, "append_images": [halves(40, 30)]}
    return encoded(noise(40, 30), kind, **options)


def is_answered(data: bytes) -> bool:
    try:
        return clean_image(data).width > 0
    except ImageRefused as refused:
        return bool(refused.code)


@pytest.mark.parametrize("kind", KINDS)
def test_flipped_bits_never_raise_anything_else(kind: str) -> None:
    original = sample(kind)
    chance = random.Random(20)
    for _ in range(150):
        data = bytearray(original)
        for _ in range(chance.choice((1, 3, 20))):
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        assert is_answered(bytes(data))


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_header_never_raises_anything_else(kind: str) -> None:
    original = sample(kind)
    chance = random.Random(21)
    for _ in range(150):
        data = bytearray(original)
        for _ in range(4):
            data[chance.randrange(4, 200)] = chance.choice((0, 1, 0x7F, 0x80, 0xFF))
        assert is_answered(bytes(data))


@pytest.mark.parametrize("kind", KINDS)
def test_every_short_beginning_is_answered(kind: str) -> None:
    original = sample(kind)
    for length in range(1, 200):
        assert is_answered(original[:length])


@pytest.mark.parametrize(
    "magic", [b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF\x40\0\0\0WEBP", b"\0\0\0\x18ftypheic"]
)
def test_noise_behind_a_true_beginning_is_refused(magic: bytes) -> None:
    chance = random.Random(22)
    for length in (0, 1, 5, 60, 3000):
        with pytest.raises(ImageRefused):
            clean_image(magic + chance.randbytes(length))
