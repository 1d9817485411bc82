"""A start that is sent twice begins one training, whatever became of the first answer."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from rest_framework.test import APIClient

from training import services
from training.models import TrainingJob
from training.tests.test_starting import answered, completed

pytestmark = pytest.mark.postgres

ADDRESS = "/api/training/jobs"


def start(api: APIClient, key: str, **chosen: object) -> Any:
    return api.post(ADDRESS, chosen, format="json", headers={"Idempotency-Key": key})


def test_the_same_key_is_answered_with_the_first_job_also_after_it_has_ended(api: APIClient, owner: User) -> None:
    answered(owner, 10, 10)
    first = start(api, "monday", epochs=3)
    assert (first.status_code, first.json()["status"]) == (202, "pending")
    assert start(api, "monday", epochs=3).json()["id"] == first.json()["id"]
    completed(TrainingJob.objects.get())
    again = start(api, "monday", epochs=3)
    assert (again.status_code, again.json()["id"], again.json()["status"]) == (202, first.json()["id"], "completed")
    assert TrainingJob.objects.count() == 1


def test_another_key_is_another_start(api: APIClient, owner: User) -> None:
    answered(owner, 10, 10)
    start(api, "monday")
    refused = start(api, "tuesday")
    assert (refused.status_code, refused.json()["code"]) == (409, "job_open")


def test_the_same_key_for_something_else_is_refused(api: APIClient, owner: User) -> None:
    answered(owner, 10, 10)
    start(api, "monday", epochs=3)
    refused = start(api, "monday", epochs=4)
    assert (refused.status_code, refused.json()["code"]) == (422, "idempotency_key_reused")


def test_a_refused_start_does_not_use_its_key_up(api: APIClient, owner: User) -> None:
    assert start(api, "monday").json()["code"] == "too_few_labels"
    answered(owner, 10, 10)
    assert start(api, "monday").status_code == 202


def test_a_stranger_may_use_the_same_word(
    api: APIClient, strangers_api: APIClient, owner: User, stranger: User
) -> None:
    for each in (owner, stranger):
        answered(each, 10, 10)
    assert start(api, "monday").json()["id"] != start(strangers_api, "monday").json()["id"]


@pytest.mark.parametrize("key", ["", "x" * 101, "caf\xe9"])
def test_a_key_that_is_none_is_a_400(api: APIClient, key: str) -> None:
    refused = start(api, key)
    assert (refused.status_code, list(refused.json()["fields"])) == (400, ["Idempotency-Key"])


@pytest.mark.django_db(transaction=True)
def test_two_starts_at_once_begin_one_job(transactional_db: None) -> None:
    owner = User.objects.create_user("somebody")
    answered(owner, 10, 10)

    def begin(_: int) -> int:
        try:
            return services.start_training(owner=owner, idempotency_key="monday").pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        ids = set(pool.map(begin, range(4)))
    assert len(ids) == TrainingJob.objects.count() == 1


def test_jobs_are_listed_by_how_they_stand(api: APIClient, owner: User) -> None:
    answered(owner, 10, 10)
    job = start(api, "monday").json()["id"]
    assert [each["id"] for each in api.get(f"{ADDRESS}?status=pending").json()["results"]] == [job]
    assert api.get(f"{ADDRESS}?status=failed").json()["results"] == []
    assert api.get(f"{ADDRESS}?status=over").json()["fields"]["status"]
