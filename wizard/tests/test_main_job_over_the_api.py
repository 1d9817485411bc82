"""Photos in, scores with reasons out, answers kept: over HTTP, with real processes and the real model."""

from __future__ import annotations

import struct

import pytest

from classifier.images import MAX_BYTES
from classifier.sample import sample_photos
from classifier.tests.image_samples import encoded, halves, noise, png_chunk, png_with, retouched
from wizard.instance import Api, Instance

pytestmark = [pytest.mark.system, pytest.mark.slow("waits for the real model on the running product")]


@pytest.fixture(scope="module")
def api(instance: Instance) -> Api:
    return instance.api()


def test_the_first_start_scores_the_whole_sample_library(api: Api) -> None:
    photos = api.wait_until_scored()
    assert len(photos) == len(sample_photos())
    assert {photo["status"] for photo in photos} == {"ready"}


def test_a_phrase_brings_its_photos_to_the_top_with_a_reason(api: Api) -> None:
    created = api.call("POST", "preferences/texts", json={"phrase": "in a library"})
    assert created.status_code == 201
    api.wait_until_scored()
    best = api.every_photo("order=score")[:10]
    truth = {(f"{photo.name}{photo.file.suffix}", photo.bio): photo.attributes for photo in sample_photos()}
    libraries = [photo for photo in best if "library" in truth[photo["source_name"], photo["bio"]]]
    assert len(libraries) >= 8
    assert "“in a library”" in best[0]["reasons"][0]["text"]
    assert best[0]["is_match"]


def test_answers_are_kept_and_survive_a_change_of_taste(api: Api) -> None:
    first, second, *_ = api.every_photo("order=score")
    for photo, feedback in ((first, "super_like"), (second, "dislike")):
        assert api.call("POST", f"results/{photo['result_id']}/feedback", json={"feedback": feedback}).ok
    api.call("POST", "preferences/texts", json={"phrase": "at the beach"})
    api.wait_until_scored()
    assert [photo["id"] for photo in api.every_photo("feedback=super_like")] == [first["id"]]
    assert [photo["id"] for photo in api.every_photo("feedback=dislike")] == [second["id"]]


def test_two_hundred_uploads_are_scored(api: Api) -> None:
    """The sample photos again, each with another corner, so that they count as new photos."""
    before = len(api.every_photo())
    for start in range(0, 200, 16):
        some = sample_photos()[start : min(start + 16, 200)]
        files = [("files", (photo.file.name, retouched(photo.file.read_bytes(), 1))) for photo in some]
        answer = api.call("POST", "photos", files=files)
        assert answer.status_code == 201
        assert len(answer.json()["created"]) == len(some)
    photos = api.wait_until_scored()
    assert len(photos) == before + 200
    assert all(photo["score"] is not None for photo in photos)


def test_a_drop_full_of_bad_files_names_each_and_keeps_the_good_one(api: Api) -> None:
    good = encoded(noise())
    bad = {
        "empty": b"",
        "too_large": good + bytes(MAX_BYTES),
        "not_an_image": b"hello",
        "svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        "unsupported_type": b"%PDF-1.7\n",
        "truncated": good[: len(good) // 2],
        "polyglot": png_with(png_chunk(b"tEXt", b"Comment\0<?php system($_GET['c']); ?>")),
        "too_many_pixels": png_header(20_000, 20_000),
    }
    files = [("files", (f"{code}.jpg", data)) for code, data in bad.items()]
    files += [("files", ("../../trick.jpg", encoded(halves()))), ("files", ("good.jpg", good))]
    answer = api.call("POST", "photos", files=files)
    assert answer.status_code == 201
    body = answer.json()
    assert [photo["source_name"] for photo in body["created"]] == ["trick.jpg", "good.jpg"]
    assert [each["code"] for each in body["rejected"]] == [*bad]
    assert all(each["reason"].endswith(".") for each in body["rejected"])


def png_header(width: int, height: int) -> bytes:
    """A PNG that declares a size and holds nothing: what a decompression bomb looks like from outside."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", b"") + png_chunk(b"IEND", b"")


def test_the_log_holds_no_traceback(api: Api, instance: Instance) -> None:
    assert "Traceback" not in instance.log.read_text()
