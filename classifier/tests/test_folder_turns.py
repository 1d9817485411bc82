"""The folder of the settings: taken in by the score worker in short turns, by one row of turns at a time."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User

from classifier import services
from classifier.folders import scan, taking, turns
from classifier.folders.scan import CannotRead, Found
from classifier.models import Photo
from classifier.tasks import watch_folder
from classifier.tests.folder_samples import put
from wizard import store

pytestmark = pytest.mark.django_db

COLOURS = ["black", "blue", "green", "red", "white"]


class Queue(list[tuple[Any, ...]]):
    """What was sent, in order: photos to the score worker, and the next turn to itself."""

    def work(self) -> None:
        """Take up the turns, one after the other."""
        while self.turns:
            kind, *arguments = self.pop(0)
            if kind == "turn":
                watch_folder(*arguments)
            else:
                self.photos.append(arguments[0])

    @property
    def turns(self) -> list[tuple[Any, ...]]:
        return [each for each in self if each[0] == "turn"]

    photos: list[list[int]]


@pytest.fixture(autouse=True)
def kept(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    values: dict[str, Any] = {}
    monkeypatch.setattr(store, "answers", lambda: True)
    monkeypatch.setattr(store, "put", lambda key, value, seconds: values.update({key: value}))
    monkeypatch.setattr(store, "get", values.get)
    monkeypatch.setattr(store, "forget", lambda key: values.pop(key, None))
    monkeypatch.setattr(store, "claim", lambda key, holder, seconds: values.setdefault(key, holder) == holder)
    monkeypatch.setattr(store, "give_up", lambda key, holder: values.pop(key, None))
    monkeypatch.setattr(store, "is_first", lambda key, seconds: key not in values and values.setdefault(key, 1) == 1)
    return values


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Queue:
    queue = Queue()
    queue.photos = []
    monkeypatch.setattr(services, "queue_photos", lambda ids: queue.append(("photos", ids)))
    monkeypatch.setattr(turns, "send_on_commit", lambda task, *arguments: queue.append(("turn", *arguments)))
    monkeypatch.setattr(turns, "MOST_FILES", 2)
    monkeypatch.setattr(taking, "PART", 3)
    return queue


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    for colour in COLOURS:
        put(tmp_path / f"{colour}.jpg")
    settings.WIZARD_WATCH_DIR = tmp_path
    return tmp_path


@pytest.mark.usefixtures("folder")
def test_a_turn_takes_a_few_and_sends_the_next_one_behind_what_waits(
    owner: User, sent: Queue, kept: dict[str, Any]
) -> None:
    watch_folder()
    assert Photo.objects.owned_by(owner).count() == 2
    watch_folder(*sent.pop()[1:])
    assert [kind for kind, *_ in sent] == ["photos", "turn"]
    sent.work()
    assert Photo.objects.owned_by(owner).count() == len(COLOURS)
    sent.photos += [ids for kind, ids in sent if kind == "photos"]
    assert [len(part) for part in sent.photos] == [3, 2]  # a part is full, and the rest at the end
    assert turns.CLAIM not in kept


@pytest.mark.usefixtures("folder")
def test_the_folder_is_looked_through_once_for_many_turns(
    owner: User, sent: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch_folder()
    monkeypatch.setattr(taking, "look_through", lambda *_, **__: pytest.fail("it was looked through again"))
    sent.work()
    assert Photo.objects.owned_by(owner).count() == len(COLOURS)


@pytest.mark.usefixtures("folder")
def test_beat_begins_no_second_row_of_turns_while_one_is_under_way(owner: User, sent: Queue) -> None:
    watch_folder()
    watch_folder()
    assert Photo.objects.owned_by(owner).count() == 2
    assert len(sent.turns) == 1


@pytest.mark.usefixtures("folder")
def test_a_row_of_turns_that_another_one_replaced_ends_and_hands_over_what_it_held(
    owner: User, sent: Queue, kept: dict[str, Any]
) -> None:
    watch_folder()
    ((_, turn, held, skip),) = sent.turns
    kept[turns.CLAIM] = "another one, begun when this one had been silent for long"
    sent.clear()
    watch_folder(turn, held, skip)
    assert sent == [("photos", held)]
    assert Photo.objects.owned_by(owner).count() == 2


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("listed", [1, 2, 3, 2000])
def test_files_that_cannot_be_read_do_not_keep_it_going_for_ever(
    owner: User, sent: Queue, monkeypatch: pytest.MonkeyPatch, listed: int
) -> None:
    monkeypatch.setattr(turns, "LISTED", listed)

    def read(found: Found) -> bytes:
        if found.name in ("black.jpg", "blue.jpg", "green.jpg"):
            raise CannotRead("Dating Wizard may not read it.")
        return scan.read(found)

    monkeypatch.setattr(taking, "read", read)
    watch_folder()
    sent.work()
    assert sorted(Photo.objects.owned_by(owner).values_list("source_name", flat=True)) == ["red.jpg", "white.jpg"]


def test_it_logs_counts_and_no_names(owner: User, folder: Path, sent: Queue, caplog: pytest.LogCaptureFixture) -> None:
    put(folder / "a-broken.jpg", b"no picture")
    with caplog.at_level(logging.INFO, logger=turns.__name__):
        watch_folder()
    assert "watched folder: 1 new photo, 1 refused" in caplog.text
    assert "watched folder: 1 did not come in" in caplog.text
    assert "broken" not in caplog.text
