"""Photos in, scores with reasons out, answers kept: over HTTP, with real processes and the real model."""

from __future__ import annotations

import pytest

from classifier.sample import sample_photos
from wizard.tests.system import Api, Instance

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
def api(instance: Instance) -> Api:
    return instance.api()


def test_the_first_start_scores_the_whole_sample_library(api: Api) -> None:
    photos = api.wait_until_scored()
    assert len(photos) == len(sample_photos())
    assert {photo["status"] for photo in photos} == {"ready"}


def test_a_phrase_brings_its_photos_to_the_top_with_a_reason(api: Api) -> None:
    created = api.call("POST", "preferences/texts", json={"phrase": "a dog"})
    assert created.status_code == 201
    api.wait_until_scored()
    best = api.every_photo("order=score")[:10]
    truth = {photo.name: photo.attributes for photo in sample_photos()}
    dogs = [photo for photo in best if "dog" in truth[photo["source_name"].rpartition(".")[0]]]
    assert len(dogs) >= 7
    assert "“a dog”" in best[0]["reasons"][0]["text"]
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
    """The sample photos again, each with a byte more, so that they count as new files."""
    before = len(api.every_photo())
    for start in range(0, 200, 16):
        some = sample_photos()[start : min(start + 16, 200)]
        files = [("files", (photo.file.name, photo.file.read_bytes() + b"\0")) for photo in some]
        answer = api.call("POST", "photos", files=files)
        assert answer.status_code == 201
        assert len(answer.json()["created"]) == len(some)
    photos = api.wait_until_scored()
    assert len(photos) == before + 200
    assert all(photo["score"] is not None for photo in photos)


def test_the_log_holds_no_traceback(api: Api, instance: Instance) -> None:
    assert "Traceback" not in instance.log.read_text()
