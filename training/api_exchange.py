"""Versions as files, over HTTP."""

from __future__ import annotations

from django.http import FileResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import exceptions, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from classifier.api.uploads import OF_PAGES, UploadParser
from training import api_examples, exchange
from training.api_versions import ActivatedSerializer, version_or_404
from training.versions import FileIsGone
from wizard.api import AnyAccept, Conflict, signed_in_user
from wizard.schema import refused
from wizard.strict import StrictSerializer


class ImportSerializer(StrictSerializer):
    file = serializers.FileField(help_text="As it was exported; at most 200 MB.")


REFUSED = refused(
    "The file is refused; nothing was imported.",
    not_a_version="mine.wizard is not a version that Dating Wizard exported, or it is cut off.",
    unknown_format="mine.wizard comes from another Dating Wizard, whose files this one cannot read.",
    wrong_backbone="mine.wizard was trained on another model, and the starter is running; it cannot serve here.",
    tampered="The weights in mine.wizard are not the ones that were exported.",
    corrupt="The weights in mine.wizard do not fit the model.",
    unsafe="The weights in mine.wizard cannot be read safely.",
    duplicate="mine.wizard holds the same weights as version 2.",
    too_large="mine.wizard is larger than the 200 MB that a version may have.",
)
BUSY = refused("Another file is being checked.", busy="Another file is being checked just now; try again in a moment.")
GONE = refused("It has no file.", file_gone="Version 1 is the model without training; it has no file.")


class VersionExport(APIView):
    content_negotiation_class = AnyAccept

    @extend_schema(
        operation_id="versions_export",
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY, (409, "application/json"): GONE},
    )
    def get(self, request: Request, pk: int) -> HttpResponseBase:
        """A version as one file.

        Weights and manifest, for another Dating Wizard with the same model, or to keep. It holds no photo and no
        name.
        """
        version = version_or_404(request, pk)
        try:
            file = exchange.export_version(version)
        except FileIsGone as refusal:
            raise Conflict(str(refusal), code=refusal.code) from refusal
        return FileResponse(file, as_attachment=True, filename=exchange.file_name(version))


class VersionImport(APIView):
    parser_classes = [UploadParser]
    throttle_scopes = {"POST": "import"}

    @extend_schema(
        operation_id="versions_import",
        request={"multipart/form-data": ImportSerializer},
        responses={
            201: OpenApiResponse(
                ActivatedSerializer,
                description="It is here, and does not serve yet.",
                examples=[OpenApiExample("Imported", api_examples.IMPORTED)],
            ),
            409: BUSY,
            422: REFUSED,
        },
    )
    def post(self, request: Request) -> Response:
        """Bring in a version that was exported.

        It is checked from outside to inside before anything is written, which takes some seconds; one at a time. It
        does not serve by itself: activate it.
        """
        file = request.FILES.get("file")
        if file is None:
            raise exceptions.ValidationError({"file": gettext("Send the exported file as `file`.")})
        if others := {*request.FILES, *request.POST} - {"file", OF_PAGES}:
            raise exceptions.ValidationError(dict.fromkeys(sorted(others), gettext("There is no such field.")))
        if len(request.FILES.getlist("file")) > 1:
            raise exceptions.ValidationError({"file": gettext("Send one file at a time.")})
        try:
            version = exchange.import_version(owner=signed_in_user(request), file=file, name=file.name or "")
        except exchange.ImportRefused as refusal:
            busy = refusal.code == "busy"
            body = {"detail": str(refusal), "code": refusal.code}
            return Response(body, status=409 if busy else 422, headers={"Retry-After": "5"} if busy else {})
        return Response(ActivatedSerializer(version).data, status=status.HTTP_201_CREATED)
