"""What every request passes on its way in, before anything of it is read; and the shape of errors on the way out."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from http import HTTPStatus
from http.client import responses
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

from wizard import errors
from wizard.words import grouped

MOST_IN_A_BODY = 2**20  # bytes
MOST_IN_AN_UPLOAD = 2**30  # of all files of a request together; each has a limit of its own
READ_AWAY = 4 * 2**20  # bytes
UPLOAD = "multipart/form-data"


class Request(WSGIRequest):
    """Django reads the address in the body's encoding, and fails before any middleware if that is none of text."""

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        try:
            super()._set_content_type_params(meta)  # type: ignore[misc]  # not in the stubs
        except (LookupError, ValueError):  # charset=hex, say: the door refuses it
            self._encoding = None


class Handler(WSGIHandler):
    request_class = Request


class Door:
    """Refuses bodies that are too large, have no length, or are in another encoding than UTF-8.

    Whatever leaves the API as an error, raised by Django or by one of its decorators, leaves it as `{detail, code}`.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._refusal(request) or self.get_response(request)
        if errors.is_api(request) and response.status_code >= 400 and not settings.DEBUG:
            return _in_our_words(response)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and not response.content:
            return errors.not_allowed(request, response)
        return response

    def _refusal(self, request: HttpRequest) -> HttpResponse | None:
        is_upload = request.content_type == UPLOAD
        # The pages' own forms are bounded by Django (DATA_UPLOAD_MAX_MEMORY_SIZE).
        most = MOST_IN_AN_UPLOAD if is_upload else MOST_IN_A_BODY if errors.is_api(request) else None
        length = request.META.get("CONTENT_LENGTH") or ""
        if most is not None and length.isdecimal() and int(length[:20]) > most:
            _read_away(request, int(length[:20]))
            if is_upload:
                sentence = gettext("All files of a request together have at most %(most)s MB.")
            else:
                sentence = gettext("A request has at most %(most)s MB.")
            return errors.too_large(request, sentence % {"most": grouped(most // 2**20)})
        if not length and "HTTP_TRANSFER_ENCODING" in request.META:
            return errors.in_json(
                411, "length_required", gettext("Send the body with its Content-Length, not in chunks.")
            )
        if not _is_utf8((request.content_params or {}).get("charset", "utf-8")):
            return errors.in_json(415, "unsupported_media_type", gettext("Bodies are in UTF-8."))
        return None


def _read_away(request: HttpRequest, length: int) -> None:
    """A little of a refused body: a proxy that is still sending it tells its client of a broken connection."""
    while 0 < length <= READ_AWAY and (read := request.META["wsgi.input"].read(min(length, 2**16))):
        length -= len(read)


def _is_utf8(name: str) -> bool:
    try:
        return codecs.lookup(name).name in ("utf-8", "ascii")
    except (LookupError, ValueError):
        return False


def _in_our_words(response: HttpResponse) -> HttpResponse:
    """An error that nobody has put into JSON (405 and 412 of Django's decorators, say)."""
    if response.get("Content-Type", "").startswith("application/json"):
        return response
    status = response.status_code
    code = HTTPStatus(status).name.lower() if status in responses else "error"
    said = errors.in_json(status, code, f"{response.reason_phrase}.")
    for name in ("Allow", "Retry-After", "WWW-Authenticate"):
        if name in response:
            said[name] = response[name]
    return said
