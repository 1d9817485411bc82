"""API tokens on the account page."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from wizard.models import ApiToken
from wizard.tests.token_samples import READ, caller, make, whole_database
from wizard.tokens import MOST_TOKENS

FORM = {"name": "Backup script", "scope": "read"}


def test_the_text_of_a_new_token_is_in_the_answer_only(owner: User, owner_client: Client) -> None:
    answer = owner_client.post("/accounts/tokens/", FORM)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    text = answer.context["new_text"]
    assert text in answer.content.decode()
    assert text not in whole_database()  # the sessions are there too
    assert text not in str(owner_client.cookies)
    token = ApiToken.objects.get(owner=owner)
    assert (token.name, token.scope, token.is_sign_in) == ("Backup script", READ, False)
    again = owner_client.get("/accounts/")
    assert text not in again.content.decode()
    assert "no-store" in again["Cache-Control"]
    assert token.hint in again.content.decode()
    assert caller(text).get("/api/photos").status_code == 200


def test_a_form_that_is_sent_again_makes_no_second_token(owner_client: Client) -> None:
    form = {**FORM, "form_id": str(uuid4())}
    text = owner_client.post("/accounts/tokens/", form).context["new_text"]
    again = owner_client.post("/accounts/tokens/", form)
    assert again.status_code == 422
    assert "This form made its token already." in again.content.decode()
    assert text not in again.content.decode()
    assert ApiToken.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": " "}, "Give it a name"),
        ({"name": "\u200b"}, "Write something that can be seen."),
        ({"name": "n" * 61}, "at most 60 characters"),
        ({"name": "a\x00b"}, "Null characters are not allowed."),
        ({"scope": "admin"}, "not one of the available choices"),
        ({"form_id": "17"}, "This form is out of date"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    owner_client: Client, change: dict[str, str], sentence: str
) -> None:
    answer = owner_client.post("/accounts/tokens/", {**FORM, **change})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not ApiToken.objects.exists()


def test_at_the_cap_the_page_says_so(owner: User, owner_client: Client) -> None:
    for _ in range(MOST_TOKENS):
        make(owner)
    answer = owner_client.post("/accounts/tokens/", FORM)
    assert answer.status_code == 422
    assert "You have 50 API tokens, the most there can be" in answer.content.decode()
    assert 'value="Backup script"' in answer.content.decode()


def test_the_list_says_what_each_may_and_when_it_was_used(owner: User, owner_client: Client) -> None:
    make(owner, "Never used", READ)
    used, _ = make(owner, "<b>Used</b>")
    ApiToken.objects.filter(pk=used.pk).update(last_used_at=timezone.now() - timedelta(minutes=3))
    page = owner_client.get("/accounts/").content.decode()
    first, second = page.index("&lt;b&gt;Used&lt;/b&gt;"), page.index("Never used</h3>")
    assert first < second
    assert "Read and write" in page[first:second]
    assert "last used 3\xa0minutes ago</time>" in page[first:second]
    assert "Read only" in page[second:]
    assert "· never used" in page[second:]


def test_revoking_is_asked_and_then_done(owner: User, owner_client: Client) -> None:
    token, text = make(owner)
    address = f"/accounts/tokens/{token.pk}/revoke/"
    assert "Revoke “Backup”?" in owner_client.get(address).content.decode()
    assert caller(text).get("/api/photos").status_code == 200
    answer = owner_client.post(address, follow=True)
    assert "“Backup” is revoked." in answer.content.decode()
    assert caller(text).get("/api/photos").status_code == 401
    assert owner_client.post(address).status_code == 404
