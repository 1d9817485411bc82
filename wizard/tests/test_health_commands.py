"""What a container is asked about its health: `python -m wizard.alive` and `manage.py ready`."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from wizard import alive
from wizard.celery import app
from wizard.health import answering_workers
from wizard.instance import BASE_DIR, Instance, free_port


@pytest.mark.system
@pytest.mark.once
def test_the_web_process_is_alive_whatever_it_is_called(instance: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", instance.environment["PORT"])
    monkeypatch.setenv("ALLOWED_HOSTS", "localhost,wizard.example.org")
    assert alive.main() == 0
    monkeypatch.setenv("ALLOWED_HOSTS", "wizard.example.org")  # which this instance does not answer to
    assert alive.main() == 1


def test_no_web_process_is_not_alive(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("PORT", str(free_port()))
    assert alive.main() == 1
    assert "does not answer" in capsys.readouterr().err


def test_it_needs_no_django() -> None:
    asked = [sys.executable, "-I", "-S", "wizard/alive.py"]  # without a single package, and as the Dockerfile asks
    environment = {"PORT": str(free_port())}
    said = subprocess.run(asked, cwd=BASE_DIR, env=environment, check=False, capture_output=True, text=True)
    assert (said.returncode, said.stderr.startswith("The web process does not answer")) == (1, True)


def test_parts_are_ready_one_by_one(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("wizard.management.commands.ready.readiness", lambda: {"score": "ok", "beat": "Not heard of."})
    call_command("ready", "score")
    assert "score: ok" in capsys.readouterr().out
    for parts in ([], ["beat"], ["nonsense"]):
        with pytest.raises(CommandError):
            call_command("ready", *parts)


@pytest.mark.parametrize(("embedded", "waits"), [(True, False), (False, True)])
def test_nobody_is_waited_for_where_it_is_known_that_all_have_answered(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, embedded: bool, waits: bool
) -> None:
    settings.EMBEDDED_REDIS, settings.WIZARD_SCORE_WORKERS, settings.WIZARD_TRAIN_WORKERS = embedded, 2, 1
    waited = []

    def ping(*, timeout: float, callback: Callable[[dict[str, object]], None]) -> None:
        for worker in ("train.1@here", "score.2@here", "score.1@here"):
            callback({worker: {"ok": "pong"}})
        waited.append(timeout)

    monkeypatch.setattr(app.control, "ping", ping)
    assert answering_workers() == {"score", "train"}
    assert bool(waited) is waits


def test_behind_tls_health_is_answered_without_a_detour(client: Client, settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/healthz").status_code == 200
    assert client.get("/accounts/sign-in/").status_code == 301
