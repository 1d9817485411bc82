"""Errors outside any view: a page for people, `{detail, code}` for the API."""

from __future__ import annotations

import errno
import logging
import sqlite3
import sys

from django.core.exceptions import (
    DisallowedHost,
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext, gettext_noop, ngettext

from wizard.files import StorageAway

NOT_FOUND = gettext_noop("There is no such thing here, or it is not yours.")
COULD_NOT_BE_READ = gettext_noop("This request could not be read.")
OUR_OWN = gettext_noop("The wizard met an error of its own; your photos and answers are kept.")
NO_ROOM = gettext_noop("The disk is full, so this could not be done. Make room, then try again.")
NO_DATABASE = gettext_noop("The database does not answer, so this could not be done. Try again in a moment.")
TRY_AGAIN_AFTER = 5  # seconds
# What SQLite says of a disk that is full, or of a database that somebody else holds; its other errors are ours.
PASSING = (
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
)
# What Django says of a request before any view has seen it.
SENTENCES: dict[type[Exception], str] = {
    DisallowedHost: gettext_noop("Dating Wizard does not answer to this host name (see ALLOWED_HOSTS)."),
    TooManyFieldsSent: gettext_noop("A request carries at most 2,000 fields."),
    TooManyFilesSent: gettext_noop("A request carries at most 1,000 files; send them in parts."),
}


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        return too_large(request, gettext("This form is too large."))
    return _answer(request, 400, "bad_request", gettext(SENTENCES.get(type(exception), COULD_NOT_BE_READ)))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 403, "permission_denied", gettext("You may not do this."))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 404, "not_found", gettext(NOT_FOUND))


def too_large(request: HttpRequest, sentence: str) -> HttpResponse:
    return _answer(request, 413, "too_large", sentence)


def too_many(request: HttpRequest, seconds: int, what: str) -> HttpResponse:
    """429. After the sentence `what` comes one that says when to come again."""
    sentence = f"{what} {_try_again_in(seconds)}"
    if is_api(request):
        response: HttpResponse = in_json(429, "throttled", sentence)
    else:
        response = render(request, "429.html", {"sentence": sentence}, status=429)
    response["Retry-After"] = str(seconds)
    return response


def _try_again_in(seconds: int) -> str:
    if seconds < 60:
        return gettext("Try again in %(seconds)s s.") % {"seconds": seconds}
    minutes = -(-seconds // 60)
    return ngettext("Try again in a minute.", "Try again in %(minutes)s minutes.", minutes) % {"minutes": minutes}


def passing_trouble(error: BaseException | None) -> str:
    """What is in the way, in a sentence; empty for an error that will be the same when it is tried again."""
    if isinstance(error, StorageAway):
        return str(error)
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return gettext(NO_ROOM)
    if isinstance(error, OperationalError):
        code = getattr(error.__cause__, "sqlite_errorcode", None)
        if code is None or code & 0xFF in PASSING:  # the first byte; the others say where it happened
            return gettext(NO_ROOM if code == sqlite3.SQLITE_FULL else NO_DATABASE)
    return ""


def server_error(request: HttpRequest) -> HttpResponse:
    """Django calls it while it handles the error."""
    if sentence := passing_trouble(sys.exc_info()[1]):
        return _unavailable(request, sentence)
    if is_api(request):
        return in_json(500, "error", gettext(OUR_OWN))
    # Without the request's context: what broke may be the database that the frame asks.
    return HttpResponse(render_to_string("500.html"), status=500)


def _unavailable(request: HttpRequest, sentence: str) -> HttpResponse:
    if is_api(request):
        response: HttpResponse = in_json(503, "unavailable", sentence)
    else:
        response = HttpResponse(render_to_string("503.html", {"sentence": sentence}), status=503)
    response["Retry-After"] = str(TRY_AGAIN_AFTER)
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    if is_api(request):
        return in_json(403, "csrf_failed", f"{reason.rstrip('.')}.")
    came_from = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure())
    return render(request, "403_csrf.html", {"back": came_from if is_ours else ""}, status=403)


def not_allowed(request: HttpRequest, refusal: HttpResponse) -> HttpResponse:
    """A page for the empty answer of Django's decorators. Whoever signs in again is led to where a form was sent."""
    response = render(request, "405.html", status=405)
    response["Allow"] = refusal["Allow"]
    return response


def is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def in_json(status: int, code: str, sentence: str) -> JsonResponse:
    return JsonResponse({"detail": sentence, "code": code}, status=status)


def _answer(request: HttpRequest, status: int, code: str, sentence: str) -> HttpResponse:
    if is_api(request):
        return in_json(status, code, sentence)
    return render(request, f"{status}.html", status=status)


class CallersMistake(logging.Filter):
    """A request that was answered below 500 is the caller's mistake: a line of warning and no traceback, or none at all
    where the request's own line says it (`wizard/request_log.py`)."""

    def filter(self, record: logging.LogRecord) -> bool:
        status = getattr(record, "status_code", 400 if record.name.startswith("django.security") else 500)
        if status < 500 and record.name == "django.request":
            return False
        if status < 500:
            record.levelno, record.levelname = logging.WARNING, "WARNING"
            record.exc_info = record.exc_text = None
        return True
