"""Photos from folders, with real processes: sorted folders with their answers, and watchers beside an upload."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from classifier.sample import SamplePhoto, sample_photos
from wizard.instance import BASE_DIR, Api, Instance, wait_until

pytestmark = [pytest.mark.system, pytest.mark.slow("starts commands of manage.py beside the running product")]

PASSWORD = "correct horse battery"


def account(instance: Instance, name: str) -> Api:
    """Somebody with an empty library: the demo user's is that of other tests."""
    made = f"from django.contrib.auth.models import User; User.objects.create_user({name!r}, password={PASSWORD!r})"
    instance.manage("shell", "-v", "0", "-c", made)
    return instance.api(name, PASSWORD)


def put(folder: Path, photos: tuple[SamplePhoto, ...]) -> None:
    folder.mkdir(exist_ok=True)
    for photo in photos:
        (folder / photo.file.name).write_bytes(photo.file.read_bytes())
        os.utime(folder / photo.file.name, (1, 1))  # since long


def test_sorted_folders_come_in_with_their_answers(instance: Instance, tmp_path: Path) -> None:
    api = account(instance, "sorter")
    put(tmp_path / "likes", sample_photos()[:12])
    put(tmp_path / "dislikes", sample_photos()[12:24])
    folders = ["--likes", str(tmp_path / "likes"), "--dislikes", str(tmp_path / "dislikes"), "--user", "sorter"]
    assert "24 new photos.\nAnswers: 12 liked, 12 disliked.\n" in instance.manage("import_folder", *folders)
    answers = {photo["source_name"]: photo["user_feedback"] for photo in api.every_photo()}
    assert answers == {
        photo.file.name: "like" if row < 12 else "dislike" for row, photo in enumerate(sample_photos()[:24])
    }
    again = instance.manage("import_folder", *folders)
    assert again == "24 already there.\nAnswers: 24 had that answer already.\n"


@contextmanager
def watcher(instance: Instance, folder: Path, log: Path) -> Iterator[subprocess.Popen[Any]]:
    command = [sys.executable, "manage.py", "watch", str(folder), "--user", "watcher", "--every", "0.2"]
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=BASE_DIR, env=instance.environment, stdout=out)
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def test_two_watchers_and_an_upload_bring_each_photo_once_and_a_deleted_one_stays_away(
    instance: Instance, tmp_path: Path
) -> None:
    api = account(instance, "watcher")
    folder, logs = tmp_path / "photos", [tmp_path / "one.log", tmp_path / "two.log"]
    put(folder, sample_photos()[:8])
    with watcher(instance, folder, logs[0]) as one, watcher(instance, folder, logs[1]) as two:
        wait_until(lambda: all("Watching" in log.read_text() for log in logs), "both watch")
        put(folder, sample_photos()[8:24])
        uploads = [("files", (photo.file.name, photo.file.read_bytes())) for photo in sample_photos()[8:24]]
        assert api.call("POST", "photos", files=uploads).status_code == 201
        wait_until(lambda: len(api.every_photo()) == 24, "all are there")
        # One that a watcher brought: of one that was uploaded alone no folder knows yet.
        brought = {photo.file.name for photo in sample_photos()[:8]}
        deleted = next(photo for photo in api.wait_until_scored() if photo["source_name"] in brought)
        assert api.call("DELETE", f"photos/{deleted['id']}").status_code == 204
        (folder / deleted["source_name"]).rename(folder / "renamed.webp")
        said = "1 deleted here before"
        wait_until(lambda: any(said in log.read_text() for log in logs), "the renamed file is looked at")
        for process in (one, two):
            process.send_signal(signal.SIGTERM)
        assert [process.wait(20) for process in (one, two)] == [0, 0]
    assert all(log.read_text().endswith("Stopped. What came in so far is kept.\n") for log in logs)
    instance.manage("watch", str(folder), "--user", "watcher", "--once")  # what they had not come to yet
    assert len(api.every_photo()) == 23
    assert instance.manage("watch", str(folder), "--user", "watcher", "--once") == "Nothing new.\n"
