from __future__ import annotations

from django.contrib.auth.models import User
from django.test import Client

from classifier.models import Photo, Taste
from classifier.services import trash_photos
from classifier.tests.factories import PhotoFactory, scored_photo


def test_a_tile_that_needs_wait_no_longer_is_handed_over(owner_client: Client, owner: User) -> None:
    waiting, ready = PhotoFactory.create(owner=owner, status=Photo.Status.QUEUED), scored_photo(owner, 0.83)
    page = owner_client.get(f"/library/updates/?ids={waiting.pk},{ready.pk}").content.decode()
    assert f'id="photo-{ready.pk}"' in page
    assert ">83</text>" in page
    assert f'id="photo-{waiting.pk}"' not in page
    assert 'hx-trigger="load delay' in page


def test_the_poller_ends_by_itself(owner_client: Client, owner: User) -> None:
    ready = scored_photo(owner, 0.83)
    assert "hx-trigger" not in _poller(owner_client, f"/library/updates/?ids={ready.pk}")
    assert "hx-trigger" not in _poller(owner_client, "/library/updates/")


def test_a_photo_that_could_not_be_read_says_why(owner_client: Client, owner: User) -> None:
    photo = PhotoFactory.create(owner=owner, status=Photo.Status.UNREADABLE, unreadable_reason="It is damaged.")
    assert "It is damaged." in owner_client.get(f"/library/updates/?ids={photo.pk}").content.decode()


def test_a_stranger_learns_nothing(owner_client: Client, stranger: User) -> None:
    photo = scored_photo(stranger)
    assert f"photo-{photo.pk}" not in owner_client.get(f"/library/updates/?ids={photo.pk}").content.decode()


def test_nonsense_ids_are_ignored(owner_client: Client, owner: User) -> None:
    assert owner_client.get("/library/updates/?ids=,x,-1,²,99999999999999999999&round=²").status_code == 200


def test_the_list_is_drawn_anew_when_the_scores_have_caught_up(owner_client: Client, owner: User) -> None:
    taste = Taste.objects.create(owner=owner, revision=2, scored_revision=1)
    busy = owner_client.get("/library/updates/")
    assert "Updating your scores" in busy.content.decode()
    assert "HX-Trigger" not in busy
    Taste.objects.filter(pk=taste.pk).update(scored_revision=2)
    done = owner_client.get("/library/updates/")
    assert "scores-updated" in done["HX-Trigger"]


def test_it_grows_patient_when_nothing_moves(owner_client: Client, owner: User) -> None:
    PhotoFactory.create(owner=owner, status=Photo.Status.QUEUED)
    Taste.objects.create(owner=owner, revision=2, scored_revision=1)
    assert "delay:350ms" in _poller(owner_client, "/library/updates/?round=1")
    assert "delay:2000ms" in _poller(owner_client, "/library/updates/?round=50")
    assert "delay:10000ms" in _poller(owner_client, "/library/updates/?round=5000")


def test_it_goes_on_while_photos_wait_on_other_pages(owner_client: Client, owner: User) -> None:
    PhotoFactory.create(owner=owner, status=Photo.Status.QUEUED)
    assert "hx-trigger" in _poller(owner_client, "/library/updates/")


def _poller(client: Client, address: str) -> str:
    page = client.get(address).content.decode()
    return page[page.index('<div id="poller"') :].split("</div>")[0]


def test_somebody_who_comes_back_loses_tiles_that_are_gone(owner_client: Client, owner: User, stranger: User) -> None:
    kept, deleted, other = scored_photo(owner), scored_photo(owner), scored_photo(stranger)
    trash_photos([deleted])
    page = owner_client.get(f"/library/updates/?quiet=1&ids={kept.pk},{deleted.pk},{other.pk}").content.decode()
    for gone in (deleted, other):  # what is a stranger's is as good as not there
        assert f'<li id="photo-{gone.pk}" hx-swap-oob="delete">' in page
    assert f'<li id="photo-{kept.pk}"' not in page
