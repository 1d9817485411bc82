"""Connections to Postgres: a web process shares a few among its threads, every other process keeps its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from wizard.instance import BASE_DIR, Instance
from wizard.machine import share_of_cores
from wizard.tests.rows import ask

SHOW = """
import json
from django.conf import settings
given = settings.DATABASES["default"]
print(json.dumps([given["CONN_MAX_AGE"], given.get("OPTIONS", {}).get("pool", {}).get("max_size", 0)]))
"""
POSTGRES = {"DATABASE_URL": "postgres://wizard@localhost/wizard?sslmode=prefer"}
WEB = {"WIZARD_PROCESS": "web"}


@pytest.mark.parametrize(
    ("given", "age_and_pool"),
    [
        (POSTGRES | WEB, [0, 6]),
        (POSTGRES | WEB | {"WIZARD_DATABASE_POOL": "3"}, [0, 3]),
        (POSTGRES | WEB | {"WIZARD_DATABASE_POOL": "0"}, [60, 0]),
        (POSTGRES, [60, 0]),
        ({"DATABASE_URL": ""} | WEB, [60, 0]),
    ],
)
def test_the_threads_of_a_web_process_share_a_pool_on_postgres(
    given: dict[str, str], age_and_pool: list[int], tmp_path: Any
) -> None:
    environment = {**os.environ, "WIZARD_ENV_FILE": os.devnull, "WIZARD_DATA_DIR": str(tmp_path), **given}
    environment["DJANGO_SETTINGS_MODULE"] = "wizard.settings"
    command = [sys.executable, "-c", SHOW]
    said = subprocess.run(command, cwd=BASE_DIR, env=environment, check=True, capture_output=True, text=True).stdout
    assert json.loads(said) == age_and_pool


@pytest.mark.system
def test_no_connection_is_shared_between_processes_and_a_web_process_keeps_few(instance: Instance) -> None:
    if not instance.environment["DATABASE_URL"]:
        pytest.skip("SQLite has no connections to share")
    api = instance.api()
    for _ in range(20):
        api.call("GET", "photos").raise_for_status()
    rows = ask(instance, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
    web = len(instance.processes("web")) - 1  # one of them only looks after the others
    assert web <= rows[0][0] - 1 <= 6 * web + 4  # and the workers', for as long as a task takes
    assert "Traceback" not in instance.log.read_text()


def test_workers_on_one_machine_share_its_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    assert [share_of_cores(workers) for workers in (0, 1, 2, 3, 16)] == [0, 0, 4, 2, 1]
