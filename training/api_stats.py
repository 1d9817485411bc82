"""Where things stand, over HTTP."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from classifier.api.examples import said
from classifier.counts import SCORE_BINS
from training import api_examples
from training.api_versions import BinSerializer, FigureSerializer
from training.stats import stats_of
from wizard.api import signed_in_user


class VersionRateSerializer(serializers.Serializer[Any]):
    version_id = serializers.IntegerField(source="version.pk")
    version_number = serializers.IntegerField(source="version.version_number")
    like_rate = FigureSerializer()
    answers = serializers.IntegerField()


class PeriodSerializer(serializers.Serializer[Any]):
    start = serializers.DateField(help_text="First day of a day or a week.")
    like_rate = FigureSerializer()
    answers = serializers.IntegerField()


@extend_schema_serializer(examples=[said("Where things stand", api_examples.STATS)])
class StatsSerializer(serializers.Serializer[Any]):
    photos = serializers.IntegerField()
    answers = serializers.IntegerField()
    likes = serializers.IntegerField(help_text="Likes and super likes that a training would learn from.")
    dislikes = serializers.IntegerField()
    matches = serializers.IntegerField()
    until_auto = serializers.IntegerField(allow_null=True, help_text="Answers until it trains by itself; null: never.")
    active_version_id = serializers.IntegerField(source="active.pk")
    active_version_number = serializers.IntegerField(source="active.version_number")
    accuracy = FigureSerializer(allow_null=True, help_text="Of the active version, on photos it had not seen.")
    like_rate_of_matches = FigureSerializer(allow_null=True)
    by_version = VersionRateSerializer(many=True)
    over_time = PeriodSerializer(many=True)
    scores = serializers.ListField(
        child=serializers.IntegerField(), help_text=f"Photos in each of {SCORE_BINS} equal parts of [0, 1]."
    )
    calibration = BinSerializer(many=True, help_text="Answered photos, by tenths of the score they had.")


class StatsView(APIView):
    @extend_schema(operation_id="stats", responses=StatsSerializer)
    def get(self, request: Request) -> Response:
        """Counts, figures and how they came about: what the home page shows."""
        return Response(StatsSerializer(stats_of(signed_in_user(request))).data)
