"""An import that is stopped, or that has to wait, goes on where it was."""

from __future__ import annotations

import signal
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command

from classifier import services
from classifier.folders import scan, sorting, taking
from classifier.folders.sorting import Answered, SortedFolder, give_answers, import_sorted
from classifier.folders.taking import Tally
from classifier.models import Photo
from classifier.tests.factories import jpeg
from classifier.tests.folder_samples import look, put, score
from wizard import store

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def handed_over(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    photos: list[int] = []
    monkeypatch.setattr(store, "answers", lambda: True)
    monkeypatch.setattr(services, "queue_photos", photos.extend)
    return photos


def after(calls: int) -> Callable[[], bool]:
    """Ctrl-C, seen at a later one of the moments when it is looked for."""
    left = iter(range(calls))
    return lambda: next(left, None) is None


def test_a_stopped_import_has_handed_over_what_it_took_and_goes_on_from_there(
    owner: User, tmp_path: Path, handed_over: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("likes/green.jpg", "likes/red.jpg", "likes/white.jpg"):
        put(tmp_path / name)
    folders = [SortedFolder(tmp_path / "likes", "like")]

    def run(stopped: Callable[[], bool]) -> Tally:
        tally = Tally()
        import_sorted(owner=owner, folders=folders, tally=tally, on_progress=lambda *_: None, stopped=stopped)
        return tally

    assert run(after(2)).new == 2
    assert len(handed_over) == 2
    read: list[str] = []

    def look_on(found: scan.Found) -> bytes:
        read.append(found.name)
        return scan.read(found)

    monkeypatch.setattr(taking, "read", look_on)
    tally = run(lambda: False)
    assert (tally.new, tally.already, read) == (1, 2, ["white.jpg"])


def test_answers_are_given_as_the_scores_come_and_those_left_are_counted(
    owner: User, handed_over: list[int], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("green.jpg", "red.jpg", "white.jpg"):
        put(tmp_path / name)
    look(owner, tmp_path)
    wanted = dict.fromkeys(Photo.objects.values_list("sha256", flat=True), "like")
    shown: list[tuple[int, int]] = []
    answered = Answered()
    # A score for each look, for two of three; then nobody scores any more.
    monkeypatch.setattr("time.sleep", lambda seconds: score([handed_over.pop(0)]) if len(handed_over) > 1 else None)
    monkeypatch.setattr(sorting, "QUIET_SECONDS", 0)
    monkeypatch.setattr(sorting, "somebody_scores", lambda: len(handed_over) > 1)
    give_answers(
        owner=owner,
        wanted=wanted,
        answered=answered,
        on_progress=lambda *at: shown.append(at),
        stopped=lambda: False,
    )
    assert (answered.given["like"], answered.unscored) == (2, 1)
    assert [at for at, before in zip(shown, [None, *shown], strict=False) if at != before] == [(0, 3), (1, 3), (2, 3)]


@pytest.mark.parametrize("command", [["watch", "--once"], ["import_folder"]])
def test_a_file_that_was_copied_just_before_is_waited_for(owner: User, tmp_path: Path, command: list[str]) -> None:
    put(tmp_path / "red.jpg", age=1)
    name, *options = command
    call_command(name, str(tmp_path), *options, stdout=StringIO())
    assert Photo.objects.owned_by(owner).count() == 1


def test_a_file_that_changed_under_our_hands_is_taken_at_the_next_look(
    owner: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = put(tmp_path / "red.jpg", jpeg("red")[:500])

    def finish(found: scan.Found) -> bytes:
        put(file, jpeg("red"))
        return scan.read(found)

    with monkeypatch.context() as while_reading:
        while_reading.setattr(taking, "read", finish)
        tally = look(owner, tmp_path)
    assert (tally.new, tally.unsettled, tally.refused) == (0, 1, [])
    assert look(owner, tmp_path).new == 1


def test_a_signal_ends_it_after_the_file_at_hand_and_a_second_one_at_once(
    owner: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("green.jpg", "red.jpg"):
        put(tmp_path / name)

    def interrupted(found: scan.Found) -> bytes:
        signal.raise_signal(signal.SIGTERM)
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
        return scan.read(found)

    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr(taking, "read", interrupted)
    out = StringIO()
    call_command("watch", str(tmp_path), stdout=out)
    assert out.getvalue().splitlines()[-1] == "Stopped. What came in so far is kept."
    with pytest.raises(SystemExit, match="130"):
        call_command("import_folder", str(tmp_path), stdout=out)
    assert Photo.objects.owned_by(owner).count() == 2
    assert signal.getsignal(signal.SIGTERM) == before
