"""Beat looks at those alone whose answers changed, and at all of those."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User

from classifier import pipeline
from classifier.models import Photo, PhotoEmbedding, Taste
from classifier.services import change_taste, delete_photo, give_feedback, restore_photos, trash_photos
from training import services
from training.answers import note_change
from training.models import AnswersChanged, TrainingJob
from training.tests.conftest import Answer
from training.tests.job_samples import Status, job_of
from training.tests.test_starting import answered

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]

Looked = list[User]


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> Looked:
    """Whom beat looked at. Nobody has answered enough."""
    people: Looked = []

    def look(taste: Taste) -> int:
        people.append(taste.owner)
        return 1

    monkeypatch.setattr(services, "answers_until_auto", look)
    return people


def with_an_answer(owner: User) -> Photo:
    Taste.objects.of(owner)
    answered(owner, 1, 0)
    return Photo.objects.get(owner=owner)


def test_whoever_answered_nothing_since_is_not_looked_at_again(owner: User, stranger: User, looked: Looked) -> None:
    with_an_answer(owner)
    with_an_answer(stranger)
    services.train_by_itself()
    assert set(looked) == {owner, stranger}
    looked.clear()
    services.train_by_itself()
    assert looked == []
    answered(owner, 0, 1)
    services.train_by_itself()
    assert looked == [owner]


@pytest.mark.parametrize(
    "change",
    [
        lambda photo: give_feedback(photo=photo, feedback="dislike"),
        lambda photo: give_feedback(photo=photo, feedback=None),
        lambda photo: delete_photo(photo=photo),
        lambda photo: trash_photos([photo]),
        lambda photo: change_taste(taste=photo.owner.taste, auto_train_every=5),
        lambda photo: change_taste(taste=photo.owner.taste, auto_train_every=5, match_threshold=0.5),
    ],
    ids=["another", "taken back", "deleted", "trashed", "fewer are enough", "fewer, and a threshold"],
)
def test_every_way_in_which_answers_change_leads_to_a_look(
    owner: User, looked: Looked, change: Callable[[Photo], object]
) -> None:
    photo = with_an_answer(owner)
    services.train_by_itself()
    looked.clear()
    change(photo)
    services.train_by_itself()
    assert looked == [owner]


def test_what_was_deleted_and_is_back_counts_again(owner: User, looked: Looked) -> None:
    ids = trash_photos([with_an_answer(owner)])
    services.train_by_itself()
    looked.clear()
    restore_photos(owner=owner, photo_ids=ids)
    services.train_by_itself()
    assert looked == [owner]


def test_answers_that_another_model_has_not_seen_count_once_it_has(owner: User, answer: Answer) -> None:
    (photo,) = answer(1)
    AnswersChanged.objects.all().delete()
    PhotoEmbedding.objects.update(backbone="another")
    pipeline.embed_photos([photo.pk])
    assert AnswersChanged.objects.get().owner == owner


def test_what_changes_during_a_look_is_left_for_the_next(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    with_an_answer(owner)

    def look(taste: Taste) -> int:
        note_change(taste.owner_id)
        return 1

    monkeypatch.setattr(services, "answers_until_auto", look)
    services.train_by_itself()
    assert AnswersChanged.objects.count() == 1


def test_whoever_has_an_open_training_is_looked_at_once_it_has_ended(owner: User, looked: Looked) -> None:
    with_an_answer(owner)
    job = job_of(owner, Status.PENDING)
    services.train_by_itself()
    assert looked == []
    TrainingJob.objects.filter(pk=job.pk).delete()
    services.train_by_itself()
    assert looked == [owner]


def test_whoever_does_not_want_it_is_not_looked_at(owner: User, looked: Looked) -> None:
    with_an_answer(owner)
    change_taste(taste=Taste.objects.of(owner), auto_train=False)
    services.train_by_itself()
    assert looked == []
    assert not AnswersChanged.objects.exists()
