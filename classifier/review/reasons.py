"""Why a photo is asked about. Light: the web process imports it."""

from __future__ import annotations

from enum import StrEnum


class Why(StrEnum):
    START = "start"  # typical of a part of the library, or close to what the owner wrote
    UNCERTAIN = "uncertain"
    RANDOM = "random"
    CHOSEN = "chosen"  # by the owner, from a search or the map
    AGAIN = "again"  # answered before: does the owner still think so?
    SURPRISING = "surprising"  # answered before, and not as the wizard would have guessed
