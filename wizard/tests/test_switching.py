"""Switching versions while others read, on real processes."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from wizard.instance import Api
from wizard.tests.prepared import Prepared

pytestmark = [
    pytest.mark.system,
    pytest.mark.timeout(300),
    pytest.mark.full("twenty readers during two hundred switches; training/tests/test_versions_at_once.py has two"),
]

READERS, SWITCHES = 20, 200
ADDRESSES = ("photos?order=score&page_size=24", "models/versions", "photos?verdict=match", "preferences")


@pytest.fixture(scope="module")
def api(prepared: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """A library with three versions: the base and two trained ones."""
    folder = tmp_path_factory.mktemp("switching")
    with prepared.running(folder / "data", WIZARD_API_RATE="0") as instance:  # twenty readers ask as often as they can
        api = instance.api()
        photos = api.wait_until_scored()
        for number, photo in enumerate(photos[:24]):
            api.answer(photo, "like" if number % 2 else "dislike")
        for epochs in (1, 2):
            done = api.wait_until_ended(api.start_training(epochs=epochs))
            assert done["status"] == "completed"
        yield api


def test_nobody_notices_two_hundred_switches_but_for_the_scores(api: Api) -> None:
    versions = [version["id"] for version in api.call("GET", "models/versions").json()["results"]]
    assert len(versions) == 3
    enough = Event()

    def read(number: int) -> tuple[int, list[str]]:
        """How many answers, and what was wrong with those that were."""
        count, wrong = 0, []
        while not enough.is_set():
            answer = api.call("GET", ADDRESSES[count % len(ADDRESSES)])
            count += 1
            if answer.status_code != 200:
                wrong.append(f"{answer.status_code} {answer.url}")
            elif "models/versions" in answer.url:
                active = [version for version in answer.json()["results"] if version["is_active"]]
                wrong += [] if len(active) == 1 else [f"{len(active)} versions are active"]
        return count, wrong

    with ThreadPoolExecutor(READERS + 1) as pool:
        readers = [pool.submit(read, number) for number in range(READERS)]
        try:
            for number in range(SWITCHES):
                answer = api.call("POST", f"models/versions/{versions[number % 3]}/activate")
                assert answer.status_code == 200, answer.text
        finally:
            enough.set()
        read_by = [reader.result() for reader in readers]
    assert [wrong for _, wrong in read_by if wrong] == []
    assert min(count for count, _ in read_by) > 0

    last = api.call("GET", f"models/versions/{versions[(SWITCHES - 1) % 3]}").json()
    assert {photo["version_number"] for photo in api.wait_until_scored()} == {last["version_number"]}
