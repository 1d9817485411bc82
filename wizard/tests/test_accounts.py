from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client, override_settings

from wizard.events import ENDED

PASSWORD = "seven green lanterns"
SIGN_UP = {"username": "robin", "password1": PASSWORD, "password2": PASSWORD, "is_adult": "on"}


@pytest.fixture
def robin(db: None) -> User:
    return User.objects.create_user("robin", password=PASSWORD)


def test_a_new_user_is_signed_in_and_sees_how_to_begin(client: Client, db: None) -> None:
    answer = client.post("/accounts/sign-up/", SIGN_UP, follow=True)
    assert answer.redirect_chain[-1][0] == "/"
    assert "Your first steps" in answer.content.decode()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"is_adult": ""}, "adults only"),
        ({"password2": "something else entirely"}, "The two passwords are not the same."),
        ({"password1": "short", "password2": "short"}, "too short"),
        ({"username": "taken"}, "already exists"),
    ],
)
def test_sign_up_says_what_is_wrong(client: Client, db: None, change: dict[str, str], sentence: str) -> None:
    User.objects.create_user("taken")
    answer = client.post("/accounts/sign-up/", {**SIGN_UP, **change})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not User.objects.filter(username="robin").exists()


@override_settings(SIGN_UP_OPEN=False)
def test_sign_up_can_be_closed(client: Client, db: None) -> None:
    assert client.post("/accounts/sign-up/", SIGN_UP).status_code == 403
    assert not User.objects.exists()
    assert "Create an account" not in client.get("/accounts/sign-in/").content.decode()


def test_signing_in_leads_to_where_one_was_going(client: Client, robin: User) -> None:
    given = {"username": "robin", "password": PASSWORD, "next": "/taste/"}
    assert client.post("/accounts/sign-in/", given)["Location"] == "/taste/"
    assert client.post("/accounts/sign-out/")["Location"] == "/accounts/sign-in/"
    assert client.get("/taste/").status_code == 302


def test_a_wrong_password_gets_one_sentence(client: Client, robin: User) -> None:
    page = client.post("/accounts/sign-in/", {"username": "robin", "password": "wrong"}).content.decode()
    assert "That name and password do not go together." in page


@pytest.mark.parametrize("address", ["/accounts/password/", "/accounts/delete/"])
def test_a_password_manager_finds_the_name_beside_a_password(client: Client, robin: User, address: str) -> None:
    client.force_login(robin)
    page = client.get(address).content.decode()
    form = page[page.index('<form class="card') :]
    name = re.search(r'<input[^>]*value="robin"[^>]*autocomplete="username"[^>]*>', form)
    assert name
    assert form.index(name.group()) < form.index('type="password"')


def test_a_password_can_be_changed(client: Client, robin: User) -> None:
    client.force_login(robin)
    new = "eight blue lanterns"
    given = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    answer = client.post("/accounts/password/", given, follow=True)
    assert "Your password is changed." in answer.content.decode()
    robin.refresh_from_db()
    assert robin.check_password(new)


def test_whoever_finds_a_browser_signed_in_does_not_guess_the_password(
    client: Client, robin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wizard.store.count", lambda key, seconds: 21)
    client.force_login(robin)
    new = "eight blue lanterns"
    given = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert "Too many tries" in client.post("/accounts/password/", given).content.decode()
    robin.refresh_from_db()
    assert robin.check_password(PASSWORD)


def test_a_name_that_was_taken_in_this_moment_is_refused_in_words(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wizard.accounts.SignUpForm.save", lambda self: User.objects.create_user("robin"))
    User.objects.create_user("robin")
    monkeypatch.setattr("wizard.accounts.SignUpForm.is_valid", lambda self: self.full_clean() or True)
    given = {"username": "robin", "password1": PASSWORD, "password2": PASSWORD, "is_adult": "on"}
    answer = client.post("/accounts/sign-up/", given)
    assert answer.status_code == 422
    assert "already exists" in answer.content.decode()
    in_german = client.post("/accounts/sign-up/", given, headers={"Accept-Language": "de"})
    assert "already exists" not in in_german.content.decode()


@pytest.mark.parametrize("way", ["/accounts/sign-out/", "/accounts/password/", "/accounts/delete/"])
@pytest.mark.django_db(transaction=True)
def test_whoever_listens_to_events_is_let_go(client: Client, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    robin = User.objects.create_user("robin", password=PASSWORD)
    ended: list[int] = []
    monkeypatch.setattr("wizard.events._send", lambda owner, kind, data: ended.append(owner) if kind == ENDED else None)
    client.force_login(robin)
    new = "eight blue lanterns"
    given = {"password": PASSWORD, "old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert client.post(way, given).status_code == 302
    assert set(ended) == {robin.pk}
