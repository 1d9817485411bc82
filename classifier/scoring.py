"""The score: three components in [0, 1], each with its reason. Plain numpy; no database, no torch.

A raw cosine says little: cosines shift from phrase to phrase and from model to model. So each phrase is
measured against the neutral prompts, then against the owner's own library: how far does this photo stand
out, in standard deviations? The backbone's background statistics count as a prior of `PRIOR_PHOTOS`
photos, so that a library of three photos does not declare one of them extraordinary.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.clip.statistics import BackgroundStatistics

Floats = NDArray[np.float32]

PRIOR_PHOTOS = 20
CENTRE, SLOPE = 1.0, 2.0  # a phrase one standard deviation above the mean counts half; none, an eighth
AVOIDED_CENTRE, AVOIDED_SLOPE = 1.5, 2.5  # what is avoided takes away only where it is fairly sure to be there
BEST_SHARE = 0.85  # a photo need not show everything that is wanted; showing more of it helps a little
FAINTLY_PRESENT = 0.4  # below this a phrase is not worth a sentence
CLEARLY_PRESENT = 2.0  # standard deviations; about one unrelated photo in forty reaches it by chance
NOTHING_WANTED = 0.7  # what the absence of everything avoided is worth when no phrase is wanted
RANKED_FROM = 20  # photos in the library before "top 8 % of your photos" means something
_SMALLEST_DEVIATION = 1e-3


@dataclass(frozen=True)
class Phrase:
    text: str
    is_wanted: bool
    weight: float
    is_dealbreaker: bool
    vector: Floats  # unit, [d]


@dataclass(frozen=True)
class Recipe:
    """What one person's scores are made of."""

    phrases: Sequence[Phrase]
    reference_rows: Sequence[int]  # rows of the library that are reference photos
    semantic_weight: float
    reference_weight: float
    learned_weight: float
    match_threshold: float
    super_like_threshold: float


@dataclass(frozen=True)
class Scored:
    score: float | None
    is_match: bool
    is_super_match: bool
    components: dict[str, dict[str, Any]]
    reasons: list[dict[str, str]]


@dataclass(frozen=True)
class _Measured:
    """One measure of every photo of the library: how far it stands out, and where it ranks."""

    z: Floats  # [n], standard deviations above the library's mean
    top: Floats  # [n], share of the library that reaches at least as much, in (0, 1]

    def of(self, rows: Sequence[int]) -> _Measured:
        """The same of these photos alone, in their order."""
        chosen = np.asarray(rows, np.int64)
        return _Measured(z=self.z[chosen], top=self.top[chosen])

    def presence(self, centre: float = CENTRE, slope: float = SLOPE) -> Floats:
        """[n], in (0, 1)."""
        return np.asarray(1 / (1 + np.exp(-slope * (self.z - centre))), dtype=np.float32)


_Phrases = Sequence[tuple[Phrase, _Measured]]


