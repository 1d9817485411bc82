"""The score worker's side: each question is a function of the owner and what it is about, its answer JSON."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext_noop

from classifier.model import current_backbone, get_engine, get_statistics
from classifier.questions.asking import ERROR_KEPT_SECONDS, KEPT_SECONDS
from classifier.questions.layout import lay_out
from classifier.questions.nearest import indexes, nearest
from classifier.questions.why import why_map
from classifier.questions.words import taste_in_words
from classifier.scoring import Floats, phrase_direction, pooled
from classifier.vectors import library_of
from wizard import store

if TYPE_CHECKING:
    from django.contrib.auth.models import User

log = logging.getLogger(__name__)

MOST_FOUND = 600


def answer(owner: User, question: str, about: dict[str, Any], key: str, slot: str) -> None:
    """Put the answer to one of QUESTIONS into Redis under `key`, {"error": sentence} if there is none; free `slot`."""
    kept = KEPT_SECONDS
    try:
        found = QUESTIONS[question](owner, {name: value for name, value in about.items() if name != "library"})
    except Exception:
        log.exception("the question %s of owner %s has no answer", question, owner.pk)
        found, kept = {"error": gettext_noop("This could not be worked out; the log says more.")}, ERROR_KEPT_SECONDS
    store.put(key, found, seconds=kept)
    store.forget(slot)


def search(owner: User, about: dict[str, Any]) -> dict[str, Any]:
    """{"found": [[photo, standard deviations above the library's mean], ...]}, the most of it first."""
    engine = get_engine()
    vector = engine.encode_phrases([about["q"]])[0]
    return {"found": _found(owner, lambda *_: phrase_direction(vector, engine.neutral, get_statistics()))}


def similar(owner: User, about: dict[str, Any]) -> dict[str, Any]:
    """As `search`, by likeness to one photo, which is left out."""
    photo = about["photo"]

    def direction(ids: list[int], vectors: Floats) -> Floats | None:
        return vectors[ids.index(photo)] if photo in ids else None

    return {"found": [each for each in _found(owner, direction) if each[0] != photo]}


def _found(owner: User, direction_in: Callable[[list[int], Floats], Floats | None]) -> list[list[float]]:
    library = library_of(owner)
    ids, vectors = library.ids, library.vectors
    direction = direction_in(ids, vectors) if ids else None
    if direction is None:
        return []
    numbers = indexes.as_array(ids)
    key = (owner.pk, current_backbone().id)
    index = indexes.of(key, numbers, vectors, wanted_from=settings.WIZARD_INDEX_FROM)
    found = nearest(numbers, vectors, direction, MOST_FOUND, index)
    statistics = get_statistics()
    prior = statistics.along(direction) if statistics else None
    mean, deviation = pooled(found.mean, found.variance, len(ids), prior)
    z = (found.values - mean) / deviation
    return [[ids[row], round(float(each), 3)] for row, each in zip(found.rows.tolist(), z, strict=True)]


QUESTIONS: dict[str, Callable[[User, dict[str, Any]], Any]] = {
    "search": search,
    "similar": similar,
    "why": why_map,
    "words": taste_in_words,
    "map": lay_out,
}
