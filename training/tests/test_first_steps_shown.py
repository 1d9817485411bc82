"""Where the first steps are shown, put aside, and had back."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from classifier.models import Taste
from training.models import ModelVersion
from training.tests.job_samples import version_of
from training.tests.test_first_steps import answer, say
from training.tests.test_versions import scored

pytestmark = pytest.mark.django_db

TITLE, LINE = "Your first steps", 'id="first-line"'
PAGES = ("/taste/", "/upload/", "/library/", "/review/", "/training/")


def page_of(client: Client, address: str = "/") -> str:
    return client.get(address).content.decode()


def test_skipped_they_are_gone_everywhere_and_the_next_thing_to_do_stays(owner: User, owner_client: Client) -> None:
    before = Taste.objects.of(owner).revision
    answer_ = owner_client.post("/home/first-steps/", {"shown": "no"}, follow=True)
    assert "The account menu has the first steps" in answer_.content.decode()
    page = page_of(owner_client)
    assert TITLE not in page
    assert "Say what you like" in page
    assert not any(LINE in page_of(owner_client, address) for address in PAGES)
    assert Taste.objects.of(owner).revision == before  # no score has moved


def test_skipping_is_for_oneself_alone(owner_client: Client, stranger: User) -> None:
    owner_client.post("/home/first-steps/", {"shown": "no"})
    other = Client()
    other.force_login(stranger)
    assert TITLE in page_of(other)


def test_the_account_menu_has_them_back(owner: User, owner_client: Client) -> None:
    owner_client.post("/home/first-steps/", {"shown": "no"})
    assert 'action="/home/first-steps/"' in page_of(owner_client, "/library/")
    owner_client.post("/home/first-steps/", {"shown": "yes"})
    assert TITLE in page_of(owner_client)


def test_they_are_seen_again_when_all_are_done(owner: User, owner_client: Client) -> None:
    say(owner)
    answer(owner, 10, 10)
    version_of(owner)
    again = owner_client.post("/home/first-steps/", {"shown": "yes"}, follow=True).content.decode()
    assert again.count("step-done") == 4
    assert "You have been through all of it." in again
    assert "Look at your matches" in again
    assert TITLE not in page_of(owner_client)


def test_a_typed_address_changes_nothing(owner: User, owner_client: Client) -> None:
    assert owner_client.get("/home/first-steps/")["Location"] == "/"
    assert not Taste.objects.of(owner).hides_first_steps


def test_each_page_says_which_step_comes_next_and_leads_there(owner: User, owner_client: Client) -> None:
    assert "Step 1 of 4</span> <b>Say what you like</b>" in page_of(owner_client, "/taste/")
    assert 'Step 1 of 4</span> <a href="/taste/">Say what you like' in page_of(owner_client, "/training/")
    phrase = {"phrase": "at the beach", "kind": "want"}
    added = owner_client.post("/taste/phrases/", phrase, headers={"HX-Request": "true"}).content.decode()
    assert 'id="first-line" hx-swap-oob="true"' in added
    assert 'Step 2 of 4</span> <a href="/upload/">Add photos' in added
    scored(owner, ModelVersion.objects.active_of(owner), 30)
    assert 'Step 3 of 4</span> <a href="/review/">Answer some photos' in page_of(owner_client, "/library/")
    assert "Step 3 of 4</span> <b>Answer some photos</b>" in page_of(owner_client, "/review/")
    answer(owner, 12, 4)
    assert "10 of 10 liked, 4 of 10 disliked" in page_of(owner_client, "/review/")
    answer(owner, 0, 6)
    assert 'Step 4 of 4</span> <a href="/training/">Let it learn from you' in page_of(owner_client, "/review/")
    version_of(owner)
    assert not any(LINE in page_of(owner_client, address) for address in PAGES)
