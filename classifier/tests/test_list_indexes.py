"""Lists begin where an index has their first photo, whatever they are narrowed to."""

from __future__ import annotations

import base64
import json

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from classifier.models import ClassificationResult, ResultQuerySet
from wizard.keyset import page_of

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "sqlite", reason="Postgres reads the few rows of a test one by one"),
]


def plan_of(results: ResultQuerySet) -> str:
    return results.order_by(F("rank").desc(), "-photo_id").explain()


@pytest.mark.parametrize("verdict", ["super", "miss"])
def test_by_verdict(owner: User, verdict: str) -> None:
    plan = plan_of(ClassificationResult.objects.shown_to(owner).with_verdict(verdict))
    assert "result_by_verdict (owner_id=? AND is_match=? AND is_super_match=?)" in plan
    assert "ORDER BY" not in plan


def test_by_answer_the_answers_are_read_and_not_all_photos(owner: User) -> None:
    plan = plan_of(ClassificationResult.objects.shown_to(owner, "like"))
    assert "result_answered (owner_id=? AND user_feedback=?)" in plan
    assert "one_current_result_per_photo (photo_id=?)" in plan


def test_after_a_cursor_nothing_before_it_is_read(owner: User) -> None:
    results = ClassificationResult.objects.shown_to(owner)
    with CaptureQueriesContext(connection) as queries:
        page_of(results, key=["rank", "photo_id"], after=CURSOR, size=60)
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {queries[-1]['sql']}")
        plan = str(cursor.fetchall())
    assert "result_by_score (owner_id=? AND <expr><?)" in plan


CURSOR = base64.urlsafe_b64encode(json.dumps(["rank", 0.5, 7]).encode()).decode().rstrip("=")
