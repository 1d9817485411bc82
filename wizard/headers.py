"""Headers that every answer leaves with, whoever gave it: a page, a picture, a static file, a refusal at the door."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

# What no page here has a use for.
UNUSED = ("accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "microphone", "payment", "usb")
ALWAYS = {
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",  # no other site shows a picture of here
    "Permissions-Policy": ", ".join(f"{each}=()" for each in UNUSED),
    # Kept by nobody in between, and asked for anew: after signing out nothing comes from a cache. Pictures say more.
    "Cache-Control": "private, no-cache",
}


class Headers:
    """First of all middleware, so that nothing goes past it. What an answer says itself stands."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in ALWAYS.items():
            response.headers.setdefault(name, value)
        return response
