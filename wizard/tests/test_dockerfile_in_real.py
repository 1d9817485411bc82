"""The Dockerfile's steps in a fresh directory, and what compose.yaml starts in it; the packages are those of here."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from try_dockerfile import ignored, instructions

SCRIPT = Path(settings.BASE_DIR, "scripts", "try_dockerfile.py")
IGNORE = ["*", "!wizard", "**/tests", "**/*.py[co]"]


@pytest.mark.full("does every step of the Dockerfile; test_deployment.py lints it")
@pytest.mark.system
@pytest.mark.once
@pytest.mark.timeout(500)
def test_the_image_would_build_and_get_ready() -> None:
    ran = subprocess.run([sys.executable, SCRIPT], check=False, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout[-3000:] + ran.stderr[-3000:]
    assert "/readyz answers 200" in ran.stdout
    for healthy in ("HEALTHCHECK", "health of score", "health of train", "health of beat"):
        assert f"{healthy}: ok" in ran.stdout
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize(
    ("path", "is_out"),
    [
        ("wizard/urls.py", False),
        ("wizard/management/commands/ready.py", False),
        ("wizard/tests/test_log.py", True),
        ("wizard/x.pyc", True),
        ("data/secret_key", True),
        (".env", True),
    ],
)
def test_only_what_runs_is_sent_to_a_build(path: str, is_out: bool) -> None:
    assert ignored(IGNORE, path) is is_out
    there = (line for line in Path(settings.BASE_DIR, ".dockerignore").read_text().splitlines() if line[:1] not in "#")
    assert ignored(list(there), path) is is_out


def test_lines_that_go_on_and_comments_between_them_are_read_as_docker_reads_them() -> None:
    read = list(instructions('# one\nRUN a \\\n  # of it\n  && b\n\nCMD ["c"]\n'))
    assert read == [("RUN", "a && b"), ("CMD", '["c"]')]
