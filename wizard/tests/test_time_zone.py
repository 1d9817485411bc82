"""Times on the pages are those of the clock on the wall, and not of Greenwich."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.test import Client
from pytest_django import Settings

from classifier.models import Photo
from classifier.tests.factories import UserFactory, scored_photo
from wizard import machine


@pytest.mark.django_db
def test_a_photo_was_added_when_the_clock_here_said_so(client: Client, settings: Settings) -> None:
    settings.TIME_ZONE = "Asia/Tokyo"
    owner = UserFactory.create()
    photo = scored_photo(owner)
    Photo.objects.filter(pk=photo.pk).update(created_at=datetime(2026, 3, 1, 20, 15, tzinfo=UTC))
    client.force_login(owner)
    page = client.get(f"/photos/{photo.pk}/").content.decode()
    assert '<time datetime="2026-03-02T05:15:00+09:00">' in page
    assert "05:15</time>" in page


@pytest.mark.parametrize(
    ("said", "zone"), [("Asia/Tokyo", "Asia/Tokyo"), (None, "UTC"), ("Nowhere/Atlantis", "UTC"), ("../etc", "UTC")]
)
def test_it_is_the_zone_of_the_machine_if_that_can_be_told(
    monkeypatch: pytest.MonkeyPatch, said: str | None, zone: str
) -> None:
    monkeypatch.setattr(machine, "get_localzone_name", lambda: said)
    assert machine.time_zone() == zone
