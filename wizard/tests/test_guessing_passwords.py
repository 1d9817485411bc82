"""Ten wrong passwords for a name from one address, and that address waits a quarter of an hour for that name."""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db.models import F
from django.test import Client, override_settings
from django.utils import timezone

from wizard import store, throttles
from wizard.guessing import forget_old

PASSWORD = "seven green lanterns"
PAGE, API = "/accounts/sign-in/", "/api/auth/token"
MOST = 10


@pytest.fixture
def robin(db: None) -> User:
    return User.objects.create_user("robin", password=PASSWORD)


def sign_in(door: str = PAGE, password: str = "wrong", name: str = "robin", **more: Any) -> Any:
    if door == API:
        more["content_type"] = "application/json"
    return Client().post(door, {"username": name, "password": password}, **more)


def said(answer: Any, name: str) -> str:
    """Without the name that was typed, and what is new in every form."""
    return re.sub(r'"csrfmiddlewaretoken" value="\w+"|"X-CSRFToken": "\w+"', "", answer.content.decode()).replace(
        name, ""
    )


@pytest.mark.parametrize("door", [PAGE, API])
def test_after_ten_wrong_passwords_even_the_right_one_has_to_wait(robin: User, door: str) -> None:
    statuses = [sign_in(door).status_code for _ in range(MOST)]
    assert statuses == [200 if door == PAGE else 400] * (MOST - 1) + [429]
    refused = sign_in(door, PASSWORD)
    assert refused.status_code == 429
    assert 890 <= int(refused["Retry-After"]) <= 900
    assert "Too many wrong passwords. Try again in 15 minutes." in refused.content.decode()
    if door == API:
        assert set(refused.json()) == {"detail", "code"}


def test_both_doors_count_together(robin: User) -> None:
    for _ in range(MOST // 2):
        sign_in(PAGE)
        refused = sign_in(API)
    assert refused.status_code == 429
    assert sign_in(PAGE, PASSWORD).status_code == 429


def test_a_name_that_does_not_exist_is_answered_like_one_that_does(robin: User) -> None:
    for _ in range(MOST + 1):
        mine, nobodys = sign_in(name="robin"), sign_in(name="wren")
        assert mine.status_code == nobodys.status_code
        assert said(mine, "robin") == said(nobodys, "wren")


def test_another_name_and_another_address_are_not_locked_out(robin: User) -> None:
    User.objects.create_user("wren", password=PASSWORD)
    for _ in range(MOST):
        sign_in()
    assert sign_in(password=PASSWORD, name="wren").status_code == 302
    assert sign_in(password=PASSWORD, REMOTE_ADDR="192.0.2.7").status_code == 302


def test_the_right_password_forgives_what_was_wrong_before(robin: User) -> None:
    for _ in range(3):
        assert [sign_in().status_code for _ in range(MOST - 1)] == [200] * (MOST - 1)
        assert sign_in(password=PASSWORD).status_code == 302


def test_it_is_over_after_a_quarter_of_an_hour_however_often_one_knocks(robin: User) -> None:
    for _ in range(MOST + 5):
        sign_in()
    AccessAttempt.objects.update(attempt_time=F("attempt_time") - timedelta(minutes=15, seconds=1))
    assert sign_in(password=PASSWORD).status_code == 302


def test_wrong_tries_are_forgotten_once_they_no_longer_count(robin: User) -> None:
    AccessAttempt.objects.create(username="typed in the wrong field", ip_address="::1", failures_since_start=1)
    forget_old()
    assert AccessAttempt.objects.exists()
    AccessAttempt.objects.update(attempt_time=timezone.now() - settings.AXES_COOLOFF_TIME - timedelta(seconds=1))
    forget_old()
    assert not AccessAttempt.objects.exists()


def test_whoever_runs_it_can_let_everybody_in_again(robin: User) -> None:
    for _ in range(MOST):
        sign_in()
    call_command("axes_reset", verbosity=0)
    assert sign_in(password=PASSWORD).status_code == 302


@pytest.mark.parametrize("trusted", [False, True])
def test_an_address_is_believed_from_ones_own_proxy_alone(robin: User, trusted: bool) -> None:
    with override_settings(TRUST_PROXY=trusted):
        for number in range(MOST):
            refused = sign_in(headers={"x-forwarded-for": f"192.0.2.{number}, 203.0.113.9"})
            made_up = sign_in(headers={"x-forwarded-for": f"203.0.113.9, 192.0.2.{number}"})
    assert refused.status_code == 429
    assert made_up.status_code == (200 if trusted else 429)


def test_no_password_is_kept_of_a_wrong_try(robin: User) -> None:
    sign_in(password="nearly right")
    sign_in(API, password="nearly right")
    assert "nearly" not in str(list(AccessAttempt.objects.values()))


@pytest.mark.parametrize("address", [PAGE, "/accounts/sign-up/"])
def test_an_address_tries_twenty_times_a_minute_whatever_the_names(
    db: None, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    kept: Counter[str] = Counter()
    monkeypatch.setattr(store, "count", lambda key, seconds: kept.update([key]) or kept[key])
    monkeypatch.setattr(throttles, "_window", lambda: 0)
    answers = [sign_in(address, name=f"name-{number}") for number in range(21)]
    assert {answer.status_code for answer in answers[:20]} <= {200, 422}
    assert (answers[20].status_code, "Too many" in answers[20].content.decode()) == (429, True)
