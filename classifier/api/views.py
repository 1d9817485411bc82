"""Photos, results and taste over HTTP: thin doors to the services that the pages use."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, mixins, status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from classifier import services
from classifier.api import serializers
from classifier.api.paging import KeysetPagination, page_response, read_page, serialized
from classifier.api.uploads import UploadParser
from classifier.library import FEEDBACKS, ORDERS, STATUSES, VERDICTS, LibraryFilter, list_photos
from classifier.models import ClassificationResult, Photo, ReferencePhoto, Taste, TextPreference
from wizard.api import Conflict, signed_in_user


def _photo_or_404(request: Request, pk: int) -> Photo:
    return get_object_or_404(Photo.objects.owned_by(signed_in_user(request)), pk=pk)


def _result_or_404(request: Request, pk: int) -> ClassificationResult:
    results = ClassificationResult.objects.owned_by(signed_in_user(request)).filter(photo__deleted_at=None)
    return get_object_or_404(results.select_related("photo", "model_version"), pk=pk)


def _choice(name: str, values: tuple[str, ...]) -> OpenApiParameter:
    return OpenApiParameter(name, enum=list(values))


class PhotoList(APIView):
    parser_classes = [UploadParser]
    pagination_class = KeysetPagination

    @extend_schema(
        operation_id="photos_list",
        parameters=[
            _choice("status", STATUSES),
            _choice("verdict", VERDICTS),
            _choice("feedback", FEEDBACKS),
            _choice("order", ORDERS),
        ],
        responses=serializers.PhotoSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        given = {name: request.query_params.get(name, "") for name in ("status", "verdict", "feedback")}
        try:
            wanted = LibraryFilter(**given, order=request.query_params.get("order") or "newest")
        except ValueError as error:
            raise exceptions.ValidationError({"detail": str(error)}) from error
        user = signed_in_user(request)
        page = read_page(request, lambda after, size: list_photos(user, wanted, after=after, size=size))
        return page_response(request, page, serialized(serializers.PhotoSerializer, page.rows))

    @extend_schema(
        request={"multipart/form-data": serializers.UploadSerializer},
        responses={201: serializers.UploadOutcomeSerializer},
    )
    def post(self, request: Request) -> Response:
        """Add photos. A refused file is named with its reason; the others are kept."""
        files = request.FILES.getlist("files")
        if not files:
            raise exceptions.ValidationError({"files": "Send at least one file, under the name `files`."})
        bio = request.POST.get("bio", "")
        outcome = services.add_photos(owner=signed_in_user(request), files=files, bio=bio)
        return Response(serializers.UploadOutcomeSerializer(outcome).data, status=status.HTTP_201_CREATED)


class PhotoDetail(APIView):
    @extend_schema(responses=serializers.PhotoSerializer)
    def get(self, request: Request, pk: int) -> Response:
        return Response(serializers.PhotoSerializer(_photo_or_404(request, pk)).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        services.delete_photo(photo=_photo_or_404(request, pk))
        return Response(status=status.HTTP_204_NO_CONTENT)


class ResultDetail(APIView):
    @extend_schema(responses=serializers.ResultSerializer)
    def get(self, request: Request, pk: int) -> Response:
        return Response(serializers.ResultSerializer(_result_or_404(request, pk)).data)


class ResultFeedback(APIView):
    """The owner's answer to a photo: it labels the photo, and stays with the result it was first given to."""

    @extend_schema(request=serializers.FeedbackSerializer, responses=serializers.PhotoSerializer)
    def post(self, request: Request, pk: int) -> Response:
        serializer = serializers.FeedbackSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return self._answer(request, pk, serializer.validated_data["feedback"])

    @extend_schema(responses=serializers.PhotoSerializer)
    def delete(self, request: Request, pk: int) -> Response:
        return self._answer(request, pk, None)

    def _answer(self, request: Request, pk: int, feedback: str | None) -> Response:
        photo = _result_or_404(request, pk).photo
        try:
            services.give_feedback(photo=photo, feedback=feedback)
        except services.NotScoredYet as error:
            raise Conflict(str(error), code="not_scored") from error
        return Response(serializers.PhotoSerializer(photo).data)


class Preferences(APIView):
    @extend_schema(responses=serializers.TasteSerializer)
    def get(self, request: Request) -> Response:
        return Response(serializers.TasteSerializer(Taste.objects.of(signed_in_user(request))).data)

    @extend_schema(request=serializers.TasteSerializer(partial=True), responses=serializers.TasteSerializer)
    def patch(self, request: Request) -> Response:
        taste = Taste.objects.of(signed_in_user(request))
        serializer = serializers.TasteSerializer(taste, data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        return Response(
            serializers.TasteSerializer(services.change_taste(taste=taste, **serializer.validated_data)).data
        )


class TextPreferences(viewsets.ModelViewSet[TextPreference]):
    serializer_class = serializers.TextPreferenceSerializer
    pagination_class = KeysetPagination
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


class ReferencePhotos(
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.DestroyModelMixin,
    viewsets.GenericViewSet[ReferencePhoto],
):
    serializer_class = serializers.ReferencePhotoSerializer
    pagination_class = KeysetPagination
    queryset = ReferencePhoto.objects.none()  # for the schema; every request asks for its owner's rows

    def get_queryset(self) -> QuerySet[ReferencePhoto]:
        return ReferencePhoto.objects.owned_by(signed_in_user(self.request))

    @extend_schema(responses={201: serializers.ReferencePhotoSerializer})
    def create(self, request: Request) -> Response:
        serializer = serializers.ReferencePhotoSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        given: dict[str, Any] = dict(serializer.validated_data)
        photo = _photo_or_404(request, given.pop("photo_id"))
        reference = services.add_reference(photo=photo, **given)
        return Response(serializers.ReferencePhotoSerializer(reference).data, status=status.HTTP_201_CREATED)

    @extend_schema(
        request=serializers.ReferenceChangeSerializer(partial=True), responses=serializers.ReferencePhotoSerializer
    )
    def partial_update(self, request: Request, pk: int) -> Response:
        reference = self.get_object()
        serializer = serializers.ReferenceChangeSerializer(reference, data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        services.change_reference(reference=reference, **serializer.validated_data)
        return Response(serializers.ReferencePhotoSerializer(reference).data)
