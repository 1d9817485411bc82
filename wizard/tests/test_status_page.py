"""What staff, and whatever watches over the instance, are told of it: counts, and nothing that people keep here."""

from __future__ import annotations

from collections import namedtuple
from datetime import timedelta
from unittest import mock

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from classifier.models import Photo
from classifier.tests.factories import PhotoFactory
from training.tests.job_samples import job_of
from wizard import beat, health, measures
from wizard.tests.token_samples import READ, caller, make

Usage = namedtuple("Usage", "total used free")


def test_the_status_page_is_for_staff(client: Client, owner_client: Client, admin_client: Client) -> None:
    assert Client().get("/status/")["Location"] == "/accounts/sign-in/?next=/status/"
    assert owner_client.get("/status/").status_code == 404
    assert "/status/" not in owner_client.get("/").content.decode()
    assert "/status/" in admin_client.get("/").content.decode()


def test_it_says_what_waits_and_what_is_wrong_and_nothing_of_a_photo(owner: User, admin_client: Client) -> None:
    photo = PhotoFactory.create(owner=owner, status="queued", source_name="secret.jpg", bio="secret")
    Photo.objects.filter(pk=photo.pk).update(created_at=timezone.now() - timedelta(seconds=90))
    job = job_of(owner)
    page = admin_client.get("/status/").content.decode()
    assert "Something is not as it should be" in page
    assert "Redis does not answer." in page
    assert "the oldest for 90 s" in page
    assert f"/admin/training/trainingjob/{job.pk}/change/" in page
    assert "secret" not in page


def test_metrics_are_for_staff_or_a_token_of_theirs(owner: User, owner_client: Client, admin_user: User) -> None:
    assert Client().get("/metrics").status_code == 401
    assert owner_client.get("/metrics").status_code == 403
    assert caller(make(owner)[1]).get("/metrics").status_code == 403
    answer = caller(make(admin_user, scope=READ)[1], "Bearer").get("/metrics")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain")


def test_metrics_count_photos_and_jobs_of_everybody(owner: User, stranger: User, admin_client: Client) -> None:
    for each in (owner, stranger):
        PhotoFactory.create(owner=each, source_name="secret.jpg")
    job_of(owner, "failed")
    said = admin_client.get("/metrics").content.decode()
    assert 'wizard_photos{status="ready"} 2.0' in said
    assert 'wizard_training_jobs{status="failed"} 1.0' in said
    assert "wizard_disk_free_bytes" in said
    assert "secret" not in said


def test_a_histogram_adds_up(admin_client: Client) -> None:
    counts = {("GET", "library", "200"): 3}
    histogram = measures.Histogram("library", [2, 0, 1, *[0] * 8], 0.07)
    with mock.patch.object(measures, "requests", return_value=(counts, [histogram])):
        said = admin_client.get("/metrics").content.decode()
    assert 'wizard_requests_total{method="GET",route="library",status="200"} 3.0' in said
    for edge, count in (("0.01", 2), ("0.025", 2), ("0.05", 3), ("+Inf", 3)):
        assert f'wizard_request_seconds_bucket{{le="{edge}",route="library"}} {count}.0' in said
    assert 'wizard_request_seconds_sum{route="library"} 0.07' in said


@pytest.mark.parametrize(
    ("since", "said"),
    [(None, "Beat has not been heard of: nothing trains"), (300.0, "not been heard of for 5 minutes"), (5.0, "ok")],
)
def test_readiness_tells_a_beat_that_is_gone(since: float | None, said: str) -> None:
    with mock.patch.object(beat, "seconds_since", return_value=since):
        assert said in health._beat()


def test_readiness_tells_a_full_disk(client: Client, db: None) -> None:
    with mock.patch("shutil.disk_usage", return_value=Usage(10**12, 10**12, 100 * 2**20)):
        answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["disk"].startswith("The disk is nearly full: 100 MB are left")
