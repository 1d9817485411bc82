"""The running product: counted right over all its processes, and workers whose lines name the request."""

from __future__ import annotations

import re
import stat
from pathlib import Path
from uuid import uuid4

import requests

from wizard.instance import Instance, wait_until


def count_of(text: str, name: str) -> int:
    found = re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)
    return int(float(found[1])) if found else 0


def test_every_request_is_counted_once_whichever_process_had_it(instance: Instance) -> None:
    api = instance.api()
    name = 'wizard_requests_total{method="GET",route="api_compare",status="400"}'

    def metrics() -> str:
        headers = {"Authorization": f"Bearer {api.token}"}
        return requests.get(f"{instance.url}/metrics", headers=headers, timeout=10).text

    before = count_of(metrics(), name)
    for _ in range(60):
        requests.get(f"{instance.url}/api/models/compare", headers={"Authorization": f"Token {api.token}"}, timeout=10)
    wait_until(lambda: count_of(metrics(), name) == before + 60, "all sixty are counted", 10)
    said = metrics()
    assert count_of(said, 'wizard_request_seconds_count{route="api_compare"}') == before + 60
    assert count_of(said, "wizard_beat_seconds") < 60
    assert "wizard_queue_messages" in said


def test_another_account_of_the_machine_reads_nothing(instance: Instance) -> None:
    data_dir = Path(instance.environment["WIZARD_DATA_DIR"])
    assert stat.S_IMODE(data_dir.stat().st_mode) & 0o007 == 0
    (database,) = data_dir.glob("*.sqlite3")
    assert stat.S_IMODE(database.stat().st_mode) == 0o600


def test_it_says_that_it_is_ready_and_staff_see_what_runs(instance: Instance) -> None:
    assert requests.get(f"{instance.url}/readyz", timeout=10).json() == {
        "status": "ok",
        **dict.fromkeys(("database", "redis", "backbone", "disk", "score", "train", "beat"), "ok"),
    }
    browser = requests.Session()
    page = browser.get(f"{instance.url}/accounts/sign-in/", timeout=10).text
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert found
    given = {"username": "demo", "password": instance.password, "csrfmiddlewaretoken": found[1], "next": "/status/"}
    page = browser.post(f"{instance.url}/accounts/sign-in/", data=given, timeout=10).text
    assert "Everything runs." in page
    for kind in ("web", "score", "train", "beat", "valkey"):
        assert f'<th scope="row">{kind} ' in page
    assert "Slowest within the hour" in page


def test_a_workers_lines_name_the_request_that_sent_the_task(instance: Instance) -> None:
    sender = uuid4().hex
    api = instance.api()
    headers = {"Authorization": f"Token {api.token}", "X-Request-ID": sender}
    phrase = {"phrase": f"a {sender}"}
    answer = requests.post(f"{instance.url}/api/preferences/texts", json=phrase, headers=headers, timeout=10)
    assert answer.headers["X-Request-ID"] == sender
    lines = re.compile(rf"wizard\.(requests|tasks): .* id={sender}")
    wait_until(lambda: set(lines.findall(instance.log.read_text())) == {"requests", "tasks"}, "both are logged", 30)
    assert f"a {sender}" not in instance.log.read_text()
    requests.delete(f"{answer.url}/{answer.json()['id']}", headers=headers, timeout=10)
