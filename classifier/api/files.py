"""The pictures themselves, for those who come with a token."""

from __future__ import annotations

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from classifier.api.common import photo_or_404
from classifier.images import IMAGE_TYPE, THUMBNAIL_TYPE
from classifier.views.files import picture
from wizard.api import AnyAccept


class PhotoImage(APIView):
    content_negotiation_class = AnyAccept

    @extend_schema(operation_id="photos_image", responses={(200, IMAGE_TYPE): OpenApiTypes.BINARY})
    def get(self, request: Request, pk: int) -> HttpResponseBase:
        """The picture.

        Upright, at most 2,048 pixels wide and high, without anything that the camera wrote into it. It never changes.
        """
        return picture(photo_or_404(request, pk).image, IMAGE_TYPE)


class PhotoThumbnail(APIView):
    content_negotiation_class = AnyAccept

    @extend_schema(operation_id="photos_thumbnail", responses={(200, THUMBNAIL_TYPE): OpenApiTypes.BINARY})
    def get(self, request: Request, pk: int) -> HttpResponseBase:
        """A small picture, for lists."""
        return picture(photo_or_404(request, pk).thumbnail, THUMBNAIL_TYPE)
