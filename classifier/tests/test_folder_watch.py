"""`manage.py watch`: what it imports, what it says, and how it ends."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from io import BytesIO, TextIOWrapper
from itertools import chain
from pathlib import Path
from typing import Any, Never

import pytest
from django.contrib.auth.models import User
from django.core.management.base import OutputWrapper
from django.db import OperationalError

from classifier import services
from classifier.folders import taking
from classifier.folders.telling import AWAY, Stop, say
from classifier.models import Photo
from classifier.tests.folder_samples import printed_by, put
from wizard import store

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def handed_over(monkeypatch: pytest.MonkeyPatch) -> list[list[int]]:
    """The parts that went to the score worker; Redis seems to be there."""
    parts: list[list[int]] = []
    monkeypatch.setattr(store, "answers", lambda: True)
    monkeypatch.setattr(services, "queue_photos", parts.append)
    return parts


def watch(folder: Path, *options: str) -> list[str]:
    return printed_by("watch", folder, *options)


@pytest.fixture
def between(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """What happens between the rounds of a watcher; after the last of it comes Ctrl-C."""

    def happen(*steps: Callable[[], object]) -> None:
        left: Iterator[Callable[[], object]] = iter(steps)

        def wait(stop: Stop, seconds: float) -> None:
            step = next(left, None)
            stop.asked = step is None
            if step:
                step()

        monkeypatch.setattr(Stop, "wait", wait)

    return happen


def test_one_look_imports_says_what_came_of_it_and_ends(owner: User, tmp_path: Path) -> None:
    put(tmp_path / "red.jpg")
    put(tmp_path / "blue.jpg")
    put(tmp_path / "broken.jpg", b"no picture")
    put(tmp_path / "notes.txt", b"x")
    first, refusal, aside = watch(tmp_path, "--once")
    assert re.fullmatch(r"\d\d:\d\d  2 new photos, 1 refused", first)
    assert refusal.startswith(f"  {tmp_path.name}/broken.jpg: This file is not a picture;")
    assert aside == "Left aside: 1 file is no picture by the name."
    assert Photo.objects.owned_by(owner).count() == 2
    assert watch(tmp_path, "--once")[0] == "Nothing new."


def test_a_line_is_printed_only_when_something_happened(
    owner: User, tmp_path: Path, between: Callable[..., None]
) -> None:
    between(lambda: None, lambda: put(tmp_path / "red.jpg"), lambda: None, lambda: put(tmp_path / "copy.jpg", b""))
    begin, one, two, why, end = watch(tmp_path)
    assert begin == f"Watching {tmp_path} for {owner}, every 5 s. Ctrl-C ends it."
    assert (one[7:], two[7:]) == ("1 new photo", "1 refused")
    assert why.startswith(f"  {tmp_path.name}/copy.jpg: This file is empty;")
    assert end == "Stopped. What came in so far is kept."


@pytest.mark.usefixtures("owner")
def test_trouble_is_said_once_and_again_when_it_comes_back(tmp_path: Path, between: Callable[..., None]) -> None:
    folder, away = tmp_path / "drive", tmp_path / "away"
    put(folder / "red.jpg")
    between(
        lambda: folder.rename(away),
        lambda: None,
        lambda: away.rename(folder),
        lambda: put(folder / "blue.jpg"),
        lambda: folder.rename(away),
    )
    lines = [line for line in watch(folder)[1:-1] if "new photo" not in line]
    assert lines == ["  drive: It was gone before it could be read."] * 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("owner")
def test_a_database_that_is_away_for_a_moment_does_not_end_it(
    tmp_path: Path, between: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_: Any) -> Never:
        monkeypatch.setattr(services, "store_photos", store_photos)
        raise OperationalError("database is locked")

    put(tmp_path / "red.jpg")
    store_photos = services.store_photos
    monkeypatch.setattr(services, "store_photos", fail)
    between(lambda: None)
    _, trouble, mended, _ = watch(tmp_path)
    assert trouble == "  The database: It does not answer; the next look tries again."
    assert mended.endswith("1 new photo")


def test_a_large_import_goes_to_the_score_worker_in_parts_with_one_kept_back(
    owner: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, handed_over: list[list[int]]
) -> None:
    monkeypatch.setattr(taking, "PART", 2)
    for colour in ("red", "green", "blue", "white", "black"):
        put(tmp_path / f"{colour}.jpg")
    watch(tmp_path, "--once")
    assert [len(part) for part in handed_over] == [2, 2, 1]
    assert {*chain(*handed_over)} == set(Photo.objects.owned_by(owner).values_list("pk", flat=True))


def test_without_redis_the_photos_are_kept_and_wait(
    owner: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, handed_over: list[list[int]]
) -> None:
    monkeypatch.setattr(store, "answers", lambda: False)
    put(tmp_path / "red.jpg")
    assert watch(tmp_path, "--once")[1] == AWAY
    assert Photo.objects.owned_by(owner).get().status == Photo.Status.QUEUED
    assert handed_over == []


def test_a_name_that_the_terminal_cannot_show_ends_nothing() -> None:
    terminal = TextIOWrapper(BytesIO(), encoding="ascii")
    say(OutputWrapper(terminal), "café.jpg: This file is empty;")
    assert terminal.buffer.getvalue() == b"caf?.jpg: This file is empty;\n"
