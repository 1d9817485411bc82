"""The OpenAPI document: what all operations have in common is said here, once; the rest stands beside each view."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from drf_spectacular.authentication import SessionScheme
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ComponentRegistry
from drf_spectacular.utils import Direction, OpenApiExample, OpenApiParameter, OpenApiResponse
from rest_framework import serializers

from wizard.api import AnyAccept
from wizard.etags import Revalidated
from wizard.schema_shared import ERRORS, SERVICE_PATHS, SERVICE_SCHEMAS, SHARED
from wizard.strict import StrictSerializer

# By the first part of an address that is named here, the more particular before the general.
TAGS = {
    "similar": "Search",
    "search": "Search",
    "photos": "Photos",
    "results": "Results",
    "stats": "Results",
    "preferences": "Preferences",
    "review": "Review",
    "training": "Training",
    "models": "Versions",
    "auth": "Account",
    "account": "Account",
}
OTHER = "Service"
SAFE = ("GET", "HEAD", "OPTIONS")


class ErrorSerializer(serializers.Serializer[Any]):
    detail = serializers.CharField(help_text="What went wrong, in one sentence.")
    code = serializers.CharField(help_text="The same for programs; docs/api.md lists them.")
    fields = serializers.DictField(  # type: ignore[assignment]  # the name is promised; nobody reads this as a form
        child=serializers.ListField(child=serializers.CharField()),
        required=False,
        help_text="The sentences of each field that breaks a rule.",
    )


def refused(description: str, *, serializer: Any = ErrorSerializer, **sentences: str) -> OpenApiResponse:
    """A response of an error, with an example of each code: `refused("It cannot.", job_open="A training is ...")`."""
    examples = [OpenApiExample(code, value={"detail": said, "code": code}) for code, said in sentences.items()]
    return OpenApiResponse(serializer, description=description, examples=examples)


class PendingSerializer(serializers.Serializer[Any]):
    """A worker is at it."""

    detail = serializers.CharField(help_text="What is waited for, in one sentence.")
    code = serializers.ChoiceField(choices=["pending"])
    missing = serializers.ListField(
        child=serializers.IntegerField(), required=False, help_text="Of a comparison: versions that are being asked."
    )


PENDING = OpenApiResponse(
    PendingSerializer,
    description="A worker is at it; ask the same again after Retry-After seconds.",
    examples=[
        OpenApiExample(
            "pending", value={"detail": "The score worker is looking; ask again in a moment.", "code": "pending"}
        )
    ],
)


class BrowserScheme(SessionScheme):  # type: ignore[no-untyped-call]  # drf-spectacular registers by subclassing
    target_class = "wizard.api.SessionAuthentication"
    name = "browserSession"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": "wizard_session_8000",
            "description": (
                "What the pages use; the number is the port. Anything but reading needs the header X-CSRFToken too."
            ),
        }


class WizardSchema(AutoSchema):
    """Summary and description from the docstring of each method, tags from the address, the common errors by rule."""

    def get_operation(
        self, path: str, path_regex: str, path_prefix: str, method: str, registry: ComponentRegistry
    ) -> dict[str, Any] | None:
        operation = super().get_operation(path, path_regex, path_prefix, method, registry)
        if operation is None:
            return None
        self.resolve_serializer(ErrorSerializer, "response")
        if self._is_revalidated():
            operation["responses"].setdefault("304", {"$ref": "#/components/responses/NotModified"})
            operation["responses"]["200"]["headers"] = {"ETag": {"$ref": "#/components/headers/ETag"}}
        if is_pending(operation["responses"].get("202", {})):
            operation["responses"]["202"]["headers"] = {"Retry-After": {"$ref": "#/components/headers/RetryAfter"}}
        for status in self._common_errors(operation):
            operation["responses"].setdefault(status, {"$ref": f"#/components/responses/{ERRORS[status]}"})
        for status, response in operation["responses"].items():
            if response.get("description") == "":
                response["description"] = HTTPStatus(int(status)).phrase
        operation["responses"] = dict(sorted(operation["responses"].items()))
        return operation

    def _get_request_body(self, direction: Direction = "request") -> Any:
        """Of a DELETE too where the view says so: drf-spectacular takes it for one that never has a body."""
        if self.method != "DELETE" or not getattr(self.view, "deletes_with_body", False):
            return super()._get_request_body(direction)  # type: ignore[no-untyped-call]  # theirs
        self.method = "POST"
        try:
            return super()._get_request_body(direction)  # type: ignore[no-untyped-call]  # theirs
        finally:
            self.method = "DELETE"

    def _common_errors(self, operation: dict[str, Any]) -> list[str]:
        places = {parameter["in"] for parameter in operation.get("parameters", [])}
        errors = ["429"]
        if self.view.authentication_classes:
            errors += ["401"] if self.method in SAFE else ["401", "403"]
        if self.view.content_negotiation_class is not AnyAccept:
            errors.append("406")
        if places - {"path"} or "requestBody" in operation:
            errors.append("400")
        if "path" in places:
            errors.append("404")
        if "requestBody" in operation:
            errors += ["411", "413", "415"]
        return errors

    def _is_revalidated(self) -> bool:
        return self.method == "GET" and isinstance(self.view, Revalidated)

    def get_override_parameters(self) -> list[Any]:
        given = super().get_override_parameters()
        if self._is_revalidated():
            known = "The ETag of what is known already: 304 if it is still the same."
            given = [*given, OpenApiParameter("If-None-Match", str, OpenApiParameter.HEADER, description=known)]
        return given

    def get_tags(self) -> list[str]:
        parts = self.path.strip("/").split("/")
        return [next((tag for part, tag in TAGS.items() if part in parts), OTHER)]

    def get_summary(self) -> str:
        return self._said().partition("\n")[0].rstrip(".")

    def get_description(self) -> str:  # type: ignore[override]  # as drf-spectacular has it, not DRF
        return self._said().partition("\n\n")[2] or self._said()

    def _said(self) -> str:
        """The docstring, a line for each paragraph."""
        paragraphs = super().get_description().strip().split("\n\n")
        return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)

    def get_auth(self) -> list[dict[str, Any]]:
        auth = super().get_auth()
        if not self.view.get_permissions() and {} not in auth:
            auth.append({})
        return auth

    def _map_basic_serializer(self, serializer: Any, direction: Direction) -> Any:
        """An answer holds every field of a model's serializer, also one that a request may leave out."""
        schema = super()._map_basic_serializer(serializer, direction)  # type: ignore[no-untyped-call]  # theirs
        if direction == "request" and isinstance(serializer, StrictSerializer):
            schema["additionalProperties"] = False
        if direction == "response" and isinstance(serializer, serializers.ModelSerializer):
            schema["required"] = sorted(schema["properties"])
        return schema


def is_pending(response: dict[str, Any]) -> bool:
    contents = response.get("content", {}).values()
    return any(content["schema"].get("$ref", "").endswith("/Pending") for content in contents)


def add_what_is_shared(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """A postprocessing hook of drf-spectacular."""
    result["paths"] |= SERVICE_PATHS
    result["components"]["schemas"] |= SERVICE_SCHEMAS
    result["components"] |= SHARED
    return result
