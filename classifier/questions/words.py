"""What a version leans towards and away from, in words."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from classifier.learned import said_by
from classifier.model import get_engine
from classifier.models import TextPreference
from classifier.questions.leaning import leans_towards, log_odds, presence, vocabulary
from classifier.scoring import phrase_direction
from classifier.vectors import library_of

if TYPE_CHECKING:
    from django.contrib.auth.models import User

EXAMPLES = 4
SAMPLED = 4_000
FEWEST = 20  # photos

Floats = NDArray[np.float32]


@lru_cache(maxsize=4)
def _directions(phrases: tuple[str, ...]) -> Floats:
    engine = get_engine()
    # Less all of the neutral prompts: among five hundred phrases those that are near to everything would win.
    return np.stack([phrase_direction(vector, engine.neutral, None) for vector in engine.encode_phrases(phrases)])


def taste_in_words(owner: User, about: dict[str, Any]) -> dict[str, Any]:
    """{"towards": [{phrase, photos}], "away": [...]} of the version {"version"}, by what it said of photos."""
    library = library_of(owner)
    ids, vectors = library.ids, library.vectors
    said = said_by(about["version"])
    rows = [row for row, photo in enumerate(ids) if photo in said]
    if len(rows) < FEWEST:
        return {"towards": [], "away": []}
    chosen = np.random.default_rng(0).permutation(rows)[:SAMPLED]
    chances = np.array([said[ids[row]] for row in chosen], np.float32)
    own = TextPreference.objects.owned_by(owner).values_list("phrase", flat=True)
    phrases = tuple(dict.fromkeys([*vocabulary(), *(phrase.lower() for phrase in own)]))
    shows, odds = presence(vectors[chosen], _directions(phrases)), log_odds(chances)
    photos = [ids[row] for row in chosen]

    def told(odds: Floats) -> list[dict[str, Any]]:
        leans = leans_towards(shows, odds)
        best = [np.argsort(-(shows[:, phrase] + odds), kind="stable")[:EXAMPLES] for phrase in leans]
        return [
            {"phrase": phrases[phrase], "photos": [photos[row] for row in rows]}
            for phrase, rows in zip(leans, best, strict=True)
        ]

    return {"towards": told(odds), "away": told(-odds)}
