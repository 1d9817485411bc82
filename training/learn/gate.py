"""May a new version take over? It has to beat the one that serves, on the same photos."""

from dataclasses import dataclass

import numpy as np

from training.learn.data import Floats, Indices, Labels
from training.learn.figures import accuracy, auc, liked_pictures, resamples, widened
from training.learn.intervals import Figure

SURE_ENOUGH = 0.75
"""Share of resamplings in which the new version ranks better. Half would be a coin toss; the usual 0.95 would
refuse nearly every real improvement at a hundred answers, and keeping an older version costs the user too."""
CLEAR = 0.95
"""The same against the base. One person in four would otherwise get a version that has learned nothing: of answers
that follow no taste, a quarter pass at .75. A taste that can be learned passes easily, since the base says nothing."""
FEWEST_PER_CLASS = 5
LOPSIDED = 0.65  # share of the larger class from which on accuracy alone says too little


@dataclass(frozen=True)
class Verdict:
    """A paired comparison on labelled photos that neither version learned from, `photos` of them different, and what to
    say of it."""

    better: bool
    sentence: str
    photos: int


def compare(
    labels: Labels,
    new: Floats,
    active: Floats | None,
    groups: Indices | None = None,
    *,
    active_name: str = "The active version",
    if_too_few: str = "",
    folds: int | None = None,
    seed: int = 0,
) -> Verdict:
    """Both score the same photos, out of fold or answered later: P(like) f64 [n], `active` None for the base.

    The new version is better when its AUC is higher, also in enough of the bootstrap's resamplings (Efron 1979): in
    SURE_ENOUGH of them, or in CLEAR of them against the base, which puts half of all pairs in the right order.
    `groups` i64 [n] say which photos show one picture: those are drawn together, and count once. `folds` are those of
    the new version's cross-validation, None for fresh photos. Deterministic for a given seed.

    A photo that the active version cannot score without having learned from it does not belong here; mark it
    with a NaN and it is left out of the comparison. `if_too_few` is a sentence to add when too few photos are left.
    """
    groups = np.arange(len(labels)) if groups is None else groups
    known = np.ones(len(labels), bool) if active is None else ~np.isnan(active)
    labels, new, groups = labels[known], new[known], groups[known]
    likes, pictures = liked_pictures(labels, groups)
    if min(likes, pictures - likes) < FEWEST_PER_CLASS:
        few = f"Too few photos to compare with {_lower(active_name)}."
        return Verdict(False, f"{few} {if_too_few}".strip(), pictures)
    rival = np.zeros(len(labels)) if active is None else active[known]
    gains = [auc(new[draw], labels[draw]) - auc(rival[draw], labels[draw]) for draw in resamples(labels, seed, groups)]
    gain = auc(new, labels) - auc(rival, labels)
    if active is None:
        better = gain > 0 and float(np.mean(widened(np.array(gains), gain, folds) > 0)) >= CLEAR
    else:
        better = gain > 0 and float(np.mean(np.array(gains) > 0)) >= SURE_ENOUGH
    before = None if active is None else accuracy(rival, labels, groups)
    after = accuracy(new, labels, groups, folds)
    return Verdict(better, _sentence(better, likes / pictures, pictures, after, before, active_name), pictures)


def _sentence(better: bool, liked: float, pictures: int, new: Figure, active: Figure | None, active_name: str) -> str:
    """'81 % accurate (74-87), version 3 was 76 % on the same photos.'"""
    said = f"{_percent(new.value)} % accurate ({_percent(new.low)}-{_percent(new.high)})"
    if active is None:
        said += f" on {pictures} photos it had not seen."
        common = max(liked, 1 - liked)
        if common >= LOPSIDED:  # four in five are easily right where four in five are disliked
            said += f" Always saying {'yes' if liked > 0.5 else 'no'} would be {_percent(common)} %."
    else:
        said += f", {_lower(active_name)} was {_percent(active.value)} % on the same photos."
    if not better:
        return f"{said} It is not clearly better at telling likes from dislikes, so {_lower(active_name)} stays."
    if active is not None and new.value <= active.value:
        return f"{said} It ranks them better."
    return said


def _percent(share: float) -> str:
    return f"{100 * share:.0f}"


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:]
