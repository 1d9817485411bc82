"""Tokens over the API: one for a password, a list of them, and the end of one."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.utils.translation import gettext
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiResponse,
    extend_schema,
    extend_schema_serializer,
    extend_schema_view,
)
from rest_framework import mixins, parsers, serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from classifier.api.paging import KeysetPagination
from classifier.models import can_be_seen
from wizard import tokens
from wizard.api import Conflict, signed_in_user
from wizard.models import MOST_NAME, ApiToken
from wizard.parsers import JSONParser
from wizard.schema import refused
from wizard.strict import StrictSerializer
from wizard.throttles import SIGN_IN

MOST_USERNAME = 150  # as Django has it
SIGN_IN_NAME = "Signed in over the API"
GIVEN = {"username": "robin", "password": "seven green lanterns", "name": "backup script", "scope": "read"}
NEW = {"token": "wz_EXAMPLE", "id": 3, "name": "backup script", "scope": "read"}
LISTED = {
    "id": 3,
    "name": "backup script",
    "hint": "wz_EXA…",
    "scope": "read",
    "created_at": "2026-11-25T09:00:00Z",
    "last_used_at": None,
    "is_current": False,
}


@extend_schema_serializer(examples=[OpenApiExample("Robin", GIVEN, request_only=True)])
class SignInSerializer(StrictSerializer):
    username = serializers.CharField(max_length=MOST_USERNAME)
    password = serializers.CharField(trim_whitespace=False, style={"input_type": "password"})
    name = serializers.CharField(default=SIGN_IN_NAME, max_length=MOST_NAME, validators=[can_be_seen])
    scope = serializers.ChoiceField(choices=ApiToken.Scope.choices, default=ApiToken.Scope.WRITE)

    def validate_username(self, username: str) -> str:
        """Normalised as on the pages, where a name is stored and looked up in its composed form."""
        return User.normalize_username(username)

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        request = self.context["request"]
        # Django's own request: on it axes leaves word of whom it locked out.
        owner = authenticate(request._request, username=given.pop("username"), password=given.pop("password"))
        if owner is None:
            raise serializers.ValidationError(
                gettext("That name and password do not go together. Both are case-sensitive."), code="authorization"
            )
        return {**given, "owner": owner}


@extend_schema_serializer(examples=[OpenApiExample("A new token", NEW, response_only=True)])
class NewTokenSerializer(serializers.Serializer[Any]):
    token = serializers.CharField(help_text="Its text: said this once.")
    id = serializers.IntegerField()
    name = serializers.CharField()
    scope = serializers.ChoiceField(choices=ApiToken.Scope.choices)


@extend_schema_serializer(component_name="ApiToken", examples=[OpenApiExample("A token", LISTED, response_only=True)])
class TokenSerializer(serializers.ModelSerializer[ApiToken]):
    is_current = serializers.SerializerMethodField(help_text="This request came with it.")

    class Meta:
        model = ApiToken
        fields = ["id", "name", "hint", "scope", "created_at", "last_used_at", "is_current"]
        read_only_fields = fields

    def get_is_current(self, token: ApiToken) -> bool:
        return bool(token == self.context["request"].auth)


class SignIn(APIView):
    """Guessing is slowed down; a token is no way to another one."""

    authentication_classes = []  # a script whose token was revoked may well send it along
    permission_classes = []
    parser_classes = [JSONParser, parsers.FormParser]
    throttle_scopes = {"POST": SIGN_IN}  # by address

    @extend_schema(
        operation_id="auth_token_create",
        request=SignInSerializer,
        responses={
            200: OpenApiResponse(NewTokenSerializer, description="Keep its text: it is said this once."),
            409: refused(
                "There is no room for it.",
                too_many_tokens="You have 50 API tokens, the most there can be; revoke one you no longer need.",
                sign_in_is_over="Your password was changed just now; sign in again.",
            ),
        },
        auth=[],
    )
    def post(self, request: Request) -> Response:
        """A token for a username and a password.

        Its text is said this once. You have 50 at most: one more takes the place of the one given here that went
        unused longest. Guessing is slowed down.
        """
        serializer = SignInSerializer(data=request.data, context={"request": request})
        serializer.is_valid(raise_exception=True)
        try:
            token, text = tokens.create_token(**serializer.validated_data, is_sign_in=True)
        except tokens.TokenRefused as refusal:
            raise Conflict(str(refusal), code=refusal.code) from refusal
        given = {"token": text, "id": token.pk, "name": token.name, "scope": token.scope}
        return Response(NewTokenSerializer(given).data, headers={"Cache-Control": "no-store"})


@extend_schema_view(
    list=extend_schema(
        operation_id="auth_tokens_list", summary="Your tokens, without their texts", description="Newest first."
    ),
    destroy=extend_schema(
        operation_id="auth_tokens_revoke",
        summary="Revoke a token",
        description="From the next request on it opens nothing.",
        responses={204: OpenApiResponse(description="It is revoked.")},
    ),
)
class Tokens(mixins.ListModelMixin, mixins.DestroyModelMixin, viewsets.GenericViewSet[ApiToken]):
    """Your tokens, without their texts. Deleting one revokes it: from the next request on it opens nothing."""

    serializer_class = TokenSerializer
    pagination_class = KeysetPagination
    lookup_value_converter = "int"
    queryset = ApiToken.objects.none()  # for the schema; every request asks for its owner's rows

    def get_queryset(self) -> QuerySet[ApiToken]:
        return ApiToken.objects.owned_by(signed_in_user(self.request))

    def perform_destroy(self, instance: ApiToken) -> None:
        tokens.revoke_token(token=instance)
