"""What was learned from a photo outlives it, and names it no more."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from training.answers import forget_photo
from training.models import LearnedAnswer
from training.tests.job_samples import Status, job_of

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]

PHOTO = "a" * 64


def test_all_trainings_forget_it_in_one_statement_and_a_strangers_know_theirs_still(
    owner: User, stranger: User
) -> None:
    for person in (owner, owner, owner, stranger):
        job = job_of(person, Status.COMPLETED)
        LearnedAnswer.objects.create(job=job, photo_sha256=PHOTO, feedback="like", chance=0.5)
    with CaptureQueriesContext(connection) as queries:
        forget_photo(owner=owner, sha256=PHOTO)
    assert len(queries) == 1
    of_owner = LearnedAnswer.objects.filter(job__owner=owner).values_list("photo_sha256", "feedback")
    assert len(of_owner) == 3
    assert all(len(name) == 64 and name != PHOTO and feedback == "like" for name, feedback in of_owner)
    assert LearnedAnswer.objects.get(job__owner=stranger).photo_sha256 == PHOTO
