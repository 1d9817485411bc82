"""What wizard/store.py keeps in Redis, kept in a dictionary instead."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def change_in(values: dict[str, Any], key: str, changed: Callable[[Any], Any], *, seconds: int) -> None:
    """As `store.change` does: nothing is written where `changed` returns None."""
    if (value := changed(values.get(key))) is not None:
        values[key] = value
