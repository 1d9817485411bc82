"""A backup of a running instance, in the middle of uploads and answers, restored into an empty one that is started."""

from __future__ import annotations

import subprocess
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from classifier.sample import sample_photos
from classifier.tests.image_samples import retouched
from wizard.instance import Api, own_database, running_instance, wait_until
from wizard.tests.prepared import Prepared
from wizard.tests.rows import ask

pytestmark = [
    pytest.mark.system,
    pytest.mark.timeout(400),
    pytest.mark.full("trains, and starts two instances; test_backup.py and test_restore.py have one process"),
]


class Busy(threading.Thread):
    """Uploads photos and answers others until told to stop. `uploaded` and `answered` are what was acknowledged."""

    def __init__(self, api: Api, photos: list[dict[str, object]]) -> None:
        super().__init__(daemon=True)
        self.api, self.photos, self.ended = api, photos, threading.Event()
        self.uploaded: list[int] = []
        self.answered: dict[int, str] = {}

    def run(self) -> None:
        for number, photo in enumerate(self.photos):
            if self.ended.is_set():
                return
            sample = sample_photos()[number]
            files = [("files", (f"new-{number}.webp", retouched(sample.file.read_bytes(), 1)))]
            (created,) = self.api.call("POST", "photos", files=files).json()["created"]
            self.uploaded.append(created["id"])
            feedback = "like" if number % 2 else "dislike"
            self.api.answer(photo, feedback)
            self.answered[int(str(photo["id"]))] = feedback


def test_everything_acknowledged_before_is_in_it_and_everything_loads(prepared: Prepared, tmp_path: Path) -> None:
    archive = tmp_path / "monday.tar"
    with prepared.running(tmp_path / "old") as instance:
        api, password = instance.api(), instance.password
        photos = api.wait_until_scored(150)
        for number, photo in enumerate(photos[:24]):
            api.answer(photo, "like" if number % 2 else "dislike")
        assert api.wait_until_ended(api.start_training(epochs=1), 240)["status"] == "completed"
        busy = Busy(api, photos[30:])
        busy.start()
        wait_until(lambda: len(busy.answered) >= 10, "it is in the middle of it")
        uploaded, answered = list(busy.uploaded), dict(busy.answered)
        instance.manage("backup", str(archive))
        busy.ended.set()
        busy.join()
        with pytest.raises(subprocess.CalledProcessError):
            instance.manage("restore", str(archive))

    place = {"WIZARD_DATA_DIR": str(tmp_path / "new"), "DATABASE_URL": own_database(tmp_path / "new")}
    restored_one = replace(instance, environment={**instance.environment, **place})
    restored_one.manage("restore", str(archive))
    if not place["DATABASE_URL"]:  # Postgres checks them as they come in
        assert ask(restored_one, "PRAGMA foreign_key_check") == []
    with running_instance(tmp_path / "new") as instance:
        api = instance.api(password=password)
        restored = {photo["id"]: photo for photo in api.wait_until_scored(150)}
        assert {photo["id"] for photo in photos} | set(uploaded) <= restored.keys()
        assert answered.items() <= {photo_id: photo["user_feedback"] for photo_id, photo in restored.items()}.items()
        for photo_id in restored:
            for kind in ("image", "thumbnail"):
                answer = api.call("GET", f"photos/{photo_id}/{kind}")
                assert (answer.status_code, len(answer.content) > 500) == (200, True)
        versions = api.call("GET", "models/versions").json()["results"]
        assert [version["version_number"] for version in versions] == [2, 1]
        assert api.call("GET", f"models/versions/{versions[0]['id']}/export").status_code == 200
        assert api.call("POST", f"models/versions/{versions[0]['id']}/activate").ok
        api.wait_until_scored(150)
        assert {photo["version_number"] for photo in api.every_photo()} == {2}
        assert "Traceback" not in instance.log.read_text()
