"""Tokens over the API: one for a password, a list of them, and the end of one."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import authenticate
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
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

SIGN_IN_NAME = "Signed in over the API"


class SignInSerializer(serializers.Serializer[Any]):
    username = serializers.CharField()
    password = serializers.CharField(trim_whitespace=False, style={"input_type": "password"})
    name = serializers.CharField(default=SIGN_IN_NAME, max_length=MOST_NAME, validators=[can_be_seen])
    scope = serializers.ChoiceField(choices=ApiToken.Scope.choices, default=ApiToken.Scope.WRITE)

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        request = self.context["request"]
        owner = authenticate(request, username=given.pop("username"), password=given.pop("password"))
        if owner is None:
            raise serializers.ValidationError(
                "That name and password do not go together. Both are case-sensitive.", code="authorization"
            )
        return {**given, "owner": owner}


class NewTokenSerializer(serializers.Serializer[Any]):
    token = serializers.CharField(help_text="Its text: said this once.")
    id = serializers.IntegerField()
    name = serializers.CharField()
    scope = serializers.ChoiceField(choices=ApiToken.Scope.choices)


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
    throttle_scope = "sign_in"  # by address

    @extend_schema(operation_id="auth_token_create", request=SignInSerializer, responses=NewTokenSerializer, auth=[])
    def post(self, request: Request) -> Response:
        """A token for a username and a password; its text is said this once.

        You have 50 at most: one more takes the place of the one given here that went unused longest. 409: all of
        them were made on the account page.
        """
        serializer = SignInSerializer(data=request.data, context={"request": request})
        serializer.is_valid(raise_exception=True)
        try:
            token, text = tokens.create_token(**serializer.validated_data, is_sign_in=True)
        except tokens.TokenRefused as refused:
            raise Conflict(str(refused), code=refused.code) from refused
        given = {"token": text, "id": token.pk, "name": token.name, "scope": token.scope}
        return Response(NewTokenSerializer(given).data, headers={"Cache-Control": "no-store"})


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
