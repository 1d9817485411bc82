"""The count of requests is one for all web processes, kept by a real Valkey."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from wizard.instance import Instance
from wizard.throttles import SCOPES

pytestmark = [pytest.mark.system, pytest.mark.once]
WINDOWS = 2  # the minute may end meanwhile


def test_two_processes_let_no_more_through_than_one(instance: Instance) -> None:
    (api,) = instance.newcomers("hasty")
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: api.call("POST", "models/versions/import", files={"x": b"x"}), range(60)))
    let_through = [answer for answer in answers if answer.status_code == 400]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert len(let_through) + len(refused) == 60
    assert SCOPES["import"] <= len(let_through) <= WINDOWS * SCOPES["import"]
    assert all(1 <= int(answer.headers["Retry-After"]) <= 61 for answer in refused)
    assert api.call("GET", "stats").status_code == 200
