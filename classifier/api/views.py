"""Photos, results and taste over HTTP: thin doors to the services that the pages use."""

from __future__ import annotations

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import exceptions, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from classifier import services
from classifier.api import serializers
from classifier.api.common import NOT_SCORED, photo_or_404
from classifier.api.paging import KeysetPagination, choice, page_response, read_page
from classifier.api.uploads import UploadParser, read_upload
from classifier.library import FEEDBACKS, ORDERS, STATUSES, VERDICTS, LibraryFilter, list_photos
from classifier.models import ClassificationResult, Taste
from wizard.api import Conflict, signed_in_user
from wizard.etags import Revalidated
from wizard.strict import only_parameters


def _result_or_404(request: Request, pk: int) -> ClassificationResult:
    results = ClassificationResult.objects.owned_by(signed_in_user(request)).filter(photo__deleted_at=None)
    return get_object_or_404(results.select_related("photo", "model_version"), pk=pk)


class PhotoList(Revalidated):
    parser_classes = [UploadParser]
    pagination_class = KeysetPagination

    @extend_schema(
        operation_id="photos_list",
        parameters=[
            choice("status", STATUSES, "How far they are."),
            choice("verdict", VERDICTS, "What their score says; a super match is a match too."),
            choice("feedback", FEEDBACKS, "How you answered them; any: at all, none: not yet."),
            choice("order", ORDERS, "score: best first, photos without a result left out.", default="newest"),
        ],
        responses=serializers.PhotoSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """Photos, each with its current score and your answer.

        Filters narrow the list together. Unrated photos come last in the order of scores.
        """
        only_parameters(request, "status", "verdict", "feedback", "order", "cursor", "page_size")
        given = {name: request.query_params.get(name, "") for name in ("status", "verdict", "feedback")}
        try:
            wanted = LibraryFilter(**given, order=request.query_params.get("order") or "newest")
        except ValueError as error:
            raise exceptions.ValidationError({"detail": str(error)}) from error
        user = signed_in_user(request)
        page = read_page(request, lambda after, size: list_photos(user, wanted, after=after, size=size))
        return page_response(request, page, serializers.PhotoSerializer(page.rows, many=True).data)

    @extend_schema(
        operation_id="photos_add",
        request={"multipart/form-data": serializers.UploadSerializer},
        responses={
            201: OpenApiResponse(serializers.UploadOutcomeSerializer, description="What became of each file."),
        },
    )
    def post(self, request: Request) -> Response:
        """Add photos.

        A refused file is named with its reason and harms no other: look into `rejected`, the status is 201 all the
        same. A file that came in another field than `files` is among them; any other field is an error, and nothing
        is added. Adding is idempotent: a picture that is here already, whatever its metadata, is named in `duplicates`
        with the id it has, and comes back if it is in the trash. New ones are `queued` until the worker has scored
        them.
        """
        upload = read_upload(request)
        outcome = services.add_photos(owner=signed_in_user(request), files=upload.files, bio=upload.bio)
        outcome.rejected += upload.misplaced
        return Response(serializers.UploadOutcomeSerializer(outcome).data, status=status.HTTP_201_CREATED)


class PhotoDetail(Revalidated):
    @extend_schema(operation_id="photos_get", responses=serializers.PhotoSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """One photo.

        Its score and reasons are null until `status` is `ready`; one that is `unreadable` says why.
        """
        return Response(serializers.PhotoSerializer(photo_or_404(request, pk)).data)

    @extend_schema(operation_id="photos_delete", responses={204: OpenApiResponse(description="It is gone.")})
    def delete(self, request: Request, pk: int) -> Response:
        """Delete a photo for good.

        At once, with its files, scores and your answer: other than on the pages, it does not go to the trash.
        """
        services.delete_photo(photo=photo_or_404(request, pk))
        return Response(status=status.HTTP_204_NO_CONTENT)


class ResultDetail(APIView):
    @extend_schema(operation_id="results_get", responses=serializers.ResultSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """What one version said of one photo.

        A photo has one result per version; that of the active one is in the photo itself, as `result_id`.
        """
        return Response(serializers.ResultSerializer(_result_or_404(request, pk)).data)


class ResultFeedback(APIView):
    @extend_schema(
        operation_id="results_answer",
        request=serializers.FeedbackSerializer,
        responses={200: serializers.PhotoSerializer, 409: NOT_SCORED},
    )
    def post(self, request: Request, pk: int) -> Response:
        """Like, dislike or super like a photo.

        The answer labels the photo and replaces an earlier one. It stays with the result that it was first given to,
        so that each version is judged by answers it could not know.
        """
        serializer = serializers.FeedbackSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return self._answer(request, pk, serializer.validated_data["feedback"])

    @extend_schema(operation_id="results_unanswer", responses={200: serializers.PhotoSerializer})
    def delete(self, request: Request, pk: int) -> Response:
        """Take the answer to a photo back.

        Without an answer nothing changes. The photo is the answer, as it is now.
        """
        return self._answer(request, pk, None)

    def _answer(self, request: Request, pk: int, feedback: str | None) -> Response:
        photo = _result_or_404(request, pk).photo
        try:
            services.give_feedback(photo=photo, feedback=feedback)
        except services.NotScoredYet as error:
            raise Conflict(str(error), code="not_scored") from error
        return Response(serializers.PhotoSerializer(photo).data)


class Preferences(APIView):
    @extend_schema(operation_id="preferences_get", responses=serializers.TasteSerializer)
    def get(self, request: Request) -> Response:
        """Weights, thresholds, and whether it trains by itself."""
        return Response(serializers.TasteSerializer(Taste.objects.of(signed_in_user(request))).data)

    @extend_schema(
        operation_id="preferences_change",
        request=serializers.TasteSerializer(partial=True),
        responses=serializers.TasteSerializer,
    )
    def patch(self, request: Request) -> Response:
        """Change some of them.

        What moves scores makes the library be scored anew behind the scenes: `is_being_scored` until that is done.
        """
        taste = Taste.objects.of(signed_in_user(request))
        serializer = serializers.TasteSerializer(taste, data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        return Response(
            serializers.TasteSerializer(services.change_taste(taste=taste, **serializer.validated_data)).data
        )
