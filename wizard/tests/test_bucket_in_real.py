"""The main job on real processes whose photos and versions lie in a bucket, and a disk that keeps none of them."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from classifier.sample import sample_photos
from wizard.instance import BASE_DIR, Api, Instance, own_environment, running_instance, wait_until
from wizard.tests.buckets import Bucket, new_bucket

pytestmark = [
    pytest.mark.system,
    pytest.mark.timeout(500),
    pytest.mark.full("starts an instance of its own; test_bucket.py has the same bucket in one process"),
]

FOLDERS = ("photos", "thumbnails", "stems", "models")


@pytest.fixture(scope="module")
def bucket(s3_endpoint: str) -> Bucket:
    return new_bucket(s3_endpoint)


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("bucket") / "data"


@pytest.fixture(scope="module")
def running(data_dir: Path, bucket: Bucket) -> Iterator[Instance]:
    """With an account made beforehand, so that the first start draws no sample library, which nobody needs here."""
    create = "from django.contrib.auth.models import User; User.objects.create_user('first')"
    for command in (["migrate", "-v", "0"], ["shell", "-v", "0", "-c", create]):
        subprocess.run([sys.executable, "manage.py", *command], cwd=BASE_DIR, env=own_environment(data_dir), check=True)
    with running_instance(data_dir, wait_for="/healthz", STORAGE_URL=bucket.url) as instance:
        yield instance


def owned(bucket: Bucket, person: str) -> dict[str, list[str]]:
    return {folder: bucket.keys(f"{folder}/{person}/") for folder in FOLDERS}


def trained(api: Api) -> str:
    photos = api.wait_until_scored()
    for number, photo in enumerate(photos):
        api.answer(photo, "like" if number % 2 else "dislike")
    job = api.wait_until_ended(api.start_training(epochs=1), 240)
    assert (job["status"], job["error"]) == ("completed", "")
    return f"models/versions/{job['version_id']}"


def test_photos_are_scored_served_learned_from_and_deleted_in_a_bucket_alone(
    running: Instance, bucket: Bucket, data_dir: Path
) -> None:
    (api,) = running.newcomers("ada")
    samples = sample_photos()[:24]
    sent = [("files", (each.file.name, each.file.read_bytes())) for each in samples]
    created = api.call("POST", "photos", files=sent).json()["created"]
    assert len(created) == 24
    version = trained(api)

    (mine,) = {key.split("/")[1] for key in bucket.keys()}  # noqa: SIM118  (no dictionary)
    kept = owned(bucket, mine)
    assert {folder: len(keys) for folder, keys in kept.items()} == {
        "photos": 24, "thumbnails": 24, "stems": 24, "models": 1,
    }  # fmt: skip
    assert not (data_dir / "media").exists()

    picture = api.call("GET", f"photos/{created[0]['id']}/image")
    assert picture.headers["Content-Type"] == "image/jpeg"
    stored = {
        bucket.client.get_object(Bucket=bucket.name, Key=f"wizard/{key}")["Body"].read() for key in kept["photos"]
    }
    assert picture.content in stored
    assert int(picture.headers["Content-Length"]) == len(picture.content)

    assert api.call("POST", f"{version}/activate").ok
    api.wait_until_scored()
    photos = api.every_photo()
    assert all(photo["components"]["learned"]["value"] is not None for photo in photos)
    assert zipfile.ZipFile(io.BytesIO(api.call("GET", "account/export").content)).testzip() is None

    assert api.call("DELETE", f"photos/{created[0]['id']}").status_code == 204
    left = owned(bucket, mine)
    assert [len(left[folder]) for folder in FOLDERS] == [23, 23, 23, 1]
    assert running.manage("orphans").startswith("0 files")

    running.manage("shell", "-c", LEAVE)
    wait_until(lambda: not any(owned(bucket, mine).values()), "no object of theirs is left", 120)
    assert bucket.keys() == []
    assert "Traceback" not in running.log.read_text()
    assert "secret" not in running.log.read_text()


LEAVE = """
from django.contrib.auth.models import User
from wizard.leaving import ask_to_leave
ask_to_leave(user=User.objects.get(username="ada"))
"""
