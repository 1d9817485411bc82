"""Search by words, and photos like one photo."""

from __future__ import annotations

from typing import Any, Unpack

from django.utils.translation import gettext, gettext_noop
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_serializer
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from classifier.api import examples
from classifier.api.common import photo_or_404
from classifier.api.paging import KeysetPagination, page_response, read_page
from classifier.api.serializers import PhotoSerializer
from classifier.models import Photo
from classifier.questions.finding import MOST_WORDS, NoAnswer, Wanted, find, in_one_line
from wizard.api import Unavailable, pending, signed_in_user
from wizard.keyset import Page
from wizard.schema import PENDING, refused
from wizard.strict import only_parameters

WAIT_SECONDS = 0.4  # a thread of the web process waits as long
LOOKING = gettext_noop("The score worker is looking; ask again in a moment.")


@extend_schema_serializer(examples=[examples.said("A photo that was found", examples.PHOTO | {"found": "Clear"})])
class FoundSerializer(PhotoSerializer):
    """A photo, and how strongly it was found."""

    found = serializers.CharField(help_text="Strong, Clear, Faint or empty: measured against your whole library.")

    class Meta(PhotoSerializer.Meta):
        fields = [*PhotoSerializer.Meta.fields, "found"]
        read_only_fields = fields

    def to_representation(self, instance: Photo) -> dict[str, Any]:
        return {**super().to_representation(instance), "found": instance.found}


RESPONSES = {
    200: OpenApiResponse(FoundSerializer(many=True), description="The strongest first."),
    202: PENDING,
    503: refused(
        "The worker could not answer; a later try may be answered.",
        unavailable="This could not be worked out; the log says more.",
    ),
}


class StillLooking(Exception):
    pass


class _Found(APIView):
    pagination_class = KeysetPagination
    throttle_scopes = {"GET": "search"}

    def found(self, request: Request, **wanted: Unpack[Wanted]) -> Response:
        def fetch(after: str | None, size: int) -> Page[Photo]:
            page = find(signed_in_user(request), after=after, size=size, wait=WAIT_SECONDS, **wanted)
            if page is None:
                raise StillLooking
            return page

        try:
            page = read_page(request, fetch)
        except StillLooking:
            return pending(LOOKING)
        except NoAnswer as refusal:
            raise Unavailable(gettext(str(refusal))) from refusal
        return page_response(request, page, FoundSerializer(page.rows, many=True).data)


class Search(_Found):
    @extend_schema(
        operation_id="search",
        parameters=[
            OpenApiParameter(
                "q",
                {"type": "string", "minLength": 1, "maxLength": MOST_WORDS},
                required=True,
                description="What to look for, in a few words.",
            )
        ],
        responses=RESPONSES,
    )
    def get(self, request: Request) -> Response:
        """Photos that show most of some words.

        The worker answers within some tenths of a second, and is waited for no longer than that; then the answer is
        202, and the same request gets the photos a little later. The order holds until a photo comes or goes.
        """
        only_parameters(request, "q", "cursor", "page_size")
        q = in_one_line(request.query_params.get("q", ""))
        if not q or len(q) > MOST_WORDS:
            raise exceptions.ValidationError(
                {"q": gettext("Say in 1 to %(most)s characters what to look for.") % {"most": MOST_WORDS}}
            )
        return self.found(request, q=q)


class Similar(_Found):
    @extend_schema(operation_id="photos_similar", responses=RESPONSES)
    def get(self, request: Request, pk: int) -> Response:
        """Photos most like this one.

        It is left out itself. 202 and the order are those of a search.
        """
        only_parameters(request, "cursor", "page_size")
        return self.found(request, like=photo_or_404(request, pk).pk)
