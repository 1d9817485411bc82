"""For adults, who say so when they sign up; and about taste: no page judges the people in the photos."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client

from classifier.tests.factories import scored_photo
from wizard.tests.conventions import assert_none, files, matches, offenders

JUDGING = re.compile(r"\b(un)?attractive|\bugl(y|iness)|\bbeaut(y|iful)|\bhandsome|\bsexy|\bhotness|\bout of ten", re.I)
SPOKEN = ["templates/**/*.html", "static/js/*.js"]
SPOKEN += ["classifier/scoring.py", "classifier/suggestions.py", "classifier/templatetags/ui.py"]


def test_sign_up_says_that_it_is_for_adults_and_asks(client: Client, db: None) -> None:
    page = client.get("/accounts/sign-up/").content.decode()
    assert "I am 18 or older. Dating Wizard is for adults, and for photos of adults only." in page
    tick = re.search(r"<input[^>]*name=\"is_adult\"[^>]*>", page)
    assert tick
    assert " required" in tick[0]
    assert " checked" not in tick[0]


def test_without_the_tick_it_says_so_politely_and_keeps_the_name(client: Client, db: None) -> None:
    password = "seven green lanterns"
    given = {"username": "robin", "password1": password, "password2": password}
    answer = client.post("/accounts/sign-up/", given)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Dating Wizard is for adults only: confirm that you are 18 or older." in page
    assert 'value="robin"' in page
    assert not User.objects.exists()


def test_whoever_runs_it_makes_accounts_as_before(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "seven green lanterns")
    call_command("createsuperuser", "--noinput", "--username", "robin", "--email", "", verbosity=0)
    assert User.objects.get().is_superuser


def test_no_sentence_judges_anybody() -> None:
    assert_none(offenders(files(*SPOKEN), matches(JUDGING)))


def test_what_it_makes_of_a_photo_is_for_its_owner_alone(owner_client: Client, owner: User, stranger: User) -> None:
    photo = scored_photo(owner, 0.83)
    assert "match" in owner_client.get(f"/photos/{photo.pk}/").content.decode()
    other = Client()
    other.force_login(stranger)
    assert other.get(f"/photos/{photo.pk}/").status_code == 404
    assert f"photo-{photo.pk}" not in other.get("/library/").content.decode()
