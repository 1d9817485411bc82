"""Versions over HTTP: thin doors to the services that the pages use."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from classifier.api.paging import KeysetPagination, page_response, read_page
from classifier.views.common import whole
from training import versions as services
from training.compare import ask_about_missing, compare
from training.models import ModelVersion
from training.usage import NONE, usage_of
from training.version_table import VersionRow
from wizard.api import Conflict, signed_in_user
from wizard.keyset import page_of


class FigureSerializer(serializers.Serializer[Any]):
    value = serializers.FloatField(help_text="In [0, 1].")
    low = serializers.FloatField(help_text="Lower end of the 95 % interval.")
    high = serializers.FloatField()


class UsageSerializer(serializers.Serializer[Any]):
    predictions = serializers.IntegerField()
    likes = serializers.IntegerField()
    super_likes = serializers.IntegerField()
    dislikes = serializers.IntegerField()
    like_rate = FigureSerializer(allow_null=True, help_text="(likes + super likes) / answers")
    like_rate_of_matches = FigureSerializer(allow_null=True)
    prequential_accuracy = FigureSerializer(
        allow_null=True, source="held_up", help_text="How often a score agreed with the answer that came after it."
    )


class VersionSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="version.pk")
    version_number = serializers.IntegerField(source="version.version_number")
    model_type = serializers.ChoiceField(ModelVersion.Type.choices, source="version.model_type")
    backbone = serializers.CharField(source="version.backbone", help_text="Empty: any (base).")
    is_active = serializers.BooleanField(source="version.is_active")
    is_pinned = serializers.BooleanField(source="version.is_pinned")
    can_serve = serializers.BooleanField(
        source="version.can_serve", help_text="False: trained on another backbone, or its file was removed."
    )
    parent_id = serializers.IntegerField(source="version.parent_id", allow_null=True)
    imported_from = serializers.CharField(source="version.imported_from")
    size = serializers.IntegerField(source="version.size", help_text="Bytes of its file.")
    sha256 = serializers.CharField(source="version.sha256")
    likes = serializers.IntegerField(help_text="Answers that it was trained on.")
    dislikes = serializers.IntegerField()
    accuracy = FigureSerializer(allow_null=True, help_text="On photos it had not seen, when it was trained.")
    auc = FigureSerializer(allow_null=True, source="ranking")
    usage = UsageSerializer()
    created_at = serializers.DateTimeField(source="version.created_at")


class ActivatedSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    version_number = serializers.IntegerField()
    is_active = serializers.BooleanField()


class BinSerializer(serializers.Serializer[Any]):
    said = serializers.FloatField(help_text="Mean P(like) of these photos.")
    liked = FigureSerializer(help_text="The share of them that was liked.")
    photos = serializers.IntegerField()


class SideSerializer(serializers.Serializer[Any]):
    version_id = serializers.IntegerField(source="version.pk")
    version_number = serializers.IntegerField(source="version.version_number")
    accuracy = FigureSerializer()
    auc = serializers.FloatField(source="ranking", allow_null=True)
    calibration = BinSerializer(many=True)


class JudgedSerializer(serializers.Serializer[Any]):
    photo_id = serializers.IntegerField()
    liked = serializers.BooleanField()
    a = serializers.FloatField(help_text="P(like) by version a.")
    b = serializers.FloatField()


class ComparisonSerializer(serializers.Serializer[Any]):
    """On answered photos that neither version learned from, or out of fold."""

    photos = serializers.IntegerField()
    a = SideSerializer()
    b = SideSerializer()
    better = serializers.IntegerField(help_text="Photos that only a is right about.")
    worse = serializers.IntegerField(help_text="Photos that only b is right about.")
    p = serializers.FloatField(help_text="Two-sided, of the exact sign test.")
    sentence = serializers.CharField()
    disagreements = JudgedSerializer(many=True, help_text="Most apart first.")


class ComputingSerializer(serializers.Serializer[Any]):
    detail = serializers.CharField()
    missing = serializers.ListField(child=serializers.IntegerField(), help_text="Versions that are being asked.")


class VersionList(APIView):
    pagination_class = KeysetPagination

    @extend_schema(operation_id="models_versions_list", responses=VersionSerializer(many=True))
    def get(self, request: Request) -> Response:
        owner = signed_in_user(request)
        ModelVersion.objects.active_of(owner)
        versions = ModelVersion.objects.kept().owned_by(owner)
        page = read_page(request, lambda after, size: page_of(versions, key=["pk"], after=after, size=size))
        usage = usage_of(owner)
        rows = [VersionRow(version, usage.get(version.pk, NONE)) for version in page.rows]
        return page_response(request, page, VersionSerializer(rows, many=True).data)


class VersionDetail(APIView):
    @extend_schema(responses=VersionSerializer)
    def get(self, request: Request, pk: int) -> Response:
        version = version_or_404(request, pk)
        row = VersionRow(version, usage_of(version.owner).get(version.pk, NONE))
        return Response(VersionSerializer(row).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        """Its file and figures go, your answers stay. 409: it is active, or version 1."""
        try:
            services.delete_version(version=version_or_404(request, pk))
        except services.CannotDelete as refused:
            raise Conflict(str(refused), code=refused.code) from refused
        return Response(status=status.HTTP_204_NO_CONTENT)


class VersionActivate(APIView):
    @extend_schema(request=None, responses=ActivatedSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """Let it serve from now on; photos show their old scores until they are scored anew. 409: it cannot serve."""
        version = version_or_404(request, pk)
        try:
            services.activate_version(version=version)
        except services.CannotServe as refused:
            raise Conflict(str(refused), code=refused.code) from refused
        return Response(ActivatedSerializer(version).data)


class Compare(APIView):
    @extend_schema(
        parameters=[OpenApiParameter(name, int, required=True, description="Id of a version.") for name in "ab"],
        responses={200: ComparisonSerializer, 202: ComputingSerializer},
    )
    def get(self, request: Request) -> Response:
        """Two versions side by side. 202 while the score worker is asked about photos: ask again in a second.

        409: there is no photo that both of them can speak of.
        """
        ids = [whole(request.query_params.get(name)) for name in "ab"]
        if not all(ids):
            raise exceptions.ValidationError({"detail": "Give the ids of two versions, as a and b."})
        a, b = (version_or_404(request, pk) for pk in ids)
        if missing := ask_about_missing(a, b):
            body = {"detail": "Photos are being scored; ask again.", "missing": [version.pk for version in missing]}
            return Response(body, status=status.HTTP_202_ACCEPTED, headers={"Retry-After": "1"})
        comparison = compare(a, b)
        if comparison is None:
            raise Conflict("There is no answered photo that both versions can speak of.", code="nothing_to_compare")
        return Response(ComparisonSerializer(comparison).data)


def version_or_404(request: Request, pk: int) -> ModelVersion:
    return get_object_or_404(ModelVersion.objects.kept().owned_by(signed_in_user(request)), pk=pk)
