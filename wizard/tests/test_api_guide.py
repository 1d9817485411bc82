"""docs/api.md: its tutorial does what it says, as it stands there; its table of errors leaves none out."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from classifier.sample import sample_photos
from wizard import schema_settings, throttles
from wizard.instance import BASE_DIR, Instance

GUIDE = (BASE_DIR / "docs" / "api.md").read_text()
EACH = 12  # of either kind; ten is the least that trains


def block(language: str) -> str:
    (found,) = re.findall(rf"^```{language}\n(.*?)^```$", GUIDE, re.DOTALL | re.MULTILINE)
    return str(found)


def codes(part: Any) -> set[str]:
    """Of every example of an error, wherever it stands in the schema."""
    if isinstance(part, dict):
        own = {part["code"]} if {"detail", "code"} <= part.keys() and isinstance(part["code"], str) else set()
        return own.union(*(codes(each) for each in part.values()))
    return set().union(*(codes(each) for each in part)) if isinstance(part, list) else set()


def test_every_code_of_the_schema_is_in_the_guide() -> None:
    found = codes(yaml.safe_load((BASE_DIR / "docs" / "openapi.yaml").read_text()))
    assert len(found) > 30
    assert [code for code in sorted(found) if f"`{code}`" not in GUIDE] == []


def test_the_guide_has_the_limits_that_hold() -> None:
    for scope, row in {"search": "searches and likeness", "compare": "comparisons", "import": "imports"}.items():
        assert f"| {row} | {throttles.SCOPES[scope]} |" in GUIDE
    assert f"| starting trainings | {throttles.SCOPES['train']} |" in GUIDE
    assert f"| {throttles.SCOPES['sign_in']}, per address |" in GUIDE
    assert "docs/api.md" in schema_settings.DESCRIPTION


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = tmp_path / "pictures"
    folder.mkdir()
    for shows_dog in (True, False):
        for photo in [each for each in sample_photos() if ("dog" in each.file.name) is shows_dog][:EACH]:
            shutil.copy(photo.file, folder)
    (folder / "notes.txt").write_text("no picture")
    return folder


@pytest.mark.full("two whole trainings")
@pytest.mark.system
@pytest.mark.once
@pytest.mark.timeout(600)
@pytest.mark.parametrize(("language", "program"), [("python", sys.executable), ("bash", "bash")])
def test_the_tutorial_works_as_it_stands(
    instance: Instance, pictures: Path, tmp_path: Path, language: str, program: str
) -> None:
    (api,) = instance.newcomers(language)
    given = {"WIZARD_URL": instance.url, "WIZARD_TOKEN": api.token, "PICTURES": str(pictures)}
    ran = subprocess.run(
        [program, "-c", block(language)],
        cwd=tmp_path,
        env={**os.environ, **given},
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "notes.txt" in ran.stdout
    assert len(api.every_photo("feedback=like")) == len(api.every_photo("feedback=dislike")) == EACH
    versions = api.call("GET", "models/versions").json()["results"]
    assert [(version["version_number"], version["is_active"]) for version in versions] == [(2, True), (1, False)]
    with zipfile.ZipFile(tmp_path / "my-version.wizard") as exported:
        assert set(exported.namelist()) == {"manifest.json", "version.pt"}
