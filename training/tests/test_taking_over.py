"""A new version takes over from the one that it was compared with, and from no other."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from training import jobs, versions
from training.learn.gate import Verdict
from training.models import ModelVersion
from training.tests.conftest import Answer
from training.tests.job_samples import Status, version_of
from training.tests.test_jobs import trained

pytestmark = pytest.mark.django_db(transaction=True)

BETTER = Verdict(True, "83 % accurate (64-93).", 24)


def test_what_was_measured_as_better_takes_over(owner: User, answer: Answer, monkeypatch: pytest.MonkeyPatch) -> None:
    answer()
    monkeypatch.setattr(jobs, "_judge", lambda *_: BETTER)
    job = trained(owner)
    assert ModelVersion.objects.active_of(owner) == job.version
    assert job.outcome == "Version 2: 83 % accurate (64-93). Now active."


def test_a_version_that_was_chosen_meanwhile_stays(
    owner: User, answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer()
    chosen = version_of(owner)

    def chosen_meanwhile(*_: object) -> Verdict:
        versions.activate_version(version=chosen)
        return BETTER

    monkeypatch.setattr(jobs, "_judge", chosen_meanwhile)
    job = trained(owner)
    assert job.status == Status.COMPLETED
    assert ModelVersion.objects.active_of(owner) == chosen
    assert job.outcome == "Version 3: 83 % accurate (64-93)."
