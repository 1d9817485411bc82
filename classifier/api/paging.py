"""Lists by cursor: `{next, results}`, where `next` is the address of the next page or null."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from drf_spectacular.utils import OpenApiParameter
from rest_framework import exceptions, pagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from wizard.keyset import BadCursor, Page, page_of
from wizard.strict import only_parameters
from wizard.words import grouped

MOST_AT_ONCE = 200
DEFAULT_SIZE = 60


class KeysetPagination(pagination.BasePagination):
    """For plain lists in the order of their ids, newest first."""

    def paginate_queryset(self, queryset: Any, request: Request, view: APIView | None = None) -> list[Any]:
        only_parameters(request, "cursor", "page_size")
        self.request = request
        self.page = read_page(request, lambda after, size: page_of(queryset, key=["pk"], after=after, size=size))
        return self.page.rows

    def get_paginated_response(self, data: Any) -> Response:
        return page_response(self.request, self.page, data)

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "object",
            "required": ["next", "results"],
            "properties": {
                "next": {
                    "type": ["string", "null"],
                    "format": "uri",
                    "description": "Address of the next page; null: this is the last.",
                    "example": None,
                },
                "results": schema,
            },
        }

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        return [
            {
                "name": "cursor",
                "in": "query",
                "description": "Where the page begins: as it stands in `next`.",
                "schema": {"type": "string"},
            },
            {
                "name": "page_size",
                "in": "query",
                "description": "How many at most.",
                "schema": {"type": "integer", "minimum": 1, "maximum": MOST_AT_ONCE, "default": DEFAULT_SIZE},
            },
        ]


def choice(name: str, values: tuple[str, ...], description: str, **more: Any) -> OpenApiParameter:
    """A parameter that narrows a list; an empty value is as good as none."""
    return OpenApiParameter(name, enum=["", *values], description=description, **more)


def read_page(request: Request, fetch: Any) -> Page[Any]:
    """The page that `cursor` and `page_size` in the address ask for; a wrong one is a 400 with its sentence."""
    size = whole_parameter(request, "page_size", most=MOST_AT_ONCE, default=DEFAULT_SIZE)
    try:
        page: Page[Any] = fetch(request.query_params.get("cursor") or None, size)
    except BadCursor as error:
        raise exceptions.ValidationError({"cursor": str(error)}) from error
    return page


def whole_parameter(request: Request, name: str, *, most: int, default: int | None = None, sentence: str = "") -> int:
    """The number from 1 to `most` that the address gives as `name`; anything else is a 400 with its sentence."""
    raw = request.query_params.get(name, "" if default is None else str(default))
    if not raw.isascii() or not raw.isdigit() or len(raw) > 19 or not 1 <= int(raw) <= most:
        raise exceptions.ValidationError(
            {name: sentence or gettext("Give a whole number from 1 to %(most)s.") % {"most": grouped(most)}}
        )
    return int(raw)


def page_response(request: Request, page: Page[Any], data: Any) -> Response:
    following = replace_query_param(request.build_absolute_uri(), "cursor", page.after) if page.after else None
    return Response({"next": following, "results": data})
