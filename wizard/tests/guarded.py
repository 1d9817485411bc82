"""The headers that every answer has."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from django.http.response import HttpResponseBase

EXACTLY = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def assert_guarded(answer: HttpResponseBase, *, is_public: bool = False) -> None:
    assert list(gaps(answer.headers, is_public=is_public)) == []


def gaps(headers: Mapping[str, str], *, is_public: bool = False) -> Iterator[str]:
    """The headers that are missing, or that say something else."""
    policy = headers.get("Content-Security-Policy", "")
    if not ("default-src 'none'" in policy and "frame-ancestors 'none'" in policy) or "unsafe" in policy:
        yield f"Content-Security-Policy: {policy}"
    if "camera=()" not in headers.get("Permissions-Policy", ""):
        yield "Permissions-Policy"
    if not is_public and not re.search("private|no-store", headers.get("Cache-Control", "")):
        yield "Cache-Control"
    yield from (f"{name}: {headers.get(name)}" for name, value in EXACTLY.items() if headers.get(name) != value)
