"""Tokens for the API."""

from rest_framework import parsers
from rest_framework.authtoken.views import ObtainAuthToken
from rest_framework.throttling import ScopedRateThrottle

from wizard.parsers import JSONParser


class TokenView(ObtainAuthToken):
    """A token for a username and a password; guessing is slowed down."""

    parser_classes = [JSONParser, parsers.FormParser]
    throttle_classes = [ScopedRateThrottle]
    throttle_scope = "sign_in"
