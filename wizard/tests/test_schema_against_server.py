"""Everything that the schema says, asked of the real server, within its bounds and beyond: schemathesis."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from wizard.instance import BASE_DIR, Instance
from wizard.tests.prepared import Prepared

pytestmark = [
    pytest.mark.system,
    pytest.mark.timeout(600),
    pytest.mark.slow("asks every operation of the schema"),
]

HERE = Path(__file__).parent
SEED = 1
EXAMPLES_OF_A_COMMIT = 8  # of each operation; schemathesis.toml has the number of the full tier


@pytest.fixture(scope="module")
def lived_in(prepared: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """An instance of its own, since what is asked deletes and changes: with scored photos, answers and two versions."""
    with prepared.running(tmp_path_factory.mktemp("schema") / "data", WIZARD_API_RATE="0") as instance:
        api = instance.api()
        for number, photo in enumerate(api.wait_until_scored()[:24]):
            api.answer(photo, "like" if number % 2 else "dislike")
        assert api.wait_until_ended(api.start_training(epochs=1))["status"] == "completed"
        yield instance


# `events` does not end for minutes (test_events.py); revoking tokens would soon leave the others nothing but 401.
ELSEWHERE = ("events", "auth_tokens_revoke")


@pytest.fixture(scope="module")
def tokens(lived_in: Instance) -> list[str]:
    """One for each run, made before the first one guesses passwords until it is held up."""
    return [lived_in.api().token for _ in range(2)]


@pytest.fixture(scope="module")
def depth(is_full: bool) -> tuple[str, ...]:
    return () if is_full else ("--max-examples", str(EXAMPLES_OF_A_COMMIT))


def asked(instance: Instance, token: str, *which: str) -> subprocess.CompletedProcess[str]:
    # One worker: ast.parse of Python 3.11, which Hypothesis calls, fails when threads meet in it (CPython #106905).
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(HERE / "schemathesis.toml"), "--no-color"),
        *("run", str(BASE_DIR / "docs" / "openapi.yaml"), "--url", instance.url, *which),
        *("--header", f"Authorization: Bearer {token}", "--seed", str(SEED), "--workers", "1"),
    ]
    return subprocess.run(command, cwd=instance.log.parent, capture_output=True, text=True, timeout=400, check=False)


def test_the_server_does_what_the_schema_says(lived_in: Instance, tokens: list[str], depth: tuple[str, ...]) -> None:
    excluded = (word for name in ELSEWHERE for word in ("--exclude-operation-id", name))
    ran = asked(lived_in, tokens[0], *depth, *excluded)
    assert ran.returncode == 0, ran.stdout[-20_000:] + ran.stderr[-2000:]


def test_the_server_revokes_tokens_as_the_schema_says(
    lived_in: Instance, tokens: list[str], depth: tuple[str, ...]
) -> None:
    ran = asked(lived_in, tokens[1], *depth, "--include-operation-id", "auth_tokens_revoke")
    assert ran.returncode == 0, ran.stdout[-20_000:] + ran.stderr[-2000:]


def test_the_log_holds_no_traceback(lived_in: Instance) -> None:
    assert "Traceback" not in lived_in.log.read_text()
