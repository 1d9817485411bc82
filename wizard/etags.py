"""Answers that a client may keep, and ask about again: 304 and no body as long as they are the same."""

from __future__ import annotations

from typing import Any

from django.http.response import HttpResponseBase
from django.utils.decorators import method_decorator
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page
from rest_framework.views import APIView


class Revalidated(APIView):
    """Adds an ETag to what GET answers. Nobody but the client keeps it, and never without asking."""

    @method_decorator(conditional_page)
    @method_decorator(cache_control(private=True, no_cache=True))
    def dispatch(self, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return super().dispatch(*args, **kwargs)
