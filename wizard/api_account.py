"""One's own account over the API: take it along, and end it."""

from __future__ import annotations

from typing import Any

from django.http import StreamingHttpResponse
from django.utils.translation import gettext
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema, extend_schema_serializer
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from wizard import leaving, takeout
from wizard.accounts_leaving import DELETED, WRONG_PASSWORD, download
from wizard.api import AnyAccept, Conflict, signed_in_user
from wizard.schema import refused
from wizard.strict import StrictSerializer
from wizard.throttles import SIGN_IN


@extend_schema_serializer(
    examples=[OpenApiExample("Robin", {"password": "seven green lanterns"}, request_only=True)],
)
class LeaveSerializer(StrictSerializer):
    password = serializers.CharField(trim_whitespace=False, style={"input_type": "password"})

    def validate_password(self, password: str) -> str:
        if not signed_in_user(self.context["request"]).check_password(password):
            raise serializers.ValidationError(gettext(WRONG_PASSWORD))
        return password


class LeavingSerializer(serializers.Serializer[Any]):
    detail = serializers.CharField(help_text="What happens now, in one sentence.")


class Account(APIView):
    throttle_scopes = {"DELETE": SIGN_IN}
    deletes_with_body = True

    @extend_schema(
        operation_id="account_delete",
        request=LeaveSerializer,
        responses={
            202: OpenApiResponse(
                LeavingSerializer,
                description="The account is switched off, its tokens are revoked, and everything is being removed.",
                examples=[OpenApiExample("Deleted", value={"detail": DELETED})],
            )
        },
    )
    def delete(self, request: Request) -> Response:
        """Delete your account with everything in it.

        Photos, answers, taste, versions, tokens, sessions. From this moment on nobody gets in; the rest is removed
        within seconds, of a large library within minutes. There is no way back: `GET /api/account/export` first.
        """
        serializer = LeaveSerializer(data=request.data, context={"request": request})
        serializer.is_valid(raise_exception=True)
        leaving.ask_to_leave(user=signed_in_user(request))
        return Response({"detail": gettext(DELETED)}, status=status.HTTP_202_ACCEPTED)


class Export(APIView):
    content_negotiation_class = AnyAccept

    @extend_schema(
        operation_id="account_export",
        responses={
            (200, "application/zip"): OpenApiTypes.BINARY,
            (409, "application/json"): refused("Not now; one at a time.", busy=takeout.BUSY),
        },
    )
    def get(self, request: Request) -> StreamingHttpResponse:
        """Download everything.

        A zip of your photos, answers, preferences and versions, with a README that says what is what. It is made
        while you read it, so its length is not known before.
        """
        try:
            return download(request._request, signed_in_user(request))
        except takeout.Busy as busy:
            raise Conflict(str(busy), code="busy") from busy
