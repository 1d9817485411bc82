"""What the training page says and does, in every state of a job."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client

from classifier.models import Taste
from training import live
from training.curves import curves_of, latest_of, rows_of
from training.models import ModelVersion, TrainingJob
from training.templatetags.training import duration
from training.tests.conftest import Answer
from training.tests.job_samples import Status, epochs_of, job_of, version_of

pytestmark = pytest.mark.django_db


def page_of(client: Client, address: str = "/training/") -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_without_answers_it_says_how_many_are_needed(owner_client: Client) -> None:
    page = page_of(owner_client)
    assert 'disabled aria-describedby="refusal"' in page
    assert "so far there are 0 and 0" in page
    assert "Answer photos" in page
    assert "None yet." in page


def test_with_enough_answers_it_can_start(owner_client: Client, answer: Answer) -> None:
    answer(24, liked=10)
    page = page_of(owner_client)
    assert "disabled" not in page.split('id="training"')[1].split('id="auto"')[0]
    assert "<dt>You like</dt><dd>10</dd>" in page
    assert "<dt>You dislike</dt><dd>14</dd>" in page


def test_the_expected_time_is_in_proportion_to_the_last_one(owner: User, owner_client: Client, answer: Answer) -> None:
    answer(24)
    assert "It should take" not in page_of(owner_client)
    job_of(owner, Status.COMPLETED, epochs=5, likes=30, dislikes=30)  # 20 s for 60 answers and half of the epochs
    assert '<dd class="stat-words">about 15 seconds</dd>' in page_of(owner_client)


def test_a_job_that_waits_says_its_place(
    owner: User, stranger: User, owner_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wizard.workers.trouble_of", lambda queue: "")
    job_of(stranger)
    job_of(owner, Status.PENDING)
    page = page_of(owner_client)
    assert "Waiting for its turn" in page
    assert "1 training before yours" in page


def test_a_running_job_shows_its_phase_and_asks_for_more(owner: User, owner_client: Client) -> None:
    job_of(owner, phase=TrainingJob.Phase.FOLDS, history=epochs_of(0, 3))
    page = page_of(owner_client, "/training/live/")
    assert 'hx-get="/training/live/"' in page
    assert 'aria-current="step"' in page
    assert page.count("phase-done") == 2


def test_while_a_job_runs_no_answers_are_read_each_second(
    owner: User, owner_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_of(owner)
    monkeypatch.setattr("training.views.training.answers_of", lambda owner: pytest.fail("they were read"))
    assert "Learning from 20 likes and 20 dislikes" in page_of(owner_client, "/training/live/")


def test_an_ended_job_asks_for_nothing_more(owner: User, owner_client: Client) -> None:
    job_of(owner, Status.FAILED, error="The disk is full.")
    page = page_of(owner_client, "/training/live/")
    assert "hx-get" not in page
    assert "The disk is full." in page
    assert {"auto", "model-chip"} == set(re.findall(r'id="([\w-]+)"[^>]* hx-swap-oob="true"', page))


def test_a_version_that_did_not_take_over_can_be_used_anyway(owner: User, owner_client: Client) -> None:
    ModelVersion.objects.active_of(owner)
    version = version_of(owner)
    job_of(owner, Status.COMPLETED, version=version, outcome="Version 2: no better.")
    assert "Use version 2 anyway" in page_of(owner_client)
    owner_client.post("/versions/2/activate/", {"sure": "1"})
    assert ModelVersion.objects.active_of(owner) == version
    assert "anyway" not in page_of(owner_client)


def test_auto_training_is_set_on_the_page_and_moves_no_score(owner: User, owner_client: Client) -> None:
    before = Taste.objects.of(owner).revision
    owner_client.post("/training/auto/", {"auto_train": "on", "auto_train_every": "20"})
    taste = Taste.objects.get(owner=owner)
    assert (taste.auto_train, taste.auto_train_every, taste.revision) == (True, 20, before)
    assert "20 more answers until it trains by itself" in page_of(owner_client)
    owner_client.post("/training/auto/", {"auto_train_every": "20"})
    assert "It waits until you press Train." in page_of(owner_client)


@pytest.mark.parametrize("every", ["0", "-3", "", "many", "100000", "1e3"])
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_a_senseless_number_of_answers_is_refused_in_words(
    owner: User, owner_client: Client, every: str, headers: dict[str, str]
) -> None:
    sent = {"auto_train": "on", "auto_train_every": every}
    answer = owner_client.post("/training/auto/", sent, headers=headers)
    assert "Give a number of answers between 1 and 10,000." in answer.content.decode()
    assert Taste.objects.of(owner).auto_train_every == 50


def test_the_epoch_under_way_belongs_to_the_curve(owner: User) -> None:
    job = job_of(owner, history=[*epochs_of(0, 2), *epochs_of(1, 1)], epochs=4)
    runs = curves_of(job, {"fold": 0, "epoch": 3, "loss": 0.3, "accuracy": 0.7})
    assert runs[0]["loss"] == [0.7, 0.35, 0.3, None]
    assert runs[1]["accuracy"] == [0.54, None, None, None]
    assert latest_of(runs[0]) == {"loss": 0.3, "accuracy": 0.7}
    assert latest_of(runs[2]) is None
    rows = rows_of(runs)
    assert [row.epoch for row in rows] == [1, 2, 3]
    assert (rows[0].loss_of_checks, rows[1].loss_of_checks) == (0.7, None)
    assert curves_of(job, {"fold": 0, "epoch": 2, "loss": 9.9, "accuracy": 0.1})[0]["loss"][1] == 0.35


def test_news_without_an_epoch_draw_nothing(owner: User) -> None:
    job = job_of(owner)
    live.publish(job.pk, {"phase": "head", "done": 0.0})
    assert rows_of(curves_of(job, {"phase": "head", "done": 0.0})) == []


def test_redis_forgets_nothing_of_somebody_who_never_trained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wizard.store.redis", lambda: pytest.fail("it was asked"))
    live.forget_live([])


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, ""),
        (0, "a few seconds"),
        (13, "about 15 seconds"),
        (41, "about 40 seconds"),
        (75, "about a minute"),
        (200, "about 3 minutes"),
        (3500, "about an hour"),
        (9000, "about 2 hours"),
    ],
)
def test_a_duration_is_as_exact_as_it_deserves(seconds: float | None, words: str) -> None:
    assert duration(seconds) == words
