"""The review over HTTP: what to ask next, the answers, and taking the last one back."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from classifier.api.serializers import PhotoSerializer
from classifier.models import Photo, ReviewAnswer
from classifier.review.queue import next_cards
from classifier.review.reasons import Why
from classifier.review.services import answer_review, undo_review
from classifier.services import NotScoredYet
from classifier.views.common import whole
from wizard.api import Conflict, signed_in_user

MOST_AT_ONCE = 20


class CardSerializer(serializers.Serializer[Any]):
    photo = PhotoSerializer()
    why = serializers.ChoiceField(choices=[why.value for why in Why], help_text="Send it back with the answer.")


class CardsSerializer(serializers.Serializer[Any]):
    results = CardSerializer(many=True)


class AnswerSerializer(serializers.ModelSerializer[ReviewAnswer]):
    photo_id = serializers.IntegerField()

    class Meta:
        model = ReviewAnswer
        fields = ["photo_id", "answer", "why", "before", "at"]
        read_only_fields = ["before", "at"]


class ReviewNext(APIView):
    @extend_schema(
        operation_id="review_next",
        parameters=[OpenApiParameter("count", int, description=f"1 to {MOST_AT_ONCE}; 1 unless told.")],
        responses=CardsSerializer,
    )
    def get(self, request: Request) -> Response:
        """The photos whose answers would help most, the first one first; none: there is nothing left to ask."""
        word = request.query_params.get("count", "1")
        count = whole(word)
        if not 1 <= count <= MOST_AT_ONCE:
            raise exceptions.ValidationError({"detail": f"count is a number from 1 to {MOST_AT_ONCE}."})
        cards = next_cards(signed_in_user(request), count)
        return Response(CardsSerializer({"results": cards}).data)


class ReviewAnswers(APIView):
    @extend_schema(request=AnswerSerializer, responses={201: AnswerSerializer})
    def post(self, request: Request) -> Response:
        """Answer a photo: like, dislike and super_like label it, skip does not, unsure takes a label away."""
        serializer = AnswerSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        given = serializer.validated_data
        photo = get_object_or_404(Photo.objects.owned_by(signed_in_user(request)), pk=given["photo_id"])
        try:
            kept = answer_review(photo=photo, answer=given["answer"], why=given["why"])
        except NotScoredYet as error:
            raise Conflict(str(error), code="not_scored") from error
        return Response(AnswerSerializer(kept).data, status=status.HTTP_201_CREATED)


class ReviewUndo(APIView):
    @extend_schema(responses=AnswerSerializer)
    def delete(self, request: Request) -> Response:
        """Take the last answer of the review back; what it was is the answer."""
        last = undo_review(owner=signed_in_user(request))
        if last is None:
            raise exceptions.NotFound("There is no answer to take back.")
        return Response(AnswerSerializer(last).data)
