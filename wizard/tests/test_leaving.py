"""An account that is deleted is out at once, and soon there is nothing left of it."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.utils import timezone

import classifier.tasks
import training.tasks
import wizard.tasks
from classifier import services
from classifier.images import clean_image
from classifier.models import Photo
from classifier.tests.factories import jpeg
from training.models import TrainingJob
from training.services import train_by_itself
from training.tests.job_samples import Status, job_of
from wizard import leaving
from wizard.models import Leaving
from wizard.tests.leaving_samples import files_of, rows_of, somebody
from wizard.tests.token_samples import whole_database

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]

# What nobody has anything in: no permissions are given, and the admin changes nothing.
EMPTY = {"LogEntry"}


def until_nothing_is_left(user: User) -> int:
    turns = 1
    while leaving.take_turn(user.pk) is not None:
        turns += 1
    return turns


def test_nothing_is_left_of_them_and_a_stranger_has_everything_still() -> None:
    quagga, zebu = somebody("quagga"), somebody("zebu")
    rows, files = rows_of(zebu), files_of(zebu)
    assert [table for table, count in rows_of(quagga).items() if not count and table not in EMPTY] == []
    assert len(files_of(quagga)) > 3 * 3
    leaving.ask_to_leave(user=quagga)
    until_nothing_is_left(quagga)
    assert sum(rows_of(quagga).values()) == 0
    assert files_of(quagga) == []
    assert "quagga" not in whole_database()
    assert [session.get_decoded()["_auth_user_id"] for session in Session.objects.all()] == [str(zebu.pk)]
    assert (rows_of(zebu), files_of(zebu)) == (rows, files)
    assert "zebu" in whole_database()


def test_what_staff_did_to_the_account_names_it_no_more(stranger: User) -> None:
    quagga = somebody("quagga")
    LogEntry.objects.log_actions(stranger.pk, User.objects.filter(pk=quagga.pk), CHANGE, "quagga's name")
    assert LogEntry.objects.exists()
    leaving.ask_to_leave(user=quagga)
    until_nothing_is_left(quagga)
    assert not LogEntry.objects.exists()


def test_a_number_is_kept_for_an_hour_and_what_comes_late_is_swept_up() -> None:
    quagga = somebody("quagga")
    number = quagga.pk
    leaving.ask_to_leave(user=quagga)
    until_nothing_is_left(quagga)
    default_storage.save(f"photos/{number}/late.jpg", ContentFile(b"an upload that was on its way"))
    leaving.finish()
    quagga.pk = number
    assert files_of(quagga) == []
    assert Leaving.objects.get().person == number
    Leaving.objects.update(asked_at=timezone.now() - timedelta(hours=2))
    leaving.finish()
    assert not Leaving.objects.exists()


def test_one_turn_of_many_leaves_the_rest_for_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    quagga = somebody("quagga")
    leaving.ask_to_leave(user=quagga)
    monkeypatch.setattr(leaving, "TURN_SECONDS", -1.0)
    assert leaving.take_turn(quagga.pk) == 0
    assert Photo.objects.filter(owner=quagga).count() == 3
    monkeypatch.undo()
    leaving.finish()  # beat comes by: the message was lost
    assert (sum(rows_of(quagga).values()), files_of(quagga)) == (0, [])


def test_a_training_is_stopped_first(owner: User) -> None:
    job = job_of(owner)
    leaving.ask_to_leave(user=owner)
    job.refresh_from_db()
    assert job.cancel_requested
    assert leaving.take_turn(owner.pk) == leaving.JOB_SECONDS
    assert User.objects.filter(pk=owner.pk).exists()
    TrainingJob.objects.filter(pk=job.pk).update(status=Status.CANCELLED, finished_at=timezone.now())
    assert leaving.take_turn(owner.pk) is None
    assert not TrainingJob.objects.exists()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite keeps its log beside its file")
@pytest.mark.django_db(transaction=True)
def test_while_somebody_reads_the_old_pages_there_is_another_turn() -> None:
    quagga = somebody("quagga")
    leaving.ask_to_leave(user=quagga)
    reader = sqlite3.connect(settings.DATABASES["default"]["NAME"])
    try:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM auth_user").fetchone()
        assert leaving.take_turn(quagga.pk) == leaving.LOG_SECONDS
    finally:
        reader.close()
    assert leaving.take_turn(quagga.pk) is None
    assert b"quagga" not in Path(settings.DATABASES["default"]["NAME"]).read_bytes()


def test_nobody_is_removed_who_did_not_ask(owner: User) -> None:
    wizard.tasks.remove_person(owner.pk)
    wizard.tasks.finish_leavings()
    assert User.objects.filter(pk=owner.pk).exists()


def test_messages_about_somebody_who_is_gone_end_quietly() -> None:
    quagga = somebody("quagga")
    number, photo = quagga.pk, Photo.objects.filter(owner=quagga).first()
    job, version = TrainingJob.objects.get(), quagga.modelversion_set.first()
    assert photo
    assert version
    leaving.ask_to_leave(user=quagga)
    until_nothing_is_left(quagga)
    before = whole_database()
    classifier.tasks.embed_photos([photo.pk])
    classifier.tasks.rescore_library(number, 1)
    classifier.tasks.fill_review(number)
    classifier.tasks.answer_question(number, "search", {"q": "quagga"}, "wizard:answer:x", "wizard:asking:x")
    classifier.tasks.import_sample_library(number)
    training.tasks.run_job(job.pk)
    training.tasks.score_answered_photos(version.pk)
    train_by_itself()
    wizard.tasks.remove_person(number)
    assert whole_database() == before


def test_beat_starts_no_training_for_an_account_that_is_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    quagga = somebody("quagga")
    monkeypatch.setattr("training.services.answers_until_auto", lambda taste: pytest.fail("it was asked"))
    leaving.ask_to_leave(user=quagga)
    train_by_itself()


def test_whoever_is_signed_in_elsewhere_is_signed_out_at_once(owner: User) -> None:
    elsewhere = Client()
    elsewhere.force_login(owner)
    assert elsewhere.get("/library/").status_code == 200
    leaving.ask_to_leave(user=owner)
    assert elsewhere.get("/library/").status_code == 302


@pytest.mark.django_db(transaction=True)
def test_an_upload_that_was_on_its_way_leaves_neither_a_row_nor_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    quagga = somebody("quagga")
    leaver = User.objects.get(pk=quagga.pk)
    clean = clean_image

    def meanwhile(content: bytes) -> object:
        leaving.ask_to_leave(user=leaver)
        until_nothing_is_left(leaver)
        return clean(content)

    monkeypatch.setattr(services, "clean_image", meanwhile)
    outcome = services.add_photos(owner=quagga, files=[ContentFile(jpeg("red"), name="late.jpg")])
    assert [each.code for each in outcome.rejected] == ["account_deleted"]
    assert not Photo.objects.exists()
    assert [name for name in files_of(quagga) if "." in name] == []
