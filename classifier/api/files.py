"""The pictures themselves, for those who come with a token."""

from __future__ import annotations

from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from classifier.images import IMAGE_TYPE, THUMBNAIL_TYPE
from classifier.models import Photo
from classifier.views.files import picture
from wizard.api import AnyAccept, signed_in_user


class PhotoImage(APIView):
    content_negotiation_class = AnyAccept

    @extend_schema(operation_id="photos_image", responses={(200, IMAGE_TYPE): OpenApiTypes.BINARY})
    def get(self, request: Request, pk: int) -> HttpResponseBase:
        """The picture.

        Upright, at most 2,048 pixels wide and high, without anything that the camera wrote into it. It never changes.
        """
        return picture(_photo_or_404(request, pk).image, IMAGE_TYPE)


class PhotoThumbnail(APIView):
    content_negotiation_class = AnyAccept

    @extend_schema(operation_id="photos_thumbnail", responses={(200, THUMBNAIL_TYPE): OpenApiTypes.BINARY})
    def get(self, request: Request, pk: int) -> HttpResponseBase:
        """A small picture, for lists."""
        return picture(_photo_or_404(request, pk).thumbnail, THUMBNAIL_TYPE)


def _photo_or_404(request: Request, pk: int) -> Photo:
    return get_object_or_404(Photo.objects.owned_by(signed_in_user(request)), pk=pk)
