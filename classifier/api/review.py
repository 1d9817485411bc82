"""The review over HTTP: what to ask next, the answers, and taking the last one back."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_serializer
from rest_framework import exceptions, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from classifier.api import examples
from classifier.api.common import NO_SUCH_PHOTO, NOT_SCORED, photo_or_404
from classifier.api.paging import whole_parameter
from classifier.api.serializers import MOST_ID, PhotoSerializer
from classifier.models import ClassificationResult, ReviewAnswer
from classifier.review.queue import next_cards
from classifier.review.reasons import Why
from classifier.review.services import answer_review, undo_review
from classifier.services import NotScoredYet
from wizard.api import Conflict, signed_in_user
from wizard.schema import refused
from wizard.strict import StrictSerializer, only_parameters

MOST_AT_ONCE = 20


WHYS = [why.value for why in Why]


class CardSerializer(serializers.Serializer[Any]):
    """A photo to answer."""

    photo = PhotoSerializer()
    why = serializers.ChoiceField(choices=WHYS, help_text="Why it is asked about; send it back with the answer.")


@extend_schema_serializer(
    examples=[
        examples.said(
            "One photo", {"results": [{"photo": examples.PHOTO | {"user_feedback": None}, "why": "uncertain"}]}
        )
    ]
)
class CardsSerializer(serializers.Serializer[Any]):
    results = CardSerializer(many=True)


@extend_schema_serializer(
    component_name="ReviewAnswer",
    examples=[examples.said("An answer", examples.ANSWER), examples.heard("An answer", examples.ANSWER_GIVEN)],
)
class AnswerSerializer(StrictSerializer, serializers.ModelSerializer[ReviewAnswer]):
    photo_id = serializers.IntegerField(min_value=1, max_value=MOST_ID)
    before = serializers.ChoiceField(
        choices=ClassificationResult.Feedback.choices,
        allow_blank=True,
        read_only=True,
        help_text="How it was answered before; empty: not at all.",
    )

    class Meta:
        model = ReviewAnswer
        fields = ["photo_id", "answer", "why", "before", "at"]
        read_only_fields = ["before", "at"]


class ReviewNext(APIView):
    @extend_schema(
        operation_id="review_next",
        parameters=[
            OpenApiParameter(
                "count",
                {"type": "integer", "minimum": 1, "maximum": MOST_AT_ONCE},
                default=1,
                description="How many at most.",
            )
        ],
        responses=CardsSerializer,
    )
    def get(self, request: Request) -> Response:
        """The photos whose answers would teach most.

        The first one first; none: there is nothing left to ask. Asking changes nothing.
        """
        only_parameters(request, "count")
        count = whole_parameter(request, "count", most=MOST_AT_ONCE, default=1)
        cards = next_cards(signed_in_user(request), count)
        return Response(CardsSerializer({"results": cards}).data)


class ReviewAnswers(APIView):
    @extend_schema(
        operation_id="review_answer",
        request=AnswerSerializer,
        responses={
            201: OpenApiResponse(AnswerSerializer, description="It is kept."),
            404: NO_SUCH_PHOTO,
            409: NOT_SCORED,
        },
    )
    def post(self, request: Request) -> Response:
        """Answer a photo that the review asked about.

        like, dislike and super_like label it; skip does not, and unsure takes a label away.
        """
        serializer = AnswerSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        given = serializer.validated_data
        photo = photo_or_404(request, given["photo_id"])
        try:
            kept = answer_review(photo=photo, answer=given["answer"], why=given["why"])
        except NotScoredYet as error:
            raise Conflict(str(error), code="not_scored") from error
        return Response(AnswerSerializer(kept).data, status=status.HTTP_201_CREATED)


class ReviewUndo(APIView):
    @extend_schema(
        operation_id="review_undo",
        responses={
            200: OpenApiResponse(AnswerSerializer, description="What was taken back."),
            404: refused("There is none.", not_found="There is no answer to take back."),
        },
    )
    def delete(self, request: Request) -> Response:
        """Take the last answer of the review back.

        One that was given in the last twelve hours; the photo is labelled as it was before.
        """
        last = undo_review(owner=signed_in_user(request))
        if last is None:
            raise exceptions.NotFound(gettext("There is no answer to take back."))
        return Response(AnswerSerializer(last).data)
