"""Parts of the OpenAPI document that many operations refer to, and the two that are no API views."""

from __future__ import annotations

from typing import Any

Part = dict[str, Any]

RETRY_AFTER: Part = {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}}
ETAG: Part = {"description": "Of this answer; send it back as If-None-Match.", "schema": {"type": "string"}}


def _error(description: str, headers: Part | None = None, **sentences: str) -> Part:
    examples = {code: {"value": {"detail": said, "code": code}} for code, said in sentences.items()}
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}, "examples": examples}}
    return {"description": description, **({"headers": headers} if headers else {}), "content": content}


# Status -> its name among the components' responses.
ERRORS = {
    "400": "BadRequest",
    "401": "Unauthorized",
    "403": "Forbidden",
    "404": "NotFound",
    "406": "NotAcceptable",
    "411": "LengthRequired",
    "413": "TooLarge",
    "415": "UnsupportedMediaType",
    "429": "Throttled",
}
SHARED: Part = {
    "headers": {"ETag": ETAG, "RetryAfter": RETRY_AFTER},
    "responses": {
        "NotModified": {
            "description": "It is what the ETag in If-None-Match stands for.",
            "headers": {"ETag": {"$ref": "#/components/headers/ETag"}},
        },
        "BadRequest": _error(
            "A parameter or a field breaks a rule, or the request cannot be read.",
            invalid="page_size: Give a whole number from 1 to 200.",
            parse_error="JSON parse error - Expecting value: line 1 column 1 (char 0).",
            bad_request="This request could not be read.",
        ),
        "Unauthorized": _error(
            "Nobody is signed in, or the token opens nothing.",
            {"WWW-Authenticate": {"schema": {"type": "string"}}},
            not_authenticated="Authentication credentials were not provided.",
            invalid_token="This token opens nothing; it may have been revoked.",  # noqa: S106  (a code and its sentence)
            inactive="This account is switched off.",
        ),
        "Forbidden": _error(
            "The token may only read; or, in a browser, the header X-CSRFToken is missing.",
            read_only_token="This token may only read.",  # noqa: S106  (as above)
            csrf_failed="CSRF Failed: CSRF token missing.",
        ),
        "NotFound": _error(
            "It is not there, or it is somebody else's.",
            not_found="There is no such thing here, or it is not yours.",
        ),
        "NotAcceptable": _error(
            "The header Accept leaves out JSON.", not_acceptable="Could not satisfy the request Accept header."
        ),
        "LengthRequired": _error(
            "The body came in chunks.", length_required="Send the body with its Content-Length, not in chunks."
        ),
        "TooLarge": _error(
            "The body is larger than 1 MB, or than 1 GB with files.", too_large="A request has at most 1 MB."
        ),
        "UnsupportedMediaType": _error(
            "The body is of another type than the operation takes, or not in UTF-8.",
            unsupported_media_type='Unsupported media type "text/plain" in request.',
        ),
        "Throttled": _error(
            "Too many requests within a minute.",
            {"Retry-After": {"$ref": "#/components/headers/RetryAfter"}},
            throttled="Too many requests; try again in 12 s.",
        ),
    },
}


def _answer(description: str, schema: str, **value: str) -> Part:
    reference = {"$ref": f"#/components/schemas/{schema}"}
    return {"description": description, "content": {"application/json": {"schema": reference, "example": value}}}


def _text(description: str) -> Part:
    return {"type": "string", "description": description}


READINESS = dict.fromkeys(("status", "database", "redis", "backbone", "disk", "score", "train", "beat"), "ok")
SERVICE_SCHEMAS: Part = {
    "Health": {
        "type": "object",
        "properties": {"status": {"type": "string", "enum": ["ok"]}},
        "required": ["status"],
    },
    "Readiness": {
        "type": "object",
        "properties": {
            "status": {"type": "string", "enum": ["ok", "unavailable"]},
            "database": _text("`ok`, or what is wrong; so are the others."),
            "redis": _text(""),
            "backbone": _text("The weights of the model that runs."),
            "disk": _text("Whether there is room for more."),
            "score": _text("The worker that scores."),
            "train": _text("The worker that trains."),
            "beat": _text("What does things by the clock."),
        },
        "required": list(READINESS),
    },
}
SERVICE_PATHS: Part = {
    "/healthz": {
        "get": {
            "operationId": "healthz",
            "summary": "Is the web process up",
            "description": "For whatever restarts it. It asks nobody else, needs no token and is not throttled.",
            "tags": ["Service"],
            "security": [{}],
            "responses": {"200": _answer("It is.", "Health", status="ok")},
        }
    },
    "/readyz": {
        "get": {
            "operationId": "readyz",
            "summary": "Can the whole system do its work",
            "description": "Asks every part, the workers and the disk too; this takes up to a second.",
            "tags": ["Service"],
            "security": [{}],
            "responses": {
                "200": _answer("It can.", "Readiness", **READINESS),
                "503": _answer(
                    "It cannot; each part says why.",
                    "Readiness",
                    **READINESS | {"status": "unavailable", "train": "No train worker answers."},
                ),
            },
        }
    },
}
