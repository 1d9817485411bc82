"""The OpenAPI document is that of the code, whole, and true to its own examples."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer
from jsonschema import Draft202012Validator

from wizard.schema_settings import TAGS

FILE = Path(settings.BASE_DIR, "docs", "openapi.yaml")
CHANGING = ("post", "patch", "put", "delete")


@pytest.fixture(scope="module")
def written() -> str:
    document = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]  # theirs
    rendered: bytes = OpenApiYamlRenderer().render(document)  # type: ignore[no-untyped-call]  # theirs
    return rendered.decode()


@pytest.fixture(scope="module")
def document(written: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(written)
    return found


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def test_the_committed_schema_is_that_of_the_code(written: str) -> None:
    assert not GENERATOR_STATS
    assert FILE.read_text() == written, "The API's schema has changed: run `make schema` and commit docs/openapi.yaml."


def test_every_operation_is_named_described_and_filed(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for *_, operation in operations(document)]
    assert len(names) == len(set(names)) > 30
    for path, method, operation in operations(document):
        assert operation["summary"], (path, method)
        assert operation["description"], (path, method)
        assert set(operation["tags"]) <= set(TAGS), (path, method)
        for parameter in operation.get("parameters", []):
            assert parameter.get("description") or parameter["in"] == "path", (path, method, parameter["name"])


def test_every_operation_of_the_api_has_the_errors_that_it_can_answer_with(document: dict[str, Any]) -> None:
    for path, method, operation in operations(document):
        if path.startswith("/api/"):
            expected = {"429"} | ({"404"} if "{" in path else set())
            if "security" in operation:
                expected |= {"401", "403"} if method in CHANGING else {"401"}
            expected |= {"400", "413", "415"} if "requestBody" in operation else set()
            assert expected <= operation["responses"].keys(), (path, method)


def test_every_answer_with_a_body_has_an_example_and_a_description(document: dict[str, Any]) -> None:
    for path, method, operation in operations(document):
        for status, response in operation["responses"].items():
            for kind, content in response.get("content", {}).items():
                if kind == "application/json":
                    assert content.keys() & {"example", "examples"}, (path, method, status)
            assert "$ref" in response or response["description"], (path, method, status)


def test_the_examples_are_what_the_schema_says(document: dict[str, Any]) -> None:
    checked = 0
    contents = [*document["components"]["responses"].values()]
    for *_, operation in operations(document):
        contents += [operation.get("requestBody", {}), *operation["responses"].values()]
    for each in contents:
        for content in each.get("content", {}).values():
            values = [example["value"] for example in content.get("examples", {}).values()]
            values += [content["example"]] if "example" in content else []
            validator = Draft202012Validator({**content["schema"], "components": document["components"]})
            for value in values:
                validator.validate(value)
                checked += 1
    assert checked > 60


def test_an_id_in_an_address_is_bounded(document: dict[str, Any]) -> None:
    for path, _, operation in operations(document):
        for parameter in operation.get("parameters", []):
            if parameter["in"] == "path":
                assert (parameter["schema"]["minimum"], parameter["schema"]["maximum"]) == (1, 2**63 - 1), path
