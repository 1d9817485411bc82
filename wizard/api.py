"""What every API view shares: who is asking, and the shape of errors."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest
from rest_framework import exceptions, status
from rest_framework.request import Request
from rest_framework.response import Response


def signed_in_user(request: Request | HttpRequest) -> User:
    """The user of a request that the permissions have let through."""
    user = request.user
    if not isinstance(user, User):
        raise exceptions.NotAuthenticated
    return user


class Conflict(exceptions.APIException):
    status_code = status.HTTP_409_CONFLICT
    default_detail = "This does not fit the present state."
    default_code = "conflict"


class Unavailable(exceptions.APIException):
    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_code = "unavailable"


def error_response(error: Exception, context: dict[str, Any]) -> Response | None:
    """Every error is `{detail, code}`; one of validation has the fields' own sentences beside them."""
    if isinstance(error, ValidationError):
        error = exceptions.ValidationError(
            error.message_dict if hasattr(error, "error_dict") else {"detail": error.messages}
        )
    elif isinstance(error, Http404):
        error = exceptions.NotFound("There is no such thing here, or it is not yours.")
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if not isinstance(error, exceptions.APIException):
        return None

    headers: dict[str, str] = {}
    if header := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = header
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait) + 1)
    if isinstance(error, exceptions.ValidationError):
        body = _validation_body(error.detail)
    else:
        body = {"detail": str(error.detail), "code": error.get_codes()}
    return Response(body, status=error.status_code, headers=headers)


def _validation_body(detail: Any) -> dict[str, Any]:
    """`detail` is the first sentence; `fields` has each field's, if a rule of some field was broken."""
    fields = detail if isinstance(detail, dict) else {"detail": detail}
    fields = {("detail" if name in ("non_field_errors", "__all__") else name): text for name, text in fields.items()}
    first_field, first = next(iter(fields.items()))
    sentence = str(first[0] if isinstance(first, list) and first else first)
    general = fields.pop("detail", None)
    if general is None:
        sentence = f"{first_field}: {sentence}"
    return {"detail": sentence, "code": "invalid", **({"fields": fields} if fields else {})}
