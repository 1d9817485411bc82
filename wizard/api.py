"""What every API view shares: who is asking, and the shape of errors."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest
from django.utils.translation import gettext, gettext_lazy
from rest_framework import authentication, exceptions, status
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from wizard.errors import NOT_FOUND


def signed_in_user(request: Request | HttpRequest) -> User:
    """The user of a request that the permissions have let through."""
    user = request.user
    if not isinstance(user, User):
        raise exceptions.NotAuthenticated
    return user


class SessionAuthentication(authentication.SessionAuthentication):
    """The pages' own sign-in. Its refusal for want of a CSRF token can be told from "this is not for you"."""

    def enforce_csrf(self, request: Request) -> None:
        try:
            super().enforce_csrf(request)
        except exceptions.PermissionDenied as refused:
            raise exceptions.PermissionDenied(str(refused.detail), code="csrf_failed") from refused


class AnyAccept(BaseContentNegotiation):
    """A file is a file, whatever the client says it would rather have; an error of it is JSON."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type


class Conflict(exceptions.APIException):
    status_code = status.HTTP_409_CONFLICT
    default_detail = gettext_lazy("This does not fit the present state.")
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
        error = exceptions.NotFound(gettext(NOT_FOUND))
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if not isinstance(error, exceptions.APIException):
        return None

    request = context["request"]  # an error is JSON, also of a view that answers in YAML, HTML or bytes
    request.accepted_renderer, request.accepted_media_type = JSONRenderer(), JSONRenderer.media_type
    headers: dict[str, str] = {}
    if header := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = header
    if isinstance(error, exceptions.Throttled):
        seconds = int(getattr(error, "wait", None) or 0) + 1
        headers["Retry-After"] = str(seconds)
        if str(error.detail).startswith(
            str(exceptions.Throttled.default_detail)
        ):  # DRF's words, for which we have ours
            error.detail = exceptions.ErrorDetail(
                gettext("Too many requests; try again in %(seconds)s s.") % {"seconds": seconds}, code="throttled"
            )
    if isinstance(error, exceptions.ValidationError):
        body = _validation_body(error.detail)
    else:
        body = {"detail": str(error.detail), "code": error.get_codes()}
    return Response(body, status=error.status_code, headers=headers)


def _validation_body(detail: Any) -> dict[str, Any]:
    """`detail` is the first sentence; `fields` has each field's, if a rule of some field was broken."""
    given = detail if isinstance(detail, dict) else {"detail": detail}
    fields: dict[str, list[str]] = {}
    for name, said in given.items():
        sentences = said if isinstance(said, list) else [said]
        fields["detail" if name in ("non_field_errors", "__all__") else name] = [str(each) for each in sentences]
    first_field, (sentence, *_) = next(iter(fields.items()))
    if fields.pop("detail", None) is None:
        sentence = f"{first_field}: {sentence}"
    return {"detail": sentence, "code": "invalid", **({"fields": fields} if fields else {})}


def pending(sentence: str, **more: Any) -> Response:
    """A worker is at it: the same request is answered a little later."""
    body = {"detail": gettext(sentence), "code": "pending", **more}
    return Response(body, status=status.HTTP_202_ACCEPTED, headers={"Retry-After": "1"})
