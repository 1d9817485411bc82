"""How often one person may ask, counted in Redis for all web processes together. Without Redis nobody is held up."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from wizard import store
from wizard.guessing import client_address

if TYPE_CHECKING:
    from rest_framework.views import APIView

WINDOW = 60  # seconds
SIGN_IN = "sign_in"
# Requests a minute for what occupies a worker, or guesses a password; all else has WIZARD_API_RATE alone.
SCOPES = {SIGN_IN: 20, "search": 120, "compare": 120, "import": 10, "train": 20}


def tries_too_often(request: HttpRequest) -> bool:
    """Whether this address has signed in, or up, more often in this minute than a person does. Counts the try."""
    who = f"address-{client_address(request)}"
    return store.count(f"wizard:rate:{SIGN_IN}:{who}:{_window()}", seconds=2 * WINDOW) > SCOPES[SIGN_IN]


def seconds_left() -> float:
    return WINDOW - time.time() % WINDOW


class Throttle(BaseThrottle):
    """The general rate, and that of the view's `throttle_scopes`, by method, if it has one.

    A window is a minute of the clock; what is left of it is the Retry-After of a refusal.
    """

    def allow_request(self, request: Request, view: APIView) -> bool:
        who = f"user-{request.user.pk}" if isinstance(request.user, User) else f"address-{client_address(request)}"
        return all(
            store.count(f"wizard:rate:{scope}:{who}:{_window()}", seconds=2 * WINDOW) <= most
            for scope, most in _limits(request, view)
        )

    def wait(self) -> float:
        return seconds_left()


def may_try_password(user: User) -> bool:
    """Whether one who is signed in may try a password once more this minute: on pages, as over the API."""
    return store.count(f"wizard:rate:{SIGN_IN}:user-{user.pk}:{_window()}", seconds=2 * WINDOW) <= SCOPES[SIGN_IN]


def _window() -> int:
    return int(time.time() // WINDOW)


def _limits(request: Request, view: APIView) -> list[tuple[str, int]]:
    method = "GET" if request.method == "HEAD" else request.method
    scope = getattr(view, "throttle_scopes", {}).get(method)
    limits = [("all", settings.WIZARD_API_RATE)] if settings.WIZARD_API_RATE else []
    if scope and (settings.WIZARD_API_RATE or scope == SIGN_IN):
        limits.append((scope, SCOPES[scope]))
    return limits
