"""Tokens for the API."""

from rest_framework.authtoken.views import ObtainAuthToken
from rest_framework.throttling import ScopedRateThrottle


class TokenView(ObtainAuthToken):
    """A token for a username and a password; guessing is slowed down."""

    throttle_classes = [ScopedRateThrottle]
    throttle_scope = "sign_in"
