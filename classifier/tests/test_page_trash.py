"""The trash: deleted photos are listed there, restored, or deleted for good before their time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings
from pytest_django.asserts import assertContains, assertNotContains

from classifier import models, services, tasks, trash
from classifier.counts import count_photos
from classifier.models import Photo, ReferencePhoto, Taste
from classifier.tests.factories import UserFactory, jpeg, scored_photo

pytestmark = pytest.mark.django_db


@pytest.fixture
def deleted(owner: User) -> list[Photo]:
    photos = [scored_photo(owner, 0.1 * number) for number in range(4)]
    services.trash_photos(photos[:3])
    return photos[:3]


def in_trash(client: Client) -> list[int]:
    return [photo.pk for photo in client.get("/trash/").context["page"]]


def test_it_lists_deleted_photos(owner_client: Client, deleted: list[Photo]) -> None:
    assert in_trash(owner_client) == sorted((photo.pk for photo in deleted), reverse=True)


def test_a_stranger_sees_none(stranger: User, deleted: list[Photo]) -> None:
    client = Client()
    client.force_login(stranger)
    assert in_trash(client) == []
    client.post("/trash/restore/", {"all": "yes"})
    client.post("/trash/delete/", {"all": "yes", "sure": "yes", "ids": [photo.pk for photo in deleted]})
    assert Photo.objects.exclude(deleted_at=None).count() == 3
    assert client.get(deleted[0].thumbnail_url).status_code == 404


def test_it_shows_the_thumbnail_but_no_page(owner_client: Client, owner: User) -> None:
    (photo,) = services.add_photos(owner=owner, files=[ContentFile(jpeg(), name="one.jpg")]).created
    services.trash_photos([photo])
    assert owner_client.get(photo.thumbnail_url).status_code == 200
    assert owner_client.get(photo.image_url).status_code == 404
    assert owner_client.get(photo.page_url).status_code == 404


def test_it_says_until_when(owner_client: Client, deleted: list[Photo], settings: Settings) -> None:
    settings.WIZARD_TRASH_DAYS = 3
    Photo.objects.filter(pk=deleted[0].pk).update(deleted_at=timezone.now() - timedelta(days=1))
    shown = {photo.pk: photo for photo in owner_client.get("/trash/").context["page"]}
    until = shown[deleted[0].pk].kept_until
    assert until is not None
    assert abs(until - timezone.now() - timedelta(days=2)) < timedelta(minutes=1)
    assertContains(owner_client.get("/trash/"), "stay here for 3 days")


def test_one_photo_is_restored(owner_client: Client, owner: User, deleted: list[Photo]) -> None:
    page = owner_client.post("/trash/restore/", {"ids": [deleted[0].pk]}, follow=True)
    assertContains(page, "1 photo restored.")
    assert Photo.objects.owned_by(owner).count() == 2


def test_all_are_restored(owner_client: Client, owner: User, deleted: list[Photo]) -> None:
    owner_client.post("/trash/restore/", {"all": "yes"})
    assert Photo.objects.owned_by(owner).count() == 4
    assert in_trash(owner_client) == []


def test_deleting_now_is_asked_once_more(owner_client: Client, deleted: list[Photo]) -> None:
    asked = owner_client.post("/trash/delete/", {"ids": [deleted[0].pk]})
    assertContains(asked, "Delete 1 photo for good?")
    assert Photo.objects.filter(pk=deleted[0].pk).exists()
    owner_client.post("/trash/delete/", {"ids": [deleted[0].pk], "sure": "yes"})
    assert not Photo.objects.filter(pk=deleted[0].pk).exists()
    assert len(in_trash(owner_client)) == 2


def test_all_that_is_asked_about_is_deleted(
    owner_client: Client, owner: User, monkeypatch: pytest.MonkeyPatch, deleted: list[Photo]
) -> None:
    monkeypatch.setattr("classifier.views.trash.MOST_SHOWN", 1)
    asked = owner_client.post("/trash/delete/", {"ids": [photo.pk for photo in deleted]})
    assertContains(asked, "Delete 3 photos for good?")
    for photo in deleted:
        assertContains(asked, f'<input type="hidden" name="ids" value="{photo.pk}">')


def test_moving_to_the_trash_asks_little(owner: User, django_assert_max_num_queries: Callable[[int], Any]) -> None:
    photos = list(Photo.objects.filter(pk__in=[scored_photo(owner).pk for _ in range(20)]))
    with django_assert_max_num_queries(10):
        services.trash_photos(photos)


def test_deleting_now_takes_the_files_along(
    owner_client: Client, owner: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    (photo,) = services.add_photos(owner=owner, files=[ContentFile(jpeg(), name="one.jpg")]).created
    files = [Path(django_settings.MEDIA_ROOT, str(file.name)) for file in (photo.image, photo.thumbnail)]
    assert all(file.exists() for file in files)
    services.trash_photos([photo])
    with django_capture_on_commit_callbacks(execute=True):
        owner_client.post("/trash/delete/", {"ids": [photo.pk], "sure": "yes"})
    assert not any(file.exists() for file in files)


def test_only_what_is_in_the_trash_is_deleted(owner_client: Client, owner: User) -> None:
    kept = scored_photo(owner)
    owner_client.post("/trash/delete/", {"ids": [kept.pk], "sure": "yes"})
    assert Photo.objects.owned_by(owner).get() == kept


def test_it_is_emptied(owner_client: Client, owner: User, deleted: list[Photo]) -> None:
    assertContains(owner_client.post("/trash/delete/", {"all": "yes"}), "Delete 3 photos for good?")
    page = owner_client.post("/trash/delete/", {"all": "yes", "sure": "yes"}, follow=True)
    assertContains(page, "The trash is empty")
    assert Photo.objects.filter(owner=owner).count() == 1


def test_many_are_out_of_reach_at_once(
    owner_client: Client, owner: User, deleted: list[Photo], monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[object] = []
    monkeypatch.setattr(trash, "AT_ONCE", 2)
    monkeypatch.setattr(trash, "send_on_commit", sent.append)
    owner_client.post("/trash/delete/", {"all": "yes", "sure": "yes"})
    assert sent == [tasks.empty_trash]
    assert in_trash(owner_client) == []
    owner_client.post("/photos/restore/", {"ids": [photo.pk for photo in deleted]})
    assert Photo.objects.owned_by(owner).count() == 1
    tasks.empty_trash()
    assert Photo.objects.filter(owner=owner).count() == 1


def test_a_file_deleted_for_good_is_a_new_photo(owner: User) -> None:
    (photo,) = services.add_photos(owner=owner, files=[ContentFile(jpeg(), name="one.jpg")]).created
    services.trash_photos([photo])
    Photo.objects.filter(pk=photo.pk).update(deleted_at=timezone.now() - timedelta(days=99))
    outcome = services.add_photos(owner=owner, files=[ContentFile(jpeg(), name="one.jpg")])
    assert [new.pk for new in outcome.created] == [Photo.objects.owned_by(owner).get().pk]
    assert outcome.created[0].pk != photo.pk


def test_the_library_and_the_menu_lead_there(owner_client: Client, owner: User) -> None:
    photo = scored_photo(owner)
    chip = '<a class="chip" href="/trash/">'
    assertNotContains(owner_client.get("/library/"), chip)
    assertContains(owner_client.get("/library/"), '<a class="menu-item" href="/trash/">')
    scored_photo(owner)
    services.trash_photos([photo])
    assertContains(owner_client.get("/library/"), chip)


def test_an_empty_library_leads_there_too(owner_client: Client, owner: User) -> None:
    services.trash_photos([scored_photo(owner)])
    assertContains(owner_client.get("/library/"), '<a class="button" href="/trash/">')


def test_a_reference_in_the_trash_does_not_count(owner: User, owner_client: Client) -> None:
    photo = scored_photo(owner)
    reference = services.add_reference(photo=photo)
    before = Taste.objects.of(owner).revision
    services.trash_photos([photo])
    assert not ReferencePhoto.objects.owned_by(owner).exists()
    assert owner_client.get("/taste/").context["references"] == []
    assert Taste.objects.of(owner).revision > before
    after = Taste.objects.of(owner).revision
    services.restore_photos(owner=owner, photo_ids=[photo.pk])
    assert ReferencePhoto.objects.owned_by(owner).get() == reference
    assert Taste.objects.of(owner).revision > after


def test_many_in_the_trash_are_left_out_of_counts(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    photos = [scored_photo(owner, 0.5, is_match=True) for _ in range(6)]
    services.trash_photos(photos[:4])
    few = count_photos(owner)
    monkeypatch.setattr(models, "MAX_IDS", 3)
    assert count_photos(owner) == few
    assert (few["all"], few["match"], few["trash"]) == (2, 2, 4)


def test_an_account_takes_its_trash_along(deleted: list[Photo]) -> None:
    User.objects.get(pk=deleted[0].owner_id).delete()
    assert not Photo.objects.exists()


def test_pages_of_the_trash(owner_client: Client, owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("classifier.views.trash.PAGE_SIZE", 2)
    services.trash_photos([scored_photo(owner) for _ in range(5)])
    assertContains(owner_client.get("/trash/"), "?page=2")
    assert len(owner_client.get("/trash/?page=3").context["page"]) == 1
    assert owner_client.get("/trash/?page=nonsense").status_code == 200


def test_another_person_keeps_their_trash(owner_client: Client, deleted: list[Photo]) -> None:
    other = scored_photo(UserFactory.create())
    services.trash_photos([other])
    owner_client.post("/trash/delete/", {"all": "yes", "sure": "yes"})
    assert Photo.objects.filter(pk=other.pk).exists()
