"""Errors outside any view: a page for people, `{detail, code}` for the API."""

from __future__ import annotations

import logging

from django.core.exceptions import TooManyFilesSent
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    sentence = "This request could not be read."
    if isinstance(exception, TooManyFilesSent):
        sentence = "A request carries at most 1,000 files; send them in parts."
    return _answer(request, 400, "bad_request", sentence)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 404, "not_found", "There is no such thing here, or it is not yours.")


def server_error(request: HttpRequest) -> HttpResponse:
    if _is_api(request):
        return _in_json(500, "error", "The wizard met an error of its own; your photos and answers are kept.")
    # Without the request's context: what broke may be the database that the frame asks.
    return HttpResponse(render_to_string("500.html"), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)


def _answer(request: HttpRequest, status: int, code: str, sentence: str) -> HttpResponse:
    if _is_api(request):
        return _in_json(status, code, sentence)
    return render(request, f"{status}.html", status=status)


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def _in_json(status: int, code: str, sentence: str) -> JsonResponse:
    return JsonResponse({"detail": sentence, "code": code}, status=status)


class CallersMistake(logging.Filter):
    """A request that was answered below 500 is the caller's mistake: one line of warning, no traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        status = getattr(record, "status_code", 400 if record.name.startswith("django.security") else 500)
        if status < 500:
            record.levelno, record.levelname = logging.WARNING, "WARNING"
            record.exc_info = record.exc_text = None
        return True
