"""One line a request in the log, with an id that the answer carries too; and a note of how long it took."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse

from wizard import logs, measures

log = logging.getLogger("wizard.requests")

SLOW_SECONDS = 1.0
# Asked every few seconds by whatever watches over the process, and some of it waits for workers on purpose.
OF_WATCHERS = {"healthz", "readyz", "metrics", "status"}


class RequestLog:
    """Around all other middleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        given_id = logs.id_for(request.headers.get("X-Request-ID"))
        token = logs.request_id.set(given_id)
        try:
            response = self.get_response(request)
            response.headers["X-Request-ID"] = given_id
            _tell(request, response.status_code, time.perf_counter() - began)
        finally:
            logs.request_id.reset(token)
        return response


def _tell(request: HttpRequest, status: int, seconds: float) -> None:
    match = request.resolver_match
    if match is None and status < 400:
        return  # a static file
    route = match.view_name if match else ""
    method = request.method if request.method in measures.METHODS else "OTHER"
    measures.note_request(method, route, status, seconds)
    is_slow = seconds >= SLOW_SECONDS and route not in OF_WATCHERS
    level = logging.WARNING if is_slow else logging.DEBUG if route in OF_WATCHERS else logging.INFO
    if not log.isEnabledFor(level):
        return
    # An address whose parts are numbers says nothing but which row; any other may hold what somebody typed.
    is_ours = match is not None and all(isinstance(part, int) for part in match.kwargs.values())
    where = request.path if is_ours else match.route if match else measures.NOWHERE
    facts = {"status": status, "ms": round(seconds * 1000), "user": _user_id(request)}
    log.log(level, "%s %s%s", method, where, ", slow" if is_slow else "", extra={"facts": facts})


def _user_id(request: HttpRequest) -> int | None:
    """Who asked, as far as the request found that out by itself: no query is made for the log."""
    for found in (request.__dict__.get("_cached_user"), request.__dict__.get("user")):
        if issubclass(type(found), User):
            return int(found.pk)  # type: ignore[union-attr]  # a User
    return None
