"""The headers that every answer has."""

from __future__ import annotations

import re

from django.http.response import HttpResponseBase

EXACTLY = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def assert_guarded(answer: HttpResponseBase, what: str = "", *, is_public: bool = False) -> None:
    headers = answer.headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy, what
    assert "frame-ancestors 'none'" in policy, what
    assert "unsafe" not in policy, what
    assert {name: headers[name] for name in EXACTLY} == EXACTLY, what
    assert "camera=()" in headers["Permissions-Policy"], what
    assert is_public or re.search("private|no-store", headers["Cache-Control"]), what
