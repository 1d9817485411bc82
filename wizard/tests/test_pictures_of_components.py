"""`make screenshots` has to find every component, whatever became of the product's fragments since."""

from __future__ import annotations

import pytest
from take_pictures import rendered_components

from classifier.models import ClassificationResult
from classifier.services import give_feedback
from classifier.tests.factories import UserFactory, scored_photo

PARTS = ["button-primary", "chip", "segments", "card", "tile-queued", "tile-unreadable", "ring-super", "meter", "stat"]
PARTS += ["notice-bad", "empty", "toast-good", "toast-bad", "field-error", "range", "progress", "calibration-dot"]


@pytest.mark.django_db
def test_it_shows_each_of_them() -> None:
    demo = UserFactory.create(username="demo")
    for score, feedback in ((0.9, None), (0.7, "super_like"), (0.2, "dislike")):
        photo = scored_photo(demo, score=score, is_match=score > 0.6, is_super_match=score > 0.85)
        ClassificationResult.objects.filter(photo=photo).update(components={"semantic": COMPONENT})
        if feedback:
            give_feedback(photo=photo, feedback=feedback)
    page = rendered_components()
    assert [part for part in PARTS if part not in page] == []


COMPONENT = {"value": 0.8, "weight": 1.0, "reason": "Clear: “at the beach”"}
