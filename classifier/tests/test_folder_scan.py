"""What of a folder is looked at, in which order, and what is left alone."""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Never

import pytest

from classifier.folders import scan
from classifier.folders.scan import Aside, CannotRead, Found, NotYet, look_through, read
from classifier.tests.factories import jpeg
from classifier.tests.folder_samples import put


def found_in(folder: Path, aside: Aside | None = None, apart_from: Sequence[Path] = ()) -> list[str]:
    files = look_through(folder, aside=aside or Aside(), apart_from=apart_from)
    return [found.shown.removeprefix(f"{folder.name}/") for found in files]


def the_one(folder: Path) -> Found:
    (found,) = look_through(folder, aside=Aside())
    return found


def test_pictures_are_found_at_any_depth_in_an_order_that_stays(tmp_path: Path) -> None:
    for name in ("b/red.JPG", "b/c/blue.jpeg", "a/green.png", "white.webp", "black.HEIC"):
        put(tmp_path / name, b"x")
    assert found_in(tmp_path) == ["black.HEIC", "white.webp", "a/green.png", "b/red.JPG", "b/c/blue.jpeg"]


def test_other_files_are_counted_and_hidden_ones_are_passed_over(tmp_path: Path) -> None:
    for name in ("red.jpg", "notes.txt", "Thumbs.db", "half.jpg.part", ".hidden.jpg", "._red.jpg"):
        put(tmp_path / name, b"x")
    for name in (".git/a.jpg", ".thumbnails/b.jpg", "@eaDir/red.jpg/c.jpg", "__MACOSX/d.jpg", "own/photos/e.jpg"):
        put(tmp_path / name, b"x")
    aside = Aside()
    assert found_in(tmp_path, aside, apart_from=[tmp_path / "own"]) == ["red.jpg"]
    assert aside == Aside(others=3)


def test_links_are_not_followed_and_a_loop_of_them_ends(tmp_path: Path) -> None:
    secret = put(tmp_path / "elsewhere" / "secret.jpg", b"x")
    put(tmp_path / "in" / "red.jpg")
    (tmp_path / "in" / "link.jpg").symlink_to(secret)
    (tmp_path / "in" / "loop").symlink_to(tmp_path / "in")
    aside = Aside()
    assert found_in(tmp_path / "in", aside) == ["red.jpg"]
    assert aside == Aside(links=2)


def test_a_folder_that_is_given_as_a_link_is_looked_into(tmp_path: Path) -> None:
    put(tmp_path / "photos" / "red.jpg")
    (tmp_path / "link").symlink_to(tmp_path / "photos")
    assert the_one(tmp_path / "link").path == str(tmp_path / "photos" / "red.jpg")


def test_a_pipe_with_the_name_of_a_picture_holds_up_nobody(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.jpg")
    put(tmp_path / "red.jpg")
    aside = Aside()
    assert found_in(tmp_path, aside) == ["red.jpg"]
    assert aside.troubles == [(f"{tmp_path.name}/a.jpg", scan.NOT_REGULAR)]


@pytest.mark.parametrize("turns_into", ["pipe", "link", "nothing", "folder"])
def test_a_file_that_turns_into_something_else_before_it_is_read_is_one_line(tmp_path: Path, turns_into: str) -> None:
    file = put(tmp_path / "red.jpg")
    found = the_one(tmp_path)
    file.rename(tmp_path / "aside.jpg")
    make: dict[str, Any] = {"pipe": lambda: os.mkfifo(file), "link": lambda: file.symlink_to("aside.jpg")}
    make |= {"folder": file.mkdir, "nothing": lambda: None}
    make[turns_into]()
    with pytest.raises(CannotRead, match=r"^[A-Z].*\.$"):
        read(found)


def test_a_file_that_changed_just_now_is_left_for_the_next_look(tmp_path: Path) -> None:
    put(tmp_path / "red.jpg", age=0.5)
    put(tmp_path / "blue.jpg", age=-3600)  # from a machine whose clock is ahead: it would never get old
    aside = Aside()
    assert found_in(tmp_path, aside) == ["blue.jpg"]
    assert aside == Aside(unsettled=1)


def test_a_file_that_grows_between_two_looks_is_not_read(tmp_path: Path) -> None:
    file = put(tmp_path / "red.jpg")
    found = the_one(tmp_path)
    put(file, jpeg("red") + b"more", age=60)
    with pytest.raises(NotYet):
        read(found)


def test_what_may_not_be_opened_is_one_line_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Denied by hand, since tests may run as root, who may open everything."""
    put(tmp_path / "closed" / "blue.jpg")
    put(tmp_path / "red.jpg")
    found = next(iter(look_through(tmp_path, aside=Aside())))
    scandir = os.scandir

    def deny(path: Any, *_: Any) -> Never:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)

    monkeypatch.setattr(os, "open", deny)
    monkeypatch.setattr(os, "scandir", lambda path: deny(path) if "closed" in path else scandir(path))
    with pytest.raises(CannotRead, match="may not read it"):
        read(found)
    aside = Aside()
    assert found_in(tmp_path, aside) == ["red.jpg"]
    assert [line.name for line in aside.troubles] == [f"{tmp_path.name}/closed"]


def test_a_name_cannot_play_tricks_on_the_terminal(tmp_path: Path) -> None:
    put(Path(os.fsdecode(os.fsencode(tmp_path) + b"/a\x1b[2J\n\xff.jpg")), b"x")
    assert found_in(tmp_path) == ["a\ufffd[2J\ufffd\ufffd.jpg"]
