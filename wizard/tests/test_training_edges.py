"""What can befall a training job, on real processes: others in the queue, kill -9, Redis away, a stop in the middle.

One instance from top to bottom, each test leaves it running, except for the last.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
import requests

from classifier.sample import sample_photos
from training.services import KILLED, SILENT, STOPPED
from wizard.instance import Api, Instance, running_instance, wait_until

pytestmark = [
    pytest.mark.system,
    pytest.mark.timeout(300),
    pytest.mark.full("kills processes, and starts three instances; training/tests/test_being_stopped.py stops one job"),
]

LONG = {"epochs": 100}
SHORT = {"epochs": 1}
SOON = {"WIZARD_TRAIN_NICE": "0"}  # as `running` is started: whatever else the machine does
OTHER = ("other", "a-long-enough-password")


@pytest.fixture(scope="module")
def api(running: Instance) -> Api:
    return running.api()


@pytest.fixture(scope="module")
def others_api(running: Instance) -> Api:
    """Another owner, with photos and answers of their own."""
    create = (
        f"from django.contrib.auth.models import User; User.objects.create_user('{OTHER[0]}', password='{OTHER[1]}')"
    )
    running.manage("shell", "-c", create)
    other = running.api(*OTHER)
    files = [("files", (photo.file.name, photo.file.read_bytes())) for photo in sample_photos()[:24]]
    other.call("POST", "photos", files=files).raise_for_status()
    answer_alternately(other, other.wait_until_scored())
    return other


def answer_alternately(api: Api, photos: list[dict[str, object]]) -> None:
    for number, photo in enumerate(photos):
        api.answer(photo, "like" if number % 2 else "dislike")


def training_child(instance: Instance) -> int:
    """The process that learns: the child of the train worker, which is there while a job runs and before."""
    _, child = instance.processes("train")
    return child


def serving(api: Api) -> set[int]:
    """The numbers of the versions that score the library."""
    return {photo["version_number"] for photo in api.every_photo()}


def test_with_no_answer_the_base_version_serves_and_training_says_what_is_missing(api: Api) -> None:
    api.call("POST", "preferences/texts", json={"phrase": "at the beach"}).raise_for_status()
    photos = api.wait_until_scored()
    assert all(photo["score"] is not None for photo in photos)
    assert serving(api) == {1}
    refused = api.call("POST", "training/jobs", json={})
    assert (refused.status_code, refused.json()["code"]) == (422, "too_few_labels")


def test_a_killed_child_fails_its_job_and_the_next_in_the_queue_runs(
    running: Instance, api: Api, others_api: Api
) -> None:
    answer_alternately(api, api.every_photo()[:40])
    job = api.start_training(**LONG)
    api.wait_until_learning(job)
    waiting = others_api.start_training(**SHORT)
    assert (others_api.job(waiting)["status"], others_api.job(waiting)["waits_behind"]) == ("pending", 1)
    os.kill(training_child(running), signal.SIGKILL)
    failed = api.wait_until_ended(job)
    assert (failed["status"], failed["error"], failed["version_id"]) == ("failed", KILLED, None)
    assert serving(api) == {1}
    assert others_api.wait_until_ended(waiting)["status"] == "completed"


def test_what_changes_while_it_learns_is_left_for_the_next_training(others_api: Api) -> None:
    with pytest.raises(requests.HTTPError, match="422"):  # nothing new since the last one
        others_api.start_training(**SHORT)
    job = others_api.start_training(epochs=10)
    others_api.wait_until_learning(job)
    changed, deleted, *_ = others_api.every_photo("feedback=like")
    others_api.answer(changed, "dislike")
    assert others_api.call("DELETE", f"photos/{deleted['id']}").status_code == 204
    done = others_api.wait_until_ended(job)
    assert (done["status"], done["likes"], done["dislikes"]) == ("completed", 12, 12)
    again = others_api.start_training(epochs=10)  # the same recipe, and now there is something new
    assert (others_api.job(again)["likes"], others_api.job(again)["dislikes"]) == (10, 13)
    others_api.call("POST", f"training/jobs/{again}/cancel").raise_for_status()
    assert others_api.wait_until_ended(again)["status"] == "cancelled"


def test_a_job_outlives_redis_and_so_does_all_the_rest(running: Instance, api: Api) -> None:
    job = api.start_training(**LONG)
    api.wait_until_learning(job)
    server = running.processes("valkey")[-1]
    os.kill(server, signal.SIGKILL)
    wait_until(lambda: running.processes("valkey")[-1] != server, "Valkey is back")
    assert api.job(job)["status"] == "running"
    api.call("POST", f"training/jobs/{job}/cancel").raise_for_status()
    assert api.wait_until_ended(job)["status"] == "cancelled"
    done = api.wait_until_ended(api.start_training(**SHORT))
    assert (done["status"], done["error"]) == ("completed", "")
    api.call("PATCH", "preferences", json={"match_threshold": 0.6}).raise_for_status()
    api.wait_until_scored()


def test_stopped_or_killed_it_says_so_on_the_next_start(running: Instance, api: Api, data_dir: Path) -> None:
    before = serving(api)
    stopped = api.start_training(**LONG)
    api.wait_until_learning(stopped)
    pids = running.processes()
    running.stop()
    assert [pid for pid in pids if Path(f"/proc/{pid}").exists()] == []

    with running_instance(data_dir, **SOON) as second:
        api = Api(second.url, api.token)
        assert (api.job(stopped)["status"], api.job(stopped)["error"]) == ("failed", STOPPED)
        killed = api.start_training(**LONG)
        api.wait_until_learning(killed)
        pids = second.processes()
        for pid in reversed(pids):  # as when the power fails: nobody is left to say anything
            os.kill(pid, signal.SIGKILL)
        second.process.wait(30)
        wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in pids), "every process has ended")
        # As if a minute had gone by: the worker's silence is noticed after that.
        second.manage("shell", "-c", A_MINUTE_LATER)

    with running_instance(data_dir, **SOON) as third:
        api = Api(third.url, api.token)
        failed = api.wait_until_ended(killed)
        assert (failed["status"], failed["error"]) == ("failed", SILENT)
        assert serving(api) == before
        assert api.wait_until_ended(api.start_training(epochs=2))["status"] == "completed"
        pids = third.processes()
        os.killpg(third.process.pid, signal.SIGHUP)  # as a terminal does that is closed
        third.process.wait(30)
        wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in pids), "every process has ended")


A_MINUTE_LATER = """
from datetime import timedelta
from django.db.models import F
from training.models import TrainingJob
TrainingJob.objects.filter(status="running").update(heartbeat=F("heartbeat") - timedelta(minutes=1))
"""
