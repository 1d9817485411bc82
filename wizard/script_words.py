"""The sentences of static/js in one language, as a script of our own. Its address changes with them, so it is kept."""

from __future__ import annotations

import hashlib
from functools import cache

import django
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.views.i18n import JavaScriptCatalog


def address_of(language: str) -> str:
    return reverse("script_words", args=[language, _edition(language)])


@cache
def _edition(language: str) -> str:
    """Of what the script is made of: our catalogue, and Django's functions that read it."""
    made_of = hashlib.sha256(django.__version__.encode())
    for folder in settings.LOCALE_PATHS:
        catalogue = folder / language / "LC_MESSAGES" / "djangojs.mo"
        made_of.update(catalogue.read_bytes() if catalogue.exists() else b"")
    return made_of.hexdigest()[:12]


class ScriptWords(JavaScriptCatalog):
    packages = ["wizard"]  # and LOCALE_PATHS, where ours are; not the admin's

    def get(self, request: HttpRequest, language: str, edition: str) -> HttpResponse:
        if language not in dict(settings.LANGUAGES):
            raise Http404
        with translation.override(language):
            response = super().get(request)
        response["Cache-Control"] = "private, max-age=31536000, immutable"
        return response
