"""The score worker's side: each question is a function of the owner and what it is about, its answer JSON."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from classifier.model import get_engine, get_statistics
from classifier.questions.asking import ERROR_KEPT_SECONDS, KEPT_SECONDS
from classifier.questions.layout import lay_out
from classifier.questions.why import why_map
from classifier.questions.words import taste_in_words
from classifier.review.filling import library_of
from classifier.scoring import find_like, find_phrase
from wizard import store

if TYPE_CHECKING:
    from django.contrib.auth.models import User

log = logging.getLogger(__name__)

MOST_FOUND = 600


def answer(owner: User, question: str, about: dict[str, Any], key: str, slot: str) -> None:
    kept = KEPT_SECONDS
    try:
        found = QUESTIONS[question](owner, {name: value for name, value in about.items() if name != "library"})
    except Exception:
        log.exception("the question %s of owner %s has no answer", question, owner.pk)
        found, kept = {"error": "This could not be worked out; the log says more."}, ERROR_KEPT_SECONDS
    store.put(key, found, seconds=kept)
    store.forget(slot)


def search(owner: User, about: dict[str, Any]) -> dict[str, Any]:
    """{"found": [[photo, standard deviations above the library's mean], ...]}, the most of it first."""
    ids, vectors = library_of(owner)
    if not ids:
        return {"found": []}
    engine = get_engine()
    z = find_phrase(
        vectors, engine.encode_phrases([about["q"]])[0], neutral=engine.neutral, background=get_statistics()
    )
    return {"found": _best(ids, z)}


def similar(owner: User, about: dict[str, Any]) -> dict[str, Any]:
    """As `search`, by likeness to one photo, which is left out."""
    ids, vectors = library_of(owner)
    if about["photo"] not in ids:
        return {"found": []}
    row = ids.index(about["photo"])
    z = find_like(vectors, row, get_statistics())
    return {"found": [each for each in _best(ids, z) if each[0] != about["photo"]]}


def _best(ids: list[int], z: np.ndarray[Any, np.dtype[np.float32]]) -> list[list[float]]:
    return [[ids[row], round(float(z[row]), 3)] for row in np.argsort(-z, kind="stable")[:MOST_FOUND]]


QUESTIONS: dict[str, Callable[[User, dict[str, Any]], Any]] = {
    "search": search,
    "similar": similar,
    "why": why_map,
    "words": taste_in_words,
    "map": lay_out,
}
