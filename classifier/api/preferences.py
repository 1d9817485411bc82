"""Phrases and reference photos over HTTP."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import mixins, status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from classifier import services
from classifier.api import serializers
from classifier.api.common import NO_SUCH_PHOTO, photo_or_404
from classifier.api.paging import KeysetPagination
from classifier.models import ReferencePhoto, TextPreference
from wizard.api import signed_in_user

ANEW = "Your photos are scored anew by it, behind the scenes."


@extend_schema_view(
    list=extend_schema(
        operation_id="phrases_list",
        summary="Phrases that you look for or avoid",
        description="Newest first.",
    ),
    retrieve=extend_schema(operation_id="phrases_get", summary="One phrase", description="As it was written."),
    create=extend_schema(
        operation_id="phrases_add",
        summary="Say in words what you look for, or avoid",
        description=(
            f"{ANEW} Only a phrase to avoid can be a dealbreaker: where it is clearly present, the photo is no match"
            " whatever else speaks for it. A phrase is there once, in whatever letters: twice is a 400."
        ),
    ),
    partial_update=extend_schema(
        operation_id="phrases_change", summary="Change a phrase, its weight or its kind", description=ANEW
    ),
    destroy=extend_schema(
        operation_id="phrases_delete",
        summary="Delete a phrase",
        description="Your photos are scored anew without it, behind the scenes.",
        responses={204: OpenApiResponse(description="It is gone.")},
    ),
)
class TextPreferences(viewsets.ModelViewSet[TextPreference]):
    serializer_class = serializers.TextPreferenceSerializer
    pagination_class = KeysetPagination
    lookup_value_converter = "int"
    http_method_names = ["get", "post", "patch", "delete", "head", "options"]
    queryset = TextPreference.objects.none()  # for the schema; every request asks for its owner's rows

    def get_queryset(self) -> QuerySet[TextPreference]:
        return TextPreference.objects.owned_by(signed_in_user(self.request))

    def perform_create(self, serializer: BaseSerializer[TextPreference]) -> None:
        serializer.instance = services.add_phrase(owner=signed_in_user(self.request), **serializer.validated_data)

    def perform_update(self, serializer: BaseSerializer[TextPreference]) -> None:
        preference = serializer.instance
        if preference is not None:
            services.change_phrase(preference=preference, **serializer.validated_data)

    def perform_destroy(self, instance: TextPreference) -> None:
        services.delete_phrase(preference=instance)


@extend_schema_view(
    list=extend_schema(
        operation_id="references_list",
        summary="Photos that stand for what you like",
        description="Newest first.",
    ),
    retrieve=extend_schema(operation_id="references_get", summary="One reference", description="As it was chosen."),
    destroy=extend_schema(
        operation_id="references_delete",
        summary="Let a photo be a reference no more",
        description="The photo itself stays. Your photos are scored anew without it, behind the scenes.",
        responses={204: OpenApiResponse(description="It is none any more.")},
    ),
)
class ReferencePhotos(
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.DestroyModelMixin,
    viewsets.GenericViewSet[ReferencePhoto],
):
    serializer_class = serializers.ReferencePhotoSerializer
    pagination_class = KeysetPagination
    lookup_value_converter = "int"
    queryset = ReferencePhoto.objects.none()  # for the schema; every request asks for its owner's rows

    def get_queryset(self) -> QuerySet[ReferencePhoto]:
        return ReferencePhoto.objects.owned_by(signed_in_user(self.request))

    @extend_schema(
        operation_id="references_add", responses={201: serializers.ReferencePhotoSerializer, 404: NO_SUCH_PHOTO}
    )
    def create(self, request: Request) -> Response:
        """Say of a photo: more like this.

        Your photos are scored anew by it, behind the scenes. A photo is a reference once: twice is a 400. 404: there
        is no such photo.
        """
        serializer = serializers.ReferencePhotoSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        given: dict[str, Any] = dict(serializer.validated_data)
        photo = photo_or_404(request, given.pop("photo_id"))
        reference = services.add_reference(photo=photo, **given)
        return Response(serializers.ReferencePhotoSerializer(reference).data, status=status.HTTP_201_CREATED)

    @extend_schema(
        operation_id="references_change",
        request=serializers.ReferenceChangeSerializer(partial=True),
        responses=serializers.ReferencePhotoSerializer,
    )
    def partial_update(self, request: Request, pk: int) -> Response:
        """Change what is written about a reference.

        No score depends on it.
        """
        reference = self.get_object()
        serializer = serializers.ReferenceChangeSerializer(reference, data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        services.change_reference(reference=reference, **serializer.validated_data)
        return Response(serializers.ReferencePhotoSerializer(reference).data)

    def perform_destroy(self, instance: ReferencePhoto) -> None:
        services.remove_reference(reference=instance)
