"""What a version leans towards and away from, in words."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from classifier.model import get_engine, get_statistics
from classifier.models import ClassificationResult, TextPreference
from classifier.review.filling import library_of
from classifier.scoring import phrase_direction

if TYPE_CHECKING:
    from django.contrib.auth.models import User

VOCABULARY = Path(__file__).parent / "vocabulary.txt"
SHOWN = 8
EXAMPLES = 4
SAMPLED = 4_000
ALIKE = 0.85  # correlation over the library above which two phrases say the same of it
FEWEST = 20  # photos

Floats = NDArray[np.float32]


@lru_cache(maxsize=1)
def vocabulary() -> tuple[str, ...]:
    return tuple(line for line in VOCABULARY.read_text().splitlines() if line and not line.startswith("#"))


@lru_cache(maxsize=4)
def _directions(phrases: tuple[str, ...]) -> Floats:
    engine, background = get_engine(), get_statistics()
    vectors = engine.encode_phrases(phrases)
    return np.stack([phrase_direction(vector, engine.neutral, background) for vector in vectors])


def taste_in_words(owner: User, about: dict[str, Any]) -> dict[str, Any]:
    """{"towards": [{phrase, lean, photos}], "away": [...]} of the version {"version"}, by what it said of photos."""
    ids, vectors = library_of(owner)
    said = dict(
        ClassificationResult.objects.owned_by(owner)
        .filter(model_version=about["version"])
        .values_list("photo", "components__learned__value")
    )
    rows = [row for row, photo in enumerate(ids) if isinstance(said.get(photo), int | float)]
    if len(rows) < FEWEST:
        return {"towards": [], "away": []}
    chosen = np.random.default_rng(0).permutation(rows)[:SAMPLED]
    chances = np.array([said[ids[row]] for row in chosen])
    own = TextPreference.objects.owned_by(owner).values_list("phrase", flat=True)
    phrases = tuple(dict.fromkeys([*vocabulary(), *(phrase.lower() for phrase in own)]))
    leans, shows = lean(vectors[chosen], chances, _directions(phrases))
    photos = [ids[row] for row in chosen]

    def told(order: NDArray[np.int64], wanted: Floats) -> list[dict[str, Any]]:
        best = [np.argsort(-(shows[:, phrase] + wanted), kind="stable")[:EXAMPLES] for phrase in order]
        return [
            {"phrase": phrases[phrase], "lean": round(float(leans[phrase]), 3), "photos": [photos[row] for row in rows]}
            for phrase, rows in zip(order, best, strict=True)
        ]

    odds = _standard(np.log(chances / (1 - chances))).astype(np.float32)
    return {"towards": told(strongest(leans, shows), odds), "away": told(strongest(-leans, shows), -odds)}


def lean(vectors: Floats, chances: NDArray[np.float64], directions: Floats) -> tuple[Floats, Floats]:
    """Correlation of P(like) f64 [n] with what phrases f32 [p, d] find in photos f32 [n, d], in [-1, 1] [p].

    Also how much of each phrase is in each photo, standardised over them, f32 [n, p].
    """
    clipped = np.clip(chances, 1e-4, 1 - 1e-4)
    shows = _standard(vectors @ directions.T).astype(np.float32)
    odds = _standard(np.log(clipped / (1 - clipped)))
    return (shows.T @ odds / len(odds)).astype(np.float32), shows


def strongest(leans: Floats, shows: Floats, count: int = SHOWN) -> NDArray[np.int64]:
    """The phrases that are leaned towards most, one of those that say the same of this library."""
    taken: list[int] = []
    for phrase in np.argsort(-leans, kind="stable"):
        if leans[phrase] <= 0 or len(taken) == count:
            break
        alike = shows[:, taken].T @ shows[:, phrase] / len(shows) if taken else np.zeros(1)
        if float(alike.max()) < ALIKE:
            taken.append(int(phrase))
    return np.array(taken, np.int64)


def _standard(values: NDArray[Any]) -> NDArray[Any]:
    spread: NDArray[Any] = (values - values.mean(axis=0)) / np.maximum(values.std(axis=0), 1e-6)
    return spread
