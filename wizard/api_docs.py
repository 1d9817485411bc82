"""The schema and the page to try it on. Both are open to everybody: they hold nobody's data."""

from __future__ import annotations

from typing import Any

from django.utils import translation
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.response import Response

from wizard.etags import Revalidated


class SchemaView(Revalidated, SpectacularAPIView):
    """YAML, or JSON with `?format=json`. Without the languages and versions that drf-spectacular offers."""

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        with translation.override("en"):  # it is read by programs
            answer: Response = self._get_schema_response(request)  # type: ignore[no-untyped-call]  # theirs
        return answer

    def _get_version_parameter(self, request: Request) -> None:
        return None


@method_decorator(never_cache, "dispatch")  # its script holds the reader's CSRF token
class DocsView(SpectacularSwaggerSplitView):
    url_name = "api_schema"
    template_name = "api/docs.html"
