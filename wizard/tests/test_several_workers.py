"""Two score workers and two train workers, each a process, and twenty people who train at once."""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from classifier.claiming import PHOTOS_PER_TURN
from classifier.sample import sample_photos
from wizard.instance import Api, Instance, wait_until
from wizard.tests.prepared import Prepared
from wizard.tests.rows import ask

pytestmark = [
    pytest.mark.system,
    pytest.mark.timeout(600),
    pytest.mark.full("twenty people train at once"),
    pytest.mark.skipif(
        not os.environ.get("WIZARD_TEST_DATABASE_URL"),
        reason="twenty people at once need Postgres: make tests-postgres",
    ),
]

PEOPLE = [f"person-{number:02}" for number in range(20)]
ENOUGH = 20  # photos: ten of each kind
WORKERS = {"WIZARD_SCORE_WORKERS": "2", "WIZARD_TRAIN_WORKERS": "2"}


@pytest.fixture(scope="module")
def running(prepared: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    with prepared.running(tmp_path_factory.mktemp("several") / "data", **WORKERS) as instance:
        yield instance


def upload(api: Api, count: int, mark: bytes = b"") -> None:
    files = [("files", (each.file.name, each.file.read_bytes() + mark)) for each in sample_photos()[:count]]
    assert len(api.call("POST", "photos", files=files).json()["created"]) == count


def test_a_single_photo_goes_before_most_of_somebody_elses_library_and_none_is_read_twice(running: Instance) -> None:
    many, single = running.newcomers("many", "single")
    scorers = running.processes("score")
    for pid in scorers:
        os.kill(pid, signal.SIGSTOP)  # so that all of it waits
    try:
        upload(many, len(sample_photos()))
        upload(single, 1)
    finally:
        for pid in scorers:
            os.kill(pid, signal.SIGCONT)
    single.wait_until_scored()
    many.wait_until_scored()
    sql = """SELECT username, attempts, begun_by FROM classifier_photoembedding e
        JOIN classifier_photo p ON p.id = e.photo_id JOIN auth_user u ON u.id = e.owner_id
        WHERE username IN ('many', 'single') ORDER BY e.id"""
    rows = ask(running, sql)
    names = [name for name, *_ in rows]
    assert Counter(names) == {"many": len(sample_photos()), "single": 1}
    assert names.index("single") <= 2 * PHOTOS_PER_TURN  # a turn of each worker's
    assert {row[1:] for row in rows} == {(0, "")}  # no claim is left behind, no attempt was counted


def test_twenty_people_who_train_at_once_all_get_a_version_in_the_order_they_asked(running: Instance) -> None:
    people = running.newcomers(*PEOPLE)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda api: upload(api, ENOUGH), people))
        list(pool.map(answer_all, people))
    jobs = [api.start_training(epochs=1) for api in people]
    people[0].wait_until_ended(jobs[0], 150)
    again = people[0].start_training(epochs=2)  # a second one: behind everybody's first
    wait_until(lambda: not open_jobs(running), "all of them ended", 400)

    rows = ask(running, "SELECT id, status, error FROM training_trainingjob ORDER BY id")
    assert [row for row in rows if row[1] != "completed"] == []
    assert len(rows) == len(PEOPLE) + 1
    started = [job for (job,) in ask(running, "SELECT id FROM training_trainingjob ORDER BY started_at, id")]
    assert started[-1] == again
    assert all(abs(started.index(job) - place) <= 1 for place, job in enumerate(jobs))  # two begin side by side
    learned = dict(ask(running, "SELECT job_id, count(*) FROM training_learnedanswer GROUP BY job_id"))
    assert learned == dict.fromkeys([*jobs, again], ENOUGH)
    versions = Counter(owner for (owner,) in ask(running, "SELECT owner_id FROM training_modelversion"))
    assert sorted(versions.values())[-len(PEOPLE) :] == [2] * (len(PEOPLE) - 1) + [3]
    assert "Traceback" not in running.log.read_text()


def answer_all(api: Api) -> None:
    for number, photo in enumerate(api.wait_until_scored()):
        api.answer(photo, "like" if number % 2 else "dislike")


def open_jobs(instance: Instance) -> int:
    ((count,),) = ask(instance, "SELECT count(*) FROM training_trainingjob WHERE status IN ('pending', 'running')")
    return int(count)
