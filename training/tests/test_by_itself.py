"""When it trains by itself, and when not again. No model is needed."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from classifier.models import Taste
from training import services
from training.models import TrainingJob
from training.tests.test_starting import Status, answered, completed

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]

ENOUGH = 22


@pytest.fixture
def taste(owner: User) -> Taste:
    Taste.objects.of(owner)
    Taste.objects.filter(owner=owner).update(auto_train_every=ENOUGH)
    return Taste.objects.of(owner)


def ended(status: str) -> None:
    """The open job came to this end."""
    TrainingJob.objects.open().update(status=status, finished_at=timezone.now())


def test_it_trains_by_itself_after_so_many_answers_and_not_again_without_new_ones(owner: User, taste: Taste) -> None:
    answered(owner, 10, 11)
    services.train_by_itself()
    assert not TrainingJob.objects.exists()
    answered(owner, 1, 0)
    services.train_by_itself()
    job = TrainingJob.objects.get()
    assert job.trigger == TrainingJob.Trigger.AUTO
    completed(job)
    services.train_by_itself()
    assert TrainingJob.objects.count() == 1
    assert services.answers_until_auto(taste) == ENOUGH
    answered(owner, 2, 0)
    assert services.answers_until_auto(taste) == ENOUGH - 2


@pytest.mark.parametrize("status", [Status.FAILED, Status.CANCELLED])
def test_what_failed_or_was_not_wanted_is_tried_again_after_as_many_new_answers(
    owner: User, taste: Taste, status: str
) -> None:
    answered(owner, 11, 11)
    services.train_by_itself()
    ended(status)
    assert services.answers_until_auto(taste) == ENOUGH
    answered(owner, 1, 0)
    services.train_by_itself()
    assert TrainingJob.objects.count() == 1
    answered(owner, ENOUGH - 1, 0)
    services.train_by_itself()
    assert TrainingJob.objects.open().exists()


def test_a_failure_before_the_last_completed_training_counts_no_more(owner: User, taste: Taste) -> None:
    answered(owner, 11, 11)
    services.train_by_itself()
    ended(Status.FAILED)
    completed(services.start_training(owner=owner))
    answered(owner, 3, 0)
    assert services.answers_until_auto(taste) == ENOUGH - 3
