"""What a search found, a page at a time, while photos of it are answered and deleted."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from classifier import services
from classifier.models import Photo
from classifier.questions.finding import find
from classifier.tests.factories import scored_photo
from classifier.views.listing import Filters, neighbours

pytestmark = pytest.mark.django_db


@pytest.fixture
def found(owner: User, monkeypatch: pytest.MonkeyPatch) -> list[Photo]:
    """Six photos, the first one the strongest."""
    photos = [scored_photo(owner) for _ in range(6)]
    answer = {"found": [[photo.pk, 3.0] for photo in photos]}
    monkeypatch.setattr("classifier.questions.finding.ask", lambda *_, **__: answer)
    return photos


def page(owner: User, after: str | None = None, **wanted: str) -> tuple[list[Photo], str | None]:
    shown = find(owner, q="a dog", size=2, after=after, feedback=wanted.get("feedback", ""))
    assert shown is not None
    return shown.rows, shown.after


def test_every_photo_is_on_one_page(owner: User, found: list[Photo]) -> None:
    seen, after = page(owner)
    while after:
        rows, after = page(owner, after)
        seen += rows
    assert seen == found


def test_the_next_page_passes_nobody_over_when_the_first_was_answered(owner: User, found: list[Photo]) -> None:
    first, after = page(owner, feedback="none")
    for photo in first:
        services.give_feedback(photo=photo, feedback="like")
    assert page(owner, after, feedback="none")[0] == found[2:4]


def test_the_next_page_passes_nobody_over_when_some_of_the_first_were_deleted(owner: User, found: list[Photo]) -> None:
    _, after = page(owner)
    services.trash_photos(found[:1])
    assert page(owner, after)[0] == found[2:4]


def test_beside_a_photo_lies_the_next_one_that_is_still_there(owner: User, found: list[Photo]) -> None:
    services.trash_photos([found[2]])
    assert neighbours(owner, found[1], Filters(q="a dog")) == (found[0].pk, found[3].pk)
