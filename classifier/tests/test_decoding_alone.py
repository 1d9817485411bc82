"""HEIC and AVIF are decoded in a process of their own: what breaks it, or eats its memory, costs one refusal."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from classifier import decode_alone, images, room
from classifier.images import clean_image
from classifier.services import in_chunks
from classifier.tests.image_samples import BLUE, cleaned, encoded, halves, near, refusal
from classifier.tests.malformed.bombs import lying
from classifier.tests.malformed.corpus import corpus
from classifier.tests.malformed.damaged import damaged_uploads
from classifier.tests.malformed.distinct import distinct

ENDINGS = (".heic", ".avif")
BEFORE = ("truncated", "not_an_image", "unsupported_type", "too_many_pixels")  # what is seen without a decoder


def test_a_sample_of_the_corpus_is_answered_through_the_real_process(is_full: bool) -> None:
    files = corpus() if is_full else damaged_uploads()
    uploads = [upload for upload in files if upload.name.endswith(ENDINGS) and upload.taken is not False]
    sample = [some[0] for some in in_chunks(uploads, 20)] if is_full else distinct(uploads, 6)
    assert len(sample) >= (15 if is_full else 6)
    for upload in sample:
        assert fate(upload.data) in ({"taken"} if upload.taken else {"taken", "damaged", *BEFORE}), upload.name


def fate(data: bytes) -> str:
    try:
        return "taken" if clean_image(data).width else "nothing"
    except images.ImageRefused as refused:
        return refused.code


def test_an_avif_whose_stream_is_larger_than_it_says_never_gets_the_memory_for_it() -> None:
    """Read in the open it takes twenty times what it says, and more the larger it is."""
    data = lying("AVIF", 64, 48, real=(10_000, 8_000))
    assert len(data) < 20_000
    assert refusal(data) == "damaged"


def test_one_that_says_nothing_of_its_size_is_given_all_the_room_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    given = []

    def decoded(kind: str, data: bytes, *, most_bytes: int) -> images.Picture:
        given.append(most_bytes)
        return decode_alone.decoded_alone(kind, data, most_bytes=most_bytes)

    monkeypatch.setattr(images, "decoded_alone", decoded)
    assert refusal(encoded(halves(), "AVIF").replace(b"ispe", b"free")) == "damaged"
    assert clean_image(encoded(halves(), "AVIF")).width == 64
    assert room.MOST_AT_ONCE - 2**10 < given[0] <= room.MOST_AT_ONCE
    assert room.OWN < given[1] < room.OWN + 2**20


@pytest.mark.parametrize("code", ["import os; os.abort()", "raise SystemExit(1)", "import time; time.sleep(60)"])
def test_a_decoder_that_crashes_or_hangs_is_a_damaged_picture(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    run = subprocess.run

    def broken(command: list[str], **given: Any) -> Any:
        return run([sys.executable, "-c", code], **given)

    monkeypatch.setattr(decode_alone, "MOST_SECONDS", 1)
    monkeypatch.setattr(subprocess, "run", broken)  # no file is known that crashes today's decoders
    assert refusal(encoded(halves(), "HEIF")) == "damaged"


def test_what_it_gives_back_is_the_picture() -> None:
    for kind in ("HEIF", "AVIF"):
        assert near(cleaned(encoded(halves(), kind)).getpixel((56, 8)), BLUE)
