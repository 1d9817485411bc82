"""Which answered photos may judge a version: one definition, for the gate of a training and for comparisons.

A version may not be judged by what it says of a photo that it learned from. For such a photo its word out of fold
counts, by models that had not seen it. An imported version has no such word and no list of its photos, so only photos
that were answered after the import may judge it.
"""

from __future__ import annotations

from datetime import datetime

from training.models import LearnedAnswer, ModelVersion


def may_judge(version: ModelVersion, answered_at: datetime | None) -> bool:
    """Whether a photo that was answered at this time may judge `version`."""
    if version.model_type != ModelVersion.Type.IMPORTED:
        return True
    return answered_at is not None and answered_at > version.created_at


def out_of_fold(version: ModelVersion) -> dict[str, float]:
    """P(like) of the photos that `version` learned from, by their sha256, from models that had not seen them."""
    return dict(LearnedAnswer.objects.filter(job__version=version).values_list("photo_sha256", "chance"))
