"""Imported weights are checked in a separate process. If it crashes or hangs, the import is refused."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile

from training import exchange
from training.learn import check_file
from training.models import ModelVersion
from training.tests.malformed.inside import Trap
from training.tests.malformed.version import exported, saved, sound_weights

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_storage")]


def imported(owner: User, weights: bytes) -> ModelVersion:
    file = ContentFile(exported(weights), name="mine.wizard")
    return exchange.import_version(owner=owner, file=file, name="mine.wizard")


def refusal(owner: User, weights: bytes) -> str:
    """The code of the refusal, which leaves no row."""
    with pytest.raises(exchange.ImportRefused) as refused:
        imported(owner, weights)
    assert not ModelVersion.objects.owned_by(owner).exists()
    return refused.value.code


@pytest.mark.full("imports torch in a new process; the next test does so for each commit")
def test_the_process_passes_sound_weights(owner: User) -> None:
    assert imported(owner, sound_weights()).model_type == ModelVersion.Type.IMPORTED


@pytest.mark.slow("the one test per commit of the real process, which takes 5 s to import torch")
def test_the_process_refuses_a_bomb_and_does_not_run_it(owner: User, tmp_path: Path) -> None:
    trap = tmp_path / "sprung"
    assert refusal(owner, saved({"format": Trap(Path.touch, trap)})) == "corrupt"
    assert not trap.exists()


@pytest.mark.parametrize(
    "code",
    [
        "import os; os.abort()",
        "raise SystemExit(1)",
        "raise MemoryError",
        "import time; time.sleep(60)",
    ],
)
def test_a_process_that_ends_early_or_hangs_is_a_refusal(
    owner: User, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    run = subprocess.run

    def broken(command: list[str], **given: Any) -> Any:
        assert command[:3] == [sys.executable, "-m", check_file.__name__]
        return run([sys.executable, "-c", code], **given)

    monkeypatch.setattr(exchange, "CHECK_SECONDS", 1)
    monkeypatch.setattr(subprocess, "run", broken)  # no known file crashes the check
    assert refusal(owner, sound_weights()) == "unsafe"
