"""Somebody leaves in the middle of a training, on real processes: the data directory is searched byte by byte."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import requests
from redis import Redis

from classifier.sample import sample_photos
from wizard.instance import Api, Instance, wait_until
from wizard.sockets import socket_path
from wizard.tests.rows import owned_rows

pytestmark = [
    pytest.mark.system,
    pytest.mark.timeout(300),
    pytest.mark.full("needs an instance of its own and a training; test_leaving.py searches what one process leaves"),
]

NAME, PASSWORD = "quagga-of-the-karoo", "a-long-enough-password"


@pytest.fixture(scope="module")
def leaver(running: Instance) -> Api:
    """With photos, a bio, a phrase, a question to the model, answers, and a training under way."""
    create = f"from django.contrib.auth.models import User; User.objects.create_user('{NAME}', password='{PASSWORD}')"
    running.manage("shell", "-c", create)
    api = running.api(NAME, PASSWORD)
    files = [
        ("files", (f"{NAME}-{number}.webp", photo.file.read_bytes()))
        for number, photo in enumerate(sample_photos()[:24])
    ]
    api.call("POST", "photos", files=files, data={"bio": f"{NAME} was there"}).raise_for_status()
    api.call("POST", "preferences/texts", json={"phrase": f"{NAME} by the sea"}).raise_for_status()
    photos = api.wait_until_scored()
    wait_until(lambda: api.call("GET", f"search?q={NAME}").status_code == 200, "the search is answered")
    api.call("GET", "review/next").raise_for_status()
    for number, photo in enumerate(photos):
        api.answer(photo, "like" if number % 2 else "dislike")
    job_id = api.start_training(epochs=100)
    wait_until(lambda: api.job(job_id)["status"] == "running", "the training has begun", 150)
    return api


def traces(data_dir: Path) -> list[str]:
    """Every file whose name or content knows the name; the log of the processes is beside the folder."""
    files = [path for path in data_dir.rglob("*") if path.is_file()]
    known = [path for path in files if NAME.encode() in path.read_bytes() or NAME in path.name]
    return [str(path.relative_to(data_dir)) for path in known]


def keys_of(data_dir: Path, person: int) -> list[str]:
    with Redis(unix_socket_path=str(socket_path(data_dir))) as redis:
        keys = [key.decode() for key in redis.scan_iter("wizard:*")]
    marks = (f":{person}", f":{person}:", f"user-{person}:")
    return [
        key for key in keys if "training" not in key and (key.endswith(marks[0]) or any(m in key for m in marks[1:]))
    ]


def test_nothing_is_left_of_somebody_who_leaves_in_the_middle_of_a_training(
    running: Instance, data_dir: Path, leaver: Api
) -> None:
    demo = running.api()
    before = [photo["id"] for photo in demo.wait_until_scored()]
    person = json.loads(
        running.manage(
            "shell",
            "-v",
            "0",
            "-c",
            f"from django.contrib.auth.models import User; print(User.objects.get(username='{NAME}').pk)",
        )
    )
    assert owned_rows(running, person)["classifier_photo"] == 24
    assert len(keys_of(data_dir, person)) >= 3
    assert traces(data_dir) or running.environment["DATABASE_URL"]  # Postgres has its files elsewhere
    assert leaver.call("DELETE", "account", json={"password": PASSWORD}).status_code == 202
    assert leaver.call("GET", "photos").status_code == 401
    again = requests.post(f"{running.url}/api/auth/token", json={"username": NAME, "password": PASSWORD}, timeout=30)
    assert again.status_code == 400
    wait_until(lambda: not any(owned_rows(running, person).values()), "all rows are gone", 150)
    wait_until(lambda: not list((data_dir / "media").glob(f"*/{person}")), "all files are gone")
    wait_until(lambda: not [key for key in keys_of(data_dir, person) if "rate" not in key], "Redis has forgotten")
    with Redis(unix_socket_path=str(socket_path(data_dir))) as redis:
        redis.save()  # which it does by itself half a minute after a change
    wait_until(lambda: traces(data_dir) == [], f"no file knows of them: {traces(data_dir)}")
    assert NAME not in running.log.read_text()
    assert "Traceback" not in running.log.read_text()
    assert [photo["id"] for photo in demo.every_photo()] == before
