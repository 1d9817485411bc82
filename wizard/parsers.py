"""JSON bodies: whatever cannot be read, or means two things, is the caller's mistake and is said so."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import IO, Any

from rest_framework import parsers
from rest_framework.exceptions import ParseError

MOST_LEVELS = 16  # of lists and objects in one another; the API itself needs two
MOST_DIGITS = 30
# Postgres keeps no NUL, and half of a surrogate pair cannot be written as UTF-8.
_NOT_TEXT = re.compile("[\x00\ud800-\udfff]")


class JSONParser(parsers.JSONParser):
    """As RFC 8259 has it, in UTF-8: no NaN, no name twice, no number that Python would make infinite."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        try:
            data = json.loads(
                stream.read().decode(),
                parse_constant=_refuse,
                parse_float=_float,
                parse_int=_int,
                object_pairs_hook=_object,
            )
            _look_through(data)
        except RecursionError as error:
            raise ParseError("JSON parse error - it is nested too deeply.") from error
        except ValueError as error:
            raise ParseError(f"JSON parse error - {str(error).rstrip('.')}.") from error
        return data  # type: ignore[no-any-return]  # another type than an object is refused by the serializers


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is not a number in JSON")


def _float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError("a number is too large")
    return value


def _int(text: str) -> int:
    if len(text) > MOST_DIGITS:
        raise ValueError("a number is too large")
    return int(text)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name is there twice in one object")
    return found


def _look_through(data: Any) -> None:
    """Level by level, so that depth costs no recursion here or in whoever formats the value later."""
    level = [data]
    for _ in range(MOST_LEVELS):
        nested: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                nested += value.keys()
                nested += value.values()
            elif isinstance(value, list):
                nested += value
            elif isinstance(value, str) and _NOT_TEXT.search(value):
                raise ValueError("a text holds a character that is none (NUL, or half of a surrogate pair)")
        if not nested:
            return
        level = nested
    raise ValueError("it is nested too deeply")
