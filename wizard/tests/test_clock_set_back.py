"""A clock that is set back by hours holds nothing up for hours."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from celery.schedules import schedule
from django.contrib.auth.models import User
from django.utils import timezone

from classifier import services
from classifier.models import Photo
from classifier.tests.factories import PhotoFactory
from training.models import TrainingJob
from training.services import fail_silent_jobs
from wizard.beat import Scheduler
from wizard.celery import app


def test_beat_goes_on_from_the_clock_as_it_is_now(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    scheduler = Scheduler(app, schedule={}, lazy=True)
    scheduler.schedule = {}
    for name in ("one", "other"):
        entry = scheduler.Entry(name=name, task=name, schedule=schedule(timedelta(seconds=0.2), app=app), app=app)
        scheduler.schedule[name] = entry
    monkeypatch.setattr(Scheduler, "apply_entry", lambda self, entry, producer=None: sent.append(entry.name))
    monkeypatch.setattr(Scheduler, "producer", None)
    in_an_hour = timezone.now() + timedelta(hours=1)
    with monkeypatch.context() as ahead:
        ahead.setattr(app, "now", lambda: in_an_hour)
        ahead.setattr(time, "time", lambda: in_an_hour.timestamp())
        for entry in scheduler.schedule.values():
            entry.last_run_at = in_an_hour
        scheduler.tick()
    for _ in range(40):
        scheduler.tick()
        time.sleep(0.02)
    assert set(sent) == {"one", "other"}


@pytest.mark.django_db(transaction=True)
def test_what_was_deleted_in_the_future_is_gone_in_two_minutes(owner: User) -> None:
    photo = PhotoFactory.create(owner=owner)
    Photo.objects.filter(pk=photo.pk).update(deleted_at=timezone.now() + timedelta(hours=1))
    services.empty_trash()
    deleted_at = Photo.objects.get(pk=photo.pk).deleted_at
    assert deleted_at is not None
    assert deleted_at <= timezone.now()


@pytest.mark.django_db
def test_a_job_that_was_heard_of_in_the_future_has_a_minute_to_be_heard_of_again(owner: User) -> None:
    job = TrainingJob.objects.create(
        owner=owner, status=TrainingJob.Status.RUNNING, heartbeat=timezone.now() + timedelta(hours=1)
    )
    assert fail_silent_jobs() == 0
    job.refresh_from_db()
    assert job.heartbeat is not None
    assert job.heartbeat <= timezone.now()
