"""What was deleted can be restored for a while; after that it is gone for good. See test_page_trash.py too."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect
from pytest_django import Settings
from pytest_django.asserts import assertContains

from classifier import services
from classifier.models import Photo
from classifier.tests.factories import jpeg, scored_photo
from wizard.tests.browser import Opener

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]


def test_deleted_photos_are_out_of_sight_and_come_back(owner: User, owner_client: Client, stranger: User) -> None:
    photos = [scored_photo(owner, 0.1 * number) for number in range(4)]
    gone = services.trash_photos(photos[:2])
    for address in ("/library/", "/library/?sort=newest"):
        page = owner_client.get(address)
        assert {photo.pk for photo in page.context["photos"]} == {photo.pk for photo in photos[2:]}
        assert page.context["counts"]["all"] == 2
    assert owner_client.get(f"/photos/{gone[0]}/").status_code == 404
    other = Client()
    other.force_login(stranger)
    other.post("/photos/restore/", {"ids": gone})
    assert Photo.objects.owned_by(owner).count() == 2
    owner_client.post("/photos/restore/", {"ids": gone})
    assert Photo.objects.owned_by(owner).count() == 4


def test_the_question_says_how_long_it_can_be_restored(owner: User, owner_client: Client, settings: Settings) -> None:
    photo = scored_photo(owner)
    assertContains(owner_client.get(f"/photos/{photo.pk}/delete/"), "You can restore it for 30 days")
    settings.WIZARD_TRASH_DAYS = 7
    assertContains(owner_client.post("/photos/delete/", {"ids": [photo.pk]}), "You can restore them for 7 days")


def test_after_a_while_they_are_gone_for_good(owner: User, owner_client: Client) -> None:
    photos = [scored_photo(owner), scored_photo(owner)]
    services.trash_photos(photos)
    services.empty_trash()
    assert Photo.objects.count() == 2
    Photo.objects.filter(pk=photos[0].pk).update(deleted_at=timezone.now() - timedelta(days=31))
    services.empty_trash()
    assert list(Photo.objects.all()) == [photos[1]]
    page = owner_client.post("/photos/restore/", {"ids": [photos[0].pk]}, follow=True)
    assert b"Too late" in page.content


def test_a_deleted_photo_that_is_added_again_is_back(owner: User) -> None:
    file = ContentFile(jpeg(), name="one.jpg")
    (photo,) = services.add_photos(owner=owner, files=[file]).created
    services.trash_photos([photo])
    outcome = services.add_photos(owner=owner, files=[ContentFile(jpeg(), name="one.jpg")])
    assert [each.photo for each in outcome.duplicates] == [photo]
    assert Photo.objects.owned_by(owner).get() == photo


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_many_are_deleted_and_brought_back_with_one_click(open_page: Opener, owner: User) -> None:
    photos = [scored_photo(owner, 0.9 - 0.1 * number) for number in range(3)]
    page = open_page("/library/")
    for photo in photos[:2]:
        page.locator(f"#photo-{photo.pk}-pick").check(force=True)
    page.get_by_role("button", name="Delete").click()
    expect(page.locator("#grid .tile")).to_have_count(1)
    expect(page.locator(".toast")).to_contain_text("2 photos deleted.")
    page.keyboard.press("z")
    expect(page.locator("#grid .tile")).to_have_count(3)
    expect(page.locator(".toast")).to_contain_text("2 photos brought back.")
