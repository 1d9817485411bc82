"""Sessions: out of reach of scripts and other sites, new at each sign-in, over when the password changes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from wizard.tasks import finish_leavings

PASSWORD = "seven green lanterns"
NEW = "eight blue lanterns"


@pytest.fixture
def robin(db: None) -> User:
    return User.objects.create_user("robin", password=PASSWORD)


def signed_in() -> Client:
    client = Client()
    assert client.post("/accounts/sign-in/", {"username": "robin", "password": PASSWORD}).status_code == 302
    return client


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(robin: User) -> None:
    cookies = signed_in().cookies
    assert set(cookies) == {settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME}
    for cookie in cookies.values():
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"


def test_signing_in_makes_a_new_session_and_a_new_form_token(robin: User) -> None:
    client = Client()
    client.get("/accounts/sign-in/")
    session = client.session
    session["planted"] = True
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = str(session.session_key)
    before = client.cookies[settings.CSRF_COOKIE_NAME].value
    client.post("/accounts/sign-in/", {"username": "robin", "password": PASSWORD})
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != session.session_key
    assert client.cookies[settings.CSRF_COOKIE_NAME].value != before


def test_a_session_that_is_over_is_not_kept(robin: User) -> None:
    over, open_ = signed_in(), signed_in()
    Session.objects.filter(pk=over.session.session_key).update(expire_date=timezone.now() - timedelta(seconds=1))
    finish_leavings()
    assert [each.pk for each in Session.objects.all()] == [open_.session.session_key]


def test_a_changed_password_ends_other_sessions_and_keeps_this_one(robin: User) -> None:
    here, elsewhere = signed_in(), signed_in()
    kept = here.cookies[settings.SESSION_COOKIE_NAME].value
    here.post("/accounts/password/", {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW})
    assert elsewhere.get("/accounts/").status_code == 302
    assert here.get("/accounts/").status_code == 200
    assert here.cookies[settings.SESSION_COOKIE_NAME].value != kept


def test_a_session_that_was_signed_out_of_opens_nothing(robin: User) -> None:
    client = signed_in()
    kept = client.cookies[settings.SESSION_COOKIE_NAME].value
    client.post("/accounts/sign-out/")
    client.cookies[settings.SESSION_COOKIE_NAME] = kept
    assert client.get("/accounts/").status_code == 302


@pytest.mark.parametrize("weak", ["short", "password123", "1234567890987", "robinredbreast1"])
def test_weak_passwords_are_refused(weak: str) -> None:
    with pytest.raises(ValidationError):
        validate_password(weak, User(username="robinredbreast"))


def test_behind_tls_cookies_and_browsers_insist_on_it() -> None:
    names = ["SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS"]
    program = f"import json; from wizard import test_settings as s; print(json.dumps([getattr(s, n) for n in {names}]))"
    for https, expected in (("true", [True, True, True, 31_536_000]), ("false", [False, False, False, 0])):
        said = subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "HTTPS": https},
            cwd=settings.BASE_DIR,
            capture_output=True,
            check=True,
        ).stdout
        assert json.loads(said) == expected
