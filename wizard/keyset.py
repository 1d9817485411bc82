"""Paging that costs the same on every page: "the next ones after this row", never "skip 40,000".

Rows that arrive or go while someone pages neither repeat nor hide others. (Markus Winand, "No Offset".)
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext

M = TypeVar("M", bound=Model)
Key = tuple[float | int, int]


class BadCursor(ValueError):
    """A cursor that this project did not make."""


@dataclass(frozen=True)
class Page(Generic[M]):
    rows: list[M]
    after: str | None  # the cursor of the next page; None: this is the last


def page_of(queryset: QuerySet[M], *, key: Sequence[str], after: str | None, size: int) -> Page[M]:
    """One page of `queryset` in descending order of `key`: a number, then an integer that no two rows share.

    Raises:
        BadCursor: `after` is not a cursor of ours.
    """
    first, last = key[0], key[-1]
    if after:
        value, tie = _decode(after, first)
        beyond = Q(**{f"{last}__lt": tie})
        if first != last:
            # The first condition says nothing new: it lets the database begin at this place of an index.
            beyond = Q(**{f"{first}__lte": value}) & (Q(**{f"{first}__lt": value}) | (Q(**{first: value}) & beyond))
        queryset = queryset.filter(beyond)
    rows = list(queryset.order_by(*(f"-{name}" for name in dict.fromkeys(key)))[: size + 1])
    if len(rows) <= size:
        return Page(rows, None)
    edge = rows[size - 1]
    return Page(rows[:size], _encode(first, (getattr(edge, first), getattr(edge, last))))


def _encode(name: str, key: Key) -> str:
    return base64.urlsafe_b64encode(json.dumps([name, *key]).encode()).decode().rstrip("=")


def _decode(cursor: str, name: str) -> Key:
    """The key of a row in a list that is ordered by `name`: one of another order leads nowhere."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        order, value, tie = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if isinstance(value, bool) or not isinstance(value, int | float) or type(tie) is not int:
            raise BadCursor(cursor)
        if order != name or not (abs(tie) < 2**63 and abs(value) < 2**63):  # which NaN is not either
            raise BadCursor(cursor)
        return value, tie
    except (ValueError, TypeError, binascii.Error, RecursionError) as error:
        raise BadCursor(gettext("This cursor is not one that a page gave out.")) from error
