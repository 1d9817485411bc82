"""`manage.py import_folder`: photos that somebody sorted already come in with their answers."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError
from django.db import OperationalError

from classifier import services
from classifier.folders import sorting
from classifier.models import Photo
from classifier.tests.factories import jpeg
from classifier.tests.folder_samples import printed_by, put, score
from wizard import store

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def working(monkeypatch: pytest.MonkeyPatch) -> None:
    """A score worker that scores at once what it is handed."""
    monkeypatch.setattr(store, "answers", lambda: True)
    monkeypatch.setattr(services, "queue_photos", score)


@pytest.fixture
def no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "queue_photos", lambda photo_ids: None)
    monkeypatch.setattr(sorting, "QUIET_SECONDS", 0)
    monkeypatch.setattr(sorting, "somebody_scores", lambda: False)


def import_folder(*given: str | Path) -> list[str]:
    return printed_by("import_folder", *given)


def import_sorted(folder: Path, *more: str) -> list[str]:
    return import_folder("--likes", folder / "likes", "--dislikes", folder / "dislikes", *more)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("likes/red.jpg", "likes/deep/green.jpg", "dislikes/blue.jpg", "super/gold.jpg", "other/white.jpg"):
        put(tmp_path / name)
    return tmp_path


def answers(owner: User) -> dict[str, str | None]:
    return {photo.source_name: photo.answer for photo in Photo.objects.owned_by(owner)}


def test_each_photo_gets_the_answer_of_its_folder(owner: User, folder: Path) -> None:
    said = import_folder(
        folder / "other",
        "--likes",
        folder / "likes",
        "--dislikes",
        folder / "dislikes",
        "--super-likes",
        folder / "super",
    )
    assert said == ["5 new photos.", "Answers: 2 liked, 1 super liked, 1 disliked."]
    assert answers(owner) == {
        "red.jpg": "like",
        "green.jpg": "like",
        "blue.jpg": "dislike",
        "gold.jpg": "super_like",
        "white.jpg": None,
    }


def test_a_folder_of_all_photos_may_hold_the_sorted_ones(owner: User, folder: Path) -> None:
    put(folder / "likes" / "notes.txt", b"x")
    said = import_folder(folder, "--likes", folder / "likes")
    assert said[:2] == ["5 new photos.", "Left aside: 1 file is no picture by the name."]
    assert answers(owner)["red.jpg"] == "like"
    assert import_folder(folder / "likes" / "deep", "--likes", folder / "likes")[0] == "2 already there."


def test_photos_that_are_there_get_their_answer_unless_they_have_one(owner: User, folder: Path) -> None:
    import_folder(folder / "likes")
    blue, green = (put(folder / "first" / name) for name in ("blue.jpg", "green.jpg"))
    import_folder(folder / "first")
    for photo in Photo.objects.filter(source_name__in=(blue.name, green.name)):
        services.give_feedback(photo=photo, feedback="like")
    assert import_sorted(folder) == [
        "3 already there.",
        "Answers: 1 liked, 1 had that answer already, 1 has another answer, which stays.",
    ]
    assert answers(owner) == {"red.jpg": "like", "green.jpg": "like", "blue.jpg": "like"}


def test_a_picture_in_two_folders_is_refused_by_both_names_and_the_rest_goes_on(owner: User, folder: Path) -> None:
    put(folder / "dislikes" / "copy.jpg", jpeg("red"))
    said = import_sorted(folder)
    assert said[:2] == [
        "2 new photos, 1 refused.",
        "  likes/red.jpg: The same picture is dislikes/copy.jpg; leave it in one folder.",
    ]
    assert answers(owner) == {"green.jpg": "like", "blue.jpg": "dislike"}
    (folder / "dislikes" / "copy.jpg").unlink()
    import_sorted(folder)
    assert answers(owner)["red.jpg"] == "like"


@pytest.mark.usefixtures("no_worker")
def test_without_a_score_worker_the_photos_are_kept_and_a_second_run_gives_the_answers(
    owner: User, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = import_sorted(folder)
    assert "3 photos have no score yet, and no score worker answers." in said[-1]
    assert set(answers(owner).values()) == {None}
    score(Photo.objects.values_list("pk", flat=True))
    monkeypatch.setattr("classifier.folders.taking.read", lambda found: pytest.fail("a file was read again"))
    assert import_sorted(folder) == ["3 already there.", "Answers: 2 liked, 1 disliked."]


def test_deleted_photos_come_back_with_again_alone(owner: User, folder: Path) -> None:
    import_sorted(folder)
    services.trash_photos(Photo.objects.filter(source_name="red.jpg"))
    services.delete_photo(photo=Photo.objects.get(source_name="blue.jpg"))
    assert import_sorted(folder)[0] == "1 already there, 2 deleted here before (--again brings them back)."
    assert list(answers(owner)) == ["green.jpg"]
    assert import_sorted(folder, "--again")[0] == "1 new photo, 1 brought back, 1 already there."
    assert answers(owner) == {"red.jpg": "like", "green.jpg": "like", "blue.jpg": "dislike"}


def test_refused_files_are_named_at_every_run(owner: User, folder: Path) -> None:
    put(folder / "likes" / "broken.jpg", b"no picture")
    for _ in range(5):
        said = import_folder(folder / "likes")
        assert said[1].startswith("  likes/broken.jpg: This file is not a picture;")


def test_a_photo_that_could_not_be_scored_says_why(owner: User, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(photo_ids: list[int]) -> None:
        score(photo_ids)
        red = Photo.objects.filter(source_name="red.jpg")
        red.update(status=Photo.Status.UNREADABLE, unreadable_reason="Reading it failed 3 times")

    monkeypatch.setattr(services, "queue_photos", fail)
    assert import_folder("--likes", folder / "likes")[1:] == [
        "Answers: 1 liked.",
        "1 photo has no answer, since it could not be scored:",
        "  red.jpg: Reading it failed 3 times",
    ]


def test_a_database_that_does_not_answer_while_answers_are_given_is_one_sentence(
    owner: User, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(**given: object) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr("classifier.management.commands.import_folder.give_answers", away)
    with pytest.raises(CommandError, match="What was answered so far is kept; run it again"):
        import_sorted(folder)
    assert answers(owner).keys() == {"red.jpg", "green.jpg", "blue.jpg"}
