"""Whose photos, and from which folder: what makes no sense is one sentence, from commands and settings alike."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError

from classifier.checks import watched_folder_can_be_imported
from classifier.models import Photo
from classifier.tasks import watch_folder
from classifier.tests.factories import UserFactory
from classifier.tests.folder_samples import printed_by, put
from wizard import store

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_redis(monkeypatch: pytest.MonkeyPatch) -> None:
    """No message is sent; what is said once, is said once all the same."""
    said: dict[str, int] = {}
    monkeypatch.setattr(store, "answers", lambda: False)
    monkeypatch.setattr(store, "is_first", lambda key, seconds: key not in said and said.setdefault(key, 1) == 1)
    monkeypatch.setattr(store, "put", lambda key, value, seconds: None)
    monkeypatch.setattr(store, "forget", lambda key: said.pop(key, None))


def test_a_watcher_needs_a_folder_and_an_account(owner: User, tmp_path: Path) -> None:
    file = put(tmp_path / "red.jpg")
    for given, words in (
        ([str(tmp_path / "nothing")], "There is no folder"),
        ([str(file)], "is not a folder"),
        ([str(tmp_path), "--user", "nobody"], "There is no account called nobody."),
        ([str(tmp_path), "--every", "0"], "--every takes seconds"),
    ):
        with pytest.raises(CommandError, match=words):
            printed_by("watch", *given)
    other = UserFactory.create()
    with pytest.raises(CommandError, match="more than one account; say whose photos these are with --user NAME"):
        printed_by("watch", tmp_path, "--once")
    printed_by("watch", tmp_path, "--once", "--user", other.username)
    assert Photo.objects.owned_by(other).exists()
    assert not Photo.objects.owned_by(owner).exists()


@pytest.mark.usefixtures("owner")
def test_an_import_needs_folders_that_do_not_hold_one_another(tmp_path: Path) -> None:
    folder = put(tmp_path / "likes" / "red.jpg").parent.parent
    put(folder / "dislikes" / "blue.jpg")
    cases: list[tuple[list[str | Path], str]] = [
        ([], "Name a folder, or one of --likes"),
        (["--likes", folder / "nothing"], "There is no folder"),
        (["--likes", folder, "--dislikes", folder / "dislikes"], "--dislikes lies in that of --likes"),
        (["--likes", folder / "likes", "--super-likes", folder / "likes"], "--super-likes lies in that of --likes"),
        ([folder, "--user", "nobody"], "There is no account called nobody."),
    ]
    for given, words in cases:
        with pytest.raises(CommandError, match=words):
            printed_by("import_folder", *given)
    assert not Photo.objects.exists()


@pytest.mark.usefixtures("owner")
def test_it_never_imports_what_dating_wizard_keeps_itself(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path / "home" / "data"
    put(settings.DATA_DIR / "media" / "red.jpg")
    put(tmp_path / "home" / "blue.jpg")
    assert printed_by("watch", tmp_path / "home", "--once")[0].endswith("1 new photo")
    with pytest.raises(CommandError, match="keeps its own files"):
        printed_by("watch", settings.DATA_DIR / "media", "--once")


def test_what_is_missing_is_said_by_the_checks_and_once_by_the_worker(
    owner: User, tmp_path: Path, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.WIZARD_WATCH_DIR = tmp_path
    assert watched_folder_can_be_imported(None) == []
    UserFactory.create()
    (warning,) = watched_folder_can_be_imported(None)
    assert "more than one account; say whose photos these are with WIZARD_WATCH_USER=NAME" in warning.msg
    settings.WIZARD_WATCH_USER = owner.username
    assert watched_folder_can_be_imported(None) == []
    settings.WIZARD_WATCH_DIR = tmp_path / "unplugged"
    (warning,) = watched_folder_can_be_imported(None)
    assert "There is no folder" in warning.msg
    watch_folder()
    watch_folder()
    assert caplog.text.count("There is no folder") == 1
    assert not Photo.objects.exists()


def test_beat_asks_only_when_a_folder_is_set(settings: Any, tmp_path: Path) -> None:
    program = "from wizard import settings; print('watch-folder' in settings.CELERY_BEAT_SCHEDULE)"
    for folder, scheduled in (("", "False"), (str(tmp_path), "True")):
        environment = {**os.environ, "WIZARD_WATCH_DIR": folder}
        command = [sys.executable, "-c", program]
        found = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, stdout=subprocess.PIPE, check=True)
        assert found.stdout.decode().strip() == scheduled
    assert watched_folder_can_be_imported(None) == []
