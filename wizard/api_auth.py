"""Who calls the API with a token, and what that token may do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from wizard.models import ApiToken, digest_of
from wizard.tokens import note_use

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from drf_spectacular.openapi import AutoSchema
    from rest_framework.views import APIView

SCHEMES = (b"token", b"bearer")


class ApiTokenAuthentication(BaseAuthentication):
    """`Authorization: Token wz_...`, or Bearer: tools know the one or the other."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        scheme, *texts = get_authorization_header(request).split() or [b""]
        if scheme.lower() not in SCHEMES:
            return None
        if len(texts) != 1:
            raise AuthenticationFailed(
                gettext_lazy("Send one token, as in `Authorization: Token wz_...`."), code="invalid_token"
            )
        token = ApiToken.objects.select_related("owner").filter(digest=digest_of(texts[0])).first()
        if token is None:
            raise AuthenticationFailed(
                gettext_lazy("This token opens nothing; it may have been revoked."), code="invalid_token"
            )
        if not token.owner.is_active:
            raise AuthenticationFailed(gettext_lazy("This account is switched off."), code="inactive")
        note_use(token)
        return token.owner, token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="Dating Wizard"'


class MayWrite(BasePermission):
    """Everyone may, except a token that was made for reading alone."""

    message = gettext_lazy("This token may only read.")
    code = "read_only_token"

    def has_permission(self, request: Request, view: APIView) -> bool:
        token = request.auth
        reads_only = isinstance(token, ApiToken) and token.scope == ApiToken.Scope.READ
        return request.method in SAFE_METHODS or not reads_only


class ApiTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # a hook it leaves untyped
    """What the schema says of it: Bearer, the word that HTTP has for it and that generated clients know."""

    target_class = ApiTokenAuthentication
    name = "tokenAuth"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "From the account page or `POST /api/auth/token`. The word Token goes for Bearer too.",
        }