class MeasuredLibrary:
    """Every photo of one person's library against what they wrote and chose; then the scores of any of them.

    Measuring costs time in proportion to the library, scoring in proportion to the photos asked for.

    Args:
        vectors: unit vectors of the whole library, fp32 [n, d]; the yardstick for every row.
        neutral: unit vector of the neutral prompts, fp32 [d].
    """

    def __init__(
        self,
        vectors: Floats,
        recipe: Recipe,
        *,
        neutral: Floats,
        background: BackgroundStatistics | None = None,
    ) -> None:
        self.size = len(vectors)
        self._recipe = recipe
        self._phrases = [
            (phrase, _measure(vectors, phrase_direction(phrase.vector, neutral, background), background))
            for phrase in recipe.phrases
        ]
        self._references = _measure_references(vectors, recipe.reference_rows, background)

    def score(self, rows: Sequence[int], learned: Floats | None = None) -> list[Scored]:
        """One `Scored` for each of `rows`, in their order; its score is None when no component has a weight.

        `learned` is the calibrated probability of a like of each, [len(rows)] in [0, 1]; None without a head.
        """
        phrases = [(phrase, found.of(rows)) for phrase, found in self._phrases]
        references = self._references.of(rows) if self._references else None
        parts = self._parts(phrases, references, learned)
        scores, is_match = self._judge(phrases, parts, len(rows))
        total = sum(weight for weight, _ in parts.values())
        scored = []
        for row in range(len(rows)):
            said, reasons = self._say(row, phrases, references, learned)
            scored.append(
                Scored(
                    score=float(scores[row]) if total > 0 else None,
                    is_match=bool(is_match[row]),
                    is_super_match=bool(is_match[row] and scores[row] >= self._recipe.super_like_threshold),
                    components={
                        name: {"value": round(float(values[row]), 6), "weight": weight, "reason": said[name]}
                        for name, (weight, values) in parts.items()
                    },
                    reasons=reasons,
                )
            )
        return scored

    def _parts(
        self, phrases: _Phrases, references: _Measured | None, learned: Floats | None
    ) -> dict[str, tuple[float, Floats]]:
        """The components that there are: weight, and value of each photo."""
        parts: dict[str, tuple[float, Floats]] = {}
        if phrases:
            parts["semantic"] = (self._recipe.semantic_weight, _semantic(phrases))
        if references:
            parts["reference"] = (self._recipe.reference_weight, references.presence())
        if learned is not None:
            parts["learned"] = (self._recipe.learned_weight, learned)
        return parts

    def _judge(
        self, phrases: _Phrases, parts: dict[str, tuple[float, Floats]], count: int
    ) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Scores, nan where no component has a weight, and whether each is a match."""
        total = sum(weight for weight, _ in parts.values())
        scores: NDArray[np.float64] = np.full(count, np.nan)
        if total > 0:
            scores = np.zeros(count)
            for weight, values in parts.values():
                scores += np.multiply(values, weight / total, dtype=np.float64)
        broken = np.zeros(count, dtype=bool)
        for phrase, found in phrases:
            if phrase.is_dealbreaker:
                broken |= found.z >= CLEARLY_PRESENT
        threshold = self._recipe.match_threshold
        # Compared in the precision that is stored and shown, so that 0.6 is a match at a threshold of 0.6.
        np.minimum(scores, max(threshold - 0.01, 0.0), out=scores, where=broken)
        scores = scores.round(6)
        return scores, (scores >= threshold) & ~broken

    def _say(
        self, row: int, phrases: _Phrases, references: _Measured | None, learned: Floats | None
    ) -> tuple[dict[str, str], list[dict[str, str]]]:
        """A sentence for each component, and the reasons."""
        reasons = _phrase_reasons(row, phrases, self.size)
        said = {"semantic": reasons[0]["text"] if reasons else "Nothing you wrote stands out here"}
        if references:
            said["reference"] = _reference_reason(row, references, self.size)
        if learned is not None:
            share = int(100 * learned[row] + 1e-6)  # never rounded up, as the figure above it
            said["learned"] = f"{share} % likely that you would say yes"
        reasons += [{"kind": name, "text": said[name]} for name in ("reference", "learned") if name in said]
        return said, reasons


def phrase_direction(phrase: Floats, neutral: Floats, background: BackgroundStatistics | None) -> Floats:
    """What a photo is measured along for a phrase: the phrase's vector less what it shares with the neutral prompts.

    Both are unit vectors f32 [d]; the direction is none. Taking the neutral vector away whole adds noise where a phrase
    hardly follows it; taking away the least-squares share alone serves photos best and drawings worst. Half-way is
    nearly as good as the best of both.
    """
    share = (1 + background.share(phrase, neutral)) / 2 if background else 1.0
    return np.asarray(phrase - share * neutral, dtype=np.float32)


def _measure(vectors: Floats, direction: Floats, background: BackgroundStatistics | None) -> _Measured:
    return _standardise(vectors @ direction, background.along(direction) if background else None)


def _measure_references(
    vectors: Floats, reference_rows: Sequence[int], background: BackgroundStatistics | None
) -> _Measured | None:
    """0.7 of the likeness to the nearest reference photo and 0.3 of the mean likeness to all of them.

    A reference photo counts as like the others as they are like one another; the only one, as like itself.
    """
    if not reference_rows:
        return None
    references = vectors[list(reference_rows)]
    likeness = vectors @ references.T
    if len(reference_rows) > 1:
        for column, row in enumerate(reference_rows):
            likeness[row, column] = np.delete(likeness[row], column).mean()
    prior = None
    if background:
        # Over photos in general the nearest of several lies a little above their mean: the largest mean stands for it.
        _, variance = background.along(references.mean(axis=0))
        prior = (float((references @ background.mean).max()), variance)
    return _standardise(0.7 * likeness.max(axis=1) + 0.3 * likeness.mean(axis=1), prior)


def _standardise(values: Floats, prior: tuple[float, float] | None) -> _Measured:
    """Standard deviations from the mean; mean and variance are pooled with those of the prior."""
    count = len(values)
    mean, deviation = pooled(float(values.mean()), float(values.var()), count, prior)
    z = (values - mean) / deviation
    reached = count - np.searchsorted(np.sort(values), values, side="left")
    return _Measured(z=z.astype(np.float32), top=(reached / count).astype(np.float32))


def pooled(mean: float, variance: float, count: int, prior: tuple[float, float] | None) -> tuple[float, float]:
    """Mean and standard deviation of a library of `count` photos, with those of the prior."""
    if prior:
        prior_mean, prior_variance = prior
        share = PRIOR_PHOTOS / (PRIOR_PHOTOS + count)
        between = share * (1 - share) * (prior_mean - mean) ** 2
        variance = share * prior_variance + (1 - share) * variance + between
        mean = share * prior_mean + (1 - share) * mean
    return mean, max(variance**0.5, _SMALLEST_DEVIATION)


def _semantic(phrases: _Phrases) -> Floats:
    """The best wanted phrase, a little of their mean, less the worst avoided one. [n] in [0, 1]."""
    count = len(phrases[0][1].z)
    wanted = _weighted([(phrase, found.presence()) for phrase, found in phrases if phrase.is_wanted])
    avoided = _weighted(
        [(phrase, found.presence(AVOIDED_CENTRE, AVOIDED_SLOPE)) for phrase, found in phrases if not phrase.is_wanted]
    )
    kept = np.full(count, NOTHING_WANTED)
    if wanted is not None:
        kept = BEST_SHARE * wanted.max(axis=0) + (1 - BEST_SHARE) * wanted.mean(axis=0)
    return np.asarray(kept if avoided is None else kept * (1 - avoided.max(axis=0)), dtype=np.float32)


def _weighted(found: Sequence[tuple[Phrase, Floats]]) -> Floats | None:
    """Presences by weight, the heaviest phrase whole: [phrases, n]; None without phrases."""
    if not found:
        return None
    heaviest = max(phrase.weight for phrase, _ in found)
    return np.stack([phrase.weight / heaviest * presence for phrase, presence in found])


def _phrase_reasons(row: int, phrases: _Phrases, library_size: int) -> list[dict[str, str]]:
    """One sentence for each phrase that stands out; dealbreakers first, then by strength."""
    found = []
    for phrase, measured in phrases:
        z = float(measured.z[row])
        strength = strength_of(z)
        if not strength:
            continue
        where = _rank(float(measured.top[row]), library_size)
        if phrase.is_wanted:
            kind, text = "want", f"{strength}: “{phrase.text}”{where}"
        elif phrase.is_dealbreaker and z >= CLEARLY_PRESENT:
            kind, text = "dealbreaker", f"Dealbreaker: “{phrase.text}” is clearly there{where}"
        else:
            kind, text = "avoid", f"{strength} sign of “{phrase.text}”, which you avoid{where}"
        found.append((kind == "dealbreaker", z * phrase.weight, {"kind": kind, "text": text}))
    return [reason for *_, reason in sorted(found, key=lambda each: each[:2], reverse=True)]


def _reference_reason(row: int, references: _Measured, library_size: int) -> str:
    likeness = {"Strong": "Much like", "Clear": "Like", "Faint": "A little like"}
    strength = strength_of(float(references.z[row]))
    if not strength:
        return "Not much like the photos you chose"
    return f"{likeness[strength]} the photos you chose{_rank(float(references.top[row]), library_size)}"


def strength_of(z: float) -> str | None:
    """What standard deviations above the mean are called: Strong, Clear, Faint, or nothing."""
    if z >= CLEARLY_PRESENT:
        return "Strong"
    if z >= CENTRE:
        return "Clear"
    return "Faint" if z >= FAINTLY_PRESENT else None


def _rank(top: float, library_size: int) -> str:
    if library_size < RANKED_FROM:
        return ""
    return f" (top {max(round(top * 100), 1)} % of your photos)"
