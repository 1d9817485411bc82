"""Versions over HTTP: thin doors to the services that the pages use."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext, gettext_noop
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_serializer
from rest_framework import exceptions, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from classifier.api.examples import said
from classifier.api.paging import KeysetPagination, page_response, read_page, whole_parameter
from classifier.api.serializers import MOST_ID
from training import api_examples
from training import versions as services
from training.compare import ask_about_missing, compare
from training.models import ModelVersion
from training.usage import NONE, usage_of
from training.version_table import VersionRow
from wizard.api import Conflict, pending, signed_in_user
from wizard.errors import NOT_FOUND
from wizard.etags import Revalidated
from wizard.keyset import page_of
from wizard.schema import PENDING, refused
from wizard.strict import only_parameters


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


@extend_schema_serializer(examples=[said("A version", api_examples.VERSION)])
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


@extend_schema_serializer(examples=[said("It serves", api_examples.ACTIVATED)])
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


@extend_schema_serializer(examples=[said("A comparison", api_examples.COMPARISON)])
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


VERSION_ID = {"type": "integer", "format": "int64", "minimum": 1, "maximum": MOST_ID}
CANNOT_SERVE = refused(
    "It cannot serve.",
    wrong_backbone="Version 2 was trained on another model (ViT-B-32/other); train again with this one.",
    file_gone="The file of Version 2 was removed to make room; its figures are all that is left.",
)
NO_SUCH_VERSION = refused("One of the two is not there.", not_found=NOT_FOUND)
STAYS = refused("It has to stay.", cannot_delete="Version 2 is active; use another one first.")
NOTHING = refused(
    "Nothing can be said.", nothing_to_compare="There is no answered photo that both versions can speak of."
)


class VersionList(Revalidated):
    pagination_class = KeysetPagination

    @extend_schema(operation_id="versions_list", responses=VersionSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Every version, newest first.

        With the figures that were measured when it was trained, and what it did since. One of them is active; the
        first is the model without training.
        """
        only_parameters(request, "cursor", "page_size")
        owner = signed_in_user(request)
        ModelVersion.objects.active_of(owner)
        versions = ModelVersion.objects.kept().owned_by(owner)
        page = read_page(request, lambda after, size: page_of(versions, key=["pk"], after=after, size=size))
        usage = usage_of(owner)
        rows = [VersionRow(version, usage.get(version.pk, NONE)) for version in page.rows]
        return page_response(request, page, VersionSerializer(rows, many=True).data)


class VersionDetail(Revalidated):
    @extend_schema(operation_id="versions_get", responses=VersionSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """One version, with its figures."""
        version = version_or_404(request, pk)
        row = VersionRow(version, usage_of(version.owner).get(version.pk, NONE))
        return Response(VersionSerializer(row).data)

    @extend_schema(
        operation_id="versions_delete", responses={204: OpenApiResponse(description="It is gone."), 409: STAYS}
    )
    def delete(self, request: Request, pk: int) -> Response:
        """Delete a version for good.

        Its file and figures go, your answers stay. The active one and version 1 cannot be deleted.
        """
        try:
            services.delete_version(version=version_or_404(request, pk))
        except services.CannotDelete as refusal:
            raise Conflict(str(refusal), code=refusal.code) from refusal
        return Response(status=status.HTTP_204_NO_CONTENT)


class VersionActivate(APIView):
    @extend_schema(
        operation_id="versions_activate",
        request=None,
        responses={200: OpenApiResponse(ActivatedSerializer, description="It serves."), 409: CANNOT_SERVE},
    )
    def post(self, request: Request, pk: int) -> Response:
        """Let a version serve from now on.

        Photos show their old scores until they are scored anew, which begins at once. The way back is the same.
        """
        version = version_or_404(request, pk)
        try:
            services.activate_version(version=version)
        except services.CannotServe as refusal:
            raise Conflict(str(refusal), code=refusal.code) from refusal
        return Response(ActivatedSerializer(version).data)


class Compare(APIView):
    throttle_scopes = {"GET": "compare"}

    @extend_schema(
        operation_id="versions_compare",
        parameters=[
            OpenApiParameter(name, VERSION_ID, required=True, description=f"Id of {which} version.")
            for name, which in (("a", "a"), ("b", "another"))
        ],
        responses={200: ComparisonSerializer, 202: PENDING, 404: NO_SUCH_VERSION, 409: NOTHING},
    )
    def get(self, request: Request) -> Response:
        """Two versions side by side.

        On the same answered photos, none of which either learned from. 202 while the worker is asked what a version
        says of some of them.
        """
        only_parameters(request, "a", "b")
        sentence = "Give the ids of two versions, as a and b."
        ids = [whole_parameter(request, name, most=MOST_ID, sentence=sentence) for name in "ab"]
        if ids[0] == ids[1]:
            raise exceptions.ValidationError({"b": sentence})
        a, b = (version_or_404(request, pk) for pk in ids)
        if missing := ask_about_missing(a, b):
            return pending(
                gettext_noop("Photos are being scored; ask again."), missing=[version.pk for version in missing]
            )
        comparison = compare(a, b)
        if comparison is None:
            raise Conflict(
                gettext("There is no answered photo that both versions can speak of."), code="nothing_to_compare"
            )
        return Response(ComparisonSerializer(comparison).data)


def version_or_404(request: Request, pk: int) -> ModelVersion:
    return get_object_or_404(ModelVersion.objects.kept().owned_by(signed_in_user(request)), pk=pk)
