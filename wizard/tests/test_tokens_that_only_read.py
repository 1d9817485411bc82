"""A read-only token reads what its owner may read. test_access_matrix.py holds that it changes nothing anywhere."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.test import Client

from classifier.models import Photo, TextPreference
from classifier.tests.factories import scored_photo
from wizard.models import ApiToken
from wizard.tests.token_samples import READ, WRITE, caller, make


def test_it_reads_what_its_owner_may_read(owner: User) -> None:
    client = caller(make(owner, scope=READ)[1])
    asked = (client.get, client.head, client.options)
    assert [ask("/api/photos").status_code for ask in asked] == [200, 200, 200]


def test_it_reads_nothing_of_a_strangers(owner: User, stranger: User) -> None:
    photo = scored_photo(owner)
    _, text = make(stranger, scope=READ)
    assert caller(text).get(f"/api/photos/{photo.pk}").status_code == 404


def test_it_does_not_even_revoke_itself(owner: User) -> None:
    token, text = make(owner, scope=READ)
    assert caller(text).delete(f"/api/auth/tokens/{token.pk}").status_code == 403
    assert ApiToken.objects.filter(pk=token.pk).exists()


def test_a_token_for_both_and_a_browser_may_write(owner: User, owner_client: Client) -> None:
    photo = scored_photo(owner)
    make(owner, scope=READ)
    _, text = make(owner, scope=WRITE)
    assert caller(text).post("/api/preferences/texts", {"phrase": "at the beach"}, format="json").status_code == 201
    assert owner_client.delete(f"/api/photos/{photo.pk}").status_code == 204
    assert TextPreference.objects.count() == 1
    assert not Photo.objects.exists()
