"""The versions of one person as rows: what each was trained on, how good it was measured to be, what it did since."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from training.learn.intervals import Figure
from training.models import ModelVersion
from training.usage import NONE, Usage, usage_of
from training.versions import figure_of

if TYPE_CHECKING:
    from django.contrib.auth.models import User

SORTS = ("version", "accuracy", "ranking", "predictions", "like_rate", "matches", "held_up", "size")


@dataclass(frozen=True)
class VersionRow:
    """accuracy and ranking (AUC) are those measured when it was trained, on photos it had not seen."""

    version: ModelVersion
    usage: Usage

    @property
    def likes(self) -> int:
        return int(self.version.figures.get("likes", 0))

    @property
    def dislikes(self) -> int:
        return int(self.version.figures.get("dislikes", 0))

    @property
    def accuracy(self) -> Figure | None:
        return figure_of(self.version, "accuracy")

    @property
    def ranking(self) -> Figure | None:
        return figure_of(self.version, "auc")


def version_rows(owner: User, *, sort: str = "version", ascending: bool = False) -> list[VersionRow]:
    """Every version of `owner`; one of SORTS decides the order, what is not known comes last."""
    ModelVersion.objects.active_of(owner)  # the first one is made when it is first asked for
    usage = usage_of(owner)
    versions = ModelVersion.objects.kept().owned_by(owner).select_related("parent").order_by("-version_number")
    rows = [VersionRow(version, usage.get(version.pk, NONE)) for version in versions]
    known = [row for row in rows if _value(row, sort) is not None]
    unknown = [row for row in rows if _value(row, sort) is None]
    return sorted(known, key=lambda row: _value(row, sort) or 0.0, reverse=not ascending) + unknown


def _value(row: VersionRow, sort: str) -> float | None:
    value: Figure | float | None = {
        "version": row.version.version_number,
        "accuracy": row.accuracy,
        "ranking": row.ranking,
        "predictions": row.usage.predictions,
        "like_rate": row.usage.like_rate,
        "matches": row.usage.like_rate_of_matches,
        "held_up": row.usage.held_up,
        "size": row.version.size,
    }[sort]
    return value.value if isinstance(value, Figure) else value
