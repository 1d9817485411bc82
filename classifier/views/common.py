"""What the views share: who is asking, whose row it is, where to go back to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.middleware import HtmxDetails

from classifier.models import ClassificationResult, Photo

if TYPE_CHECKING:
    from django.contrib.auth.models import User


ANSWERS = {*ClassificationResult.Feedback.values, "none"}


class SignedInRequest(HttpRequest):
    """A request behind `login_required`, with what django-htmx adds to it."""

    user: User
    htmx: HtmxDetails


def photo_or_404(request: SignedInRequest, pk: int) -> Photo:
    """The user's own photo; a stranger gets 404, as for a photo that does not exist."""
    return get_object_or_404(Photo.objects.owned_by(request.user), pk=pk)


def safe_next(request: SignedInRequest, default: str) -> str:
    """The page the form came from, as long as it is one of ours."""
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        return wanted
    return default


def whole(word: str | None) -> int:
    """A number that came with a request; 0 for anything else, or too long to be an id."""
    return int(word) if word and word.isdecimal() and len(word) < 19 else 0


def restoring(ids: list[int], *, back_to: str) -> str:
    """The tag of a message that offers to restore the photos and to go to a page; see the filter `restores`."""
    return f"restores:{','.join(map(str, ids))}:{back_to}"
