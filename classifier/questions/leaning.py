"""Which phrases a taste leans towards: plain numpy, no database."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

VOCABULARY = Path(__file__).parent / "vocabulary.txt"
SHOWN = 8
CENTRE, SLOPE = 1.0, 2.0  # as in the score: a phrase one standard deviation above the mean is half there
RIDGE = 0.02
FAINTEST = 0.02  # correlation below which a phrase is not worth a word

Floats = NDArray[np.float32]


@lru_cache(maxsize=1)
def vocabulary() -> tuple[str, ...]:
    """The phrases that a taste may be told in, besides those that its owner wrote."""
    return tuple(line for line in VOCABULARY.read_text().splitlines() if line and not line.startswith("#"))


def presence(vectors: Floats, directions: Floats) -> Floats:
    """How much of each phrase f32 [p, d] is in each photo f32 [n, d]: squashed, then standardised over them, [n, p]."""
    shown = 1 / (1 + np.exp(-SLOPE * (standardised(vectors @ directions.T) - CENTRE)))
    return standardised(shown).astype(np.float32)


def log_odds(chances: Floats) -> Floats:
    """P(like) f32 [n] as standardised log odds f32 [n]."""
    clipped = np.clip(chances.astype(np.float64), 1e-4, 1 - 1e-4)
    return standardised(np.log(clipped / (1 - clipped))).astype(np.float32)


def leans_towards(shows: Floats, odds: Floats, count: int = SHOWN) -> list[int]:
    """The phrases that together say best what is liked, the first one first; turn `odds` round for what is not.

    Orthogonal matching pursuit (Pati 1993): each phrase explains what those before it left open. A taste is several
    things at once; the phrases that go best with all of it are five words for one of them.
    """
    photos, taken = len(odds), list[int]()
    open_: NDArray[Any] = odds
    while len(taken) < min(count, shows.shape[1]):
        goes_with = shows.T @ open_ / photos
        goes_with[taken] = -np.inf
        best = int(goes_with.argmax())
        if goes_with[best] <= FAINTEST:
            break
        taken.append(best)
        chosen = shows[:, taken].astype(np.float64)
        within = chosen.T @ chosen + RIDGE * photos * np.eye(len(taken))
        open_ = odds - chosen @ np.linalg.solve(within, chosen.T @ odds)
    return taken


def standardised(values: NDArray[Any]) -> NDArray[Any]:
    """[n] or [n, p] -> the same less its mean, in standard deviations, of each column."""
    spread: NDArray[Any] = (values - values.mean(axis=0)) / np.maximum(values.std(axis=0), 1e-6)
    return spread
