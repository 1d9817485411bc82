"""Search by words, and photos like one photo."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from classifier.api.paging import KeysetPagination, page_response, read_page
from classifier.api.serializers import PhotoSerializer
from classifier.models import Photo
from classifier.questions.finding import MOST_WORDS, NoAnswer, find
from wizard.api import Unavailable, signed_in_user
from wizard.keyset import Page

WAIT_SECONDS = 0.4  # a thread of the web process waits as long


class FoundSerializer(PhotoSerializer):
    found = serializers.CharField(help_text="Strong, Clear, Faint or empty: measured against the whole library.")

    class Meta(PhotoSerializer.Meta):
        fields = [*PhotoSerializer.Meta.fields, "found"]
        read_only_fields = fields


class _Found(APIView):
    pagination_class = KeysetPagination

    def found(self, request: Request, **wanted: Any) -> Response:
        def fetch(after: str | None, size: int) -> Page[Photo]:
            page = find(signed_in_user(request), after=after, size=size, wait=WAIT_SECONDS, **wanted)
            if page is None:
                raise StillLooking
            return page

        try:
            page = read_page(request, fetch)
        except StillLooking:
            sentence = "The score worker is looking; ask again in a moment."
            return Response({"detail": sentence, "code": "pending"}, status=status.HTTP_202_ACCEPTED)
        except NoAnswer as refused:
            raise Unavailable(str(refused)) from refused
        return page_response(request, page, FoundSerializer(page.rows, many=True).data)


class StillLooking(Exception):
    pass


class Search(_Found):
    @extend_schema(
        operation_id="search",
        parameters=[OpenApiParameter("q", str, required=True)],
        responses=FoundSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """Photos that show most of the words `q`, the strongest first. 202: still looking."""
        q = " ".join(request.query_params.get("q", "").replace("\x00", "").split())
        if not q or len(q) > MOST_WORDS:
            raise exceptions.ValidationError({"q": f"Say in 1 to {MOST_WORDS} characters what to look for."})
        return self.found(request, q=q)


class Similar(_Found):
    @extend_schema(operation_id="photos_similar", responses=FoundSerializer(many=True))
    def get(self, request: Request, pk: int) -> Response:
        """Photos most like this one, which is left out. 202: still looking."""
        photo = get_object_or_404(Photo.objects.owned_by(signed_in_user(request)), pk=pk)
        return self.found(request, like=photo.pk)
