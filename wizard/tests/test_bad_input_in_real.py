"""Bad uploads and version files against the real processes: none dies or grows, and the next good photo is scored."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from classifier import room
from classifier.sample import sample_photos
from classifier.services import in_chunks
from classifier.tests.image_samples import is_one_sentence
from classifier.tests.malformed.bombs import bomb_uploads, flat_png, flat_webp, lying
from classifier.tests.malformed.corpus import corpus
from classifier.tests.malformed.upload import CONTENT_TYPE, Upload, body
from training.tests.malformed.outside import outside_files
from wizard.instance import Api, Instance

pytestmark = [
    pytest.mark.system,
    pytest.mark.once,
    pytest.mark.timeout(600),
    pytest.mark.full("sends hundreds of files; test_malformed_uploads.py sends one of each kind for every commit"),
]

MB = 2**20
IDLE_WEB = 250 * MB


@pytest.fixture(scope="module")
def before(instance: Instance) -> dict[int, str]:
    return {pid: instance.kind_of(pid) for pid in instance.processes()}


@pytest.fixture(scope="module")
def log_before(instance: Instance) -> int:
    return instance.log.stat().st_size


@pytest.fixture(scope="module")
def api(instance: Instance, before: dict[int, str], log_before: int) -> Api:
    return instance.newcomers("mallory")[0]


def sent(api: Api, uploads: list[Upload]) -> None:
    headers = {"Authorization": f"Token {api.token}", "Content-Type": CONTENT_TYPE}
    answer = requests.post(f"{api.url}/api/photos", data=body(uploads), headers=headers, timeout=120)
    assert answer.status_code == 201
    assert all(is_one_sentence(refused["reason"]) for refused in answer.json()["rejected"])
    assert sum(map(len, answer.json().values())) == len(uploads)


def test_a_sample_of_the_corpus_and_every_bomb(api: Api) -> None:
    uploads = [*bomb_uploads(), *[some[0] for some in in_chunks(list(corpus()), 8)]]
    assert len(uploads) > 350
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda some: sent(api, some), in_chunks(uploads, 20)))


def test_the_largest_pictures_that_are_taken_all_at_once(api: Api) -> None:
    large = [flat_webp(5900 - number, 5900) for number in range(4)]
    large += [flat_png(6500 - number, 6500, 8, 4) for number in range(2)]
    large.append(lying("AVIF", 64, 48, real=(6000, 5000)))
    uploads = [Upload("large", f"{number}.webp", data) for number, data in enumerate(large)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda upload: sent(api, [upload]), uploads))


def test_bad_version_files(api: Api) -> None:
    """Few, as ten are let in a minute by default: the corpus is for test_malformed_versions.py."""
    for file in [some[0] for some in in_chunks(list(outside_files()), 55)]:
        answer = api.call("POST", "models/versions/import", files={"file": ("a.wizard", file.content)})
        assert answer.status_code in (201, 422)


def test_afterwards_all_processes_are_those_of_before_and_a_good_photo_is_scored(
    instance: Instance, before: dict[int, str], log_before: int, api: Api
) -> None:
    good = sample_photos()[0].file
    answer = api.call("POST", "photos", files={"files": (good.name, good.read_bytes())})
    (photo,) = answer.json()["created"]
    by_id = {each["id"]: each for each in api.wait_until_scored(200)}
    assert by_id[photo["id"]]["status"] == "ready"
    assert all(each["status"] == "ready" for each in by_id.values())
    assert {pid: instance.kind_of(pid) for pid in instance.processes()}.items() >= before.items()
    for pid, kind in before.items():
        if kind == "web":
            assert peak(pid) < IDLE_WEB + room.MOST_AT_ONCE
        elif kind in ("valkey", "beat", "launcher"):
            assert peak(pid) < IDLE_WEB
    said = instance.log.read_bytes()[log_before:]
    assert b"Traceback" not in said
    assert b"Worker" not in said, "gunicorn's and Celery's word for one that ended"


def peak(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) * 1024
