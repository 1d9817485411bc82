"""Versions as files, over HTTP."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers, status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from training import exchange
from training.api_versions import ActivatedSerializer, version_or_404
from training.versions import FileIsGone
from wizard.api import Conflict, signed_in_user


class ImportSerializer(serializers.Serializer[Any]):
    file = serializers.FileField(help_text="As it was exported.")


class VersionExport(APIView):
    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def get(self, request: Request, pk: int) -> HttpResponseBase:
        """One file with weights and manifest. 409: version 1 has none, or it was removed to make room."""
        version = version_or_404(request, pk)
        try:
            file = exchange.export_version(version)
        except FileIsGone as refused:
            raise Conflict(str(refused), code=refused.code) from refused
        return FileResponse(file, as_attachment=True, filename=exchange.file_name(version))


class VersionImport(APIView):
    parser_classes = [MultiPartParser]

    @extend_schema(request={"multipart/form-data": ImportSerializer}, responses={201: ActivatedSerializer})
    def post(self, request: Request) -> Response:
        """Checked before anything is written; it does not serve by itself. 422: refused, with the reason."""
        file = request.FILES.get("file")
        if file is None:
            raise exceptions.ValidationError({"file": "Send the exported file as `file`."})
        try:
            version = exchange.import_version(owner=signed_in_user(request), file=file, name=file.name or "")
        except exchange.ImportRefused as refused:
            body = {"detail": str(refused), "code": refused.code}
            return Response(body, status=status.HTTP_422_UNPROCESSABLE_ENTITY)
        return Response(ActivatedSerializer(version).data, status=status.HTTP_201_CREATED)
