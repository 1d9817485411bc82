"""Guessing passwords is slowed down, whichever door it is tried at: the sign-in page or the API.

Wrong passwords are counted by django-axes, for a name and an address together, in the database: so nobody can lock out
a person who sits elsewhere, and no restart forgives. What an address may try at all, whatever the names, is counted in
Redis (`wizard/throttles.py`), since each try costs a slow hash.
"""

from __future__ import annotations

import ipaddress
from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext

from wizard import errors


def client_address(request: HttpRequest) -> str | None:
    """Where a request comes from. X-Forwarded-For is what the caller says, but for what one's own proxy put last."""
    said = request.META.get("REMOTE_ADDR", "")
    if settings.TRUST_PROXY:
        said = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")[-1].strip() or said
    try:
        return str(ipaddress.ip_address(said))
    except ValueError:  # a socket file, say
        return None


def forget_old() -> None:
    """The wrong passwords that no longer count: whoever mistakes the fields has typed a password as a name."""
    AccessAttempt.objects.filter(attempt_time__lt=timezone.now() - settings.AXES_COOLOFF_TIME).delete()


def locked_out(request: HttpRequest, response: HttpResponse | None, credentials: dict[str, Any] | None) -> HttpResponse:
    """What axes answers with. The same for names that exist and names that do not."""
    wrong = AccessAttempt.objects.filter(
        username=(credentials or {}).get("username"), ip_address=client_address(request)
    )
    last = wrong.order_by("-attempt_time").values_list("attempt_time", flat=True).first() or timezone.now()
    left = last + settings.AXES_COOLOFF_TIME - timezone.now()
    return errors.too_many(request, max(1, round(left.total_seconds())), gettext("Too many wrong passwords."))
