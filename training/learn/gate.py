"""May a new version take over? It has to beat the one that serves, on the same photos."""

from dataclasses import dataclass

import numpy as np

from training.learn.data import Floats, Labels
from training.learn.figures import auc, resamples
from training.learn.intervals import Figure, wilson

SURE_ENOUGH = 0.75
"""Share of resamplings in which the new version ranks better. Half would be a coin toss; the usual 0.95 would
refuse nearly every real improvement at a hundred answers, and keeping an older version costs the user too."""
FEWEST_PER_CLASS = 5
LOPSIDED = 0.65  # share of the larger class from which on accuracy alone says too little


@dataclass(frozen=True)
class Verdict:
    """A paired comparison on `photos` labelled photos that neither version learned from, and what to say of it."""

    better: bool
    sentence: str
    photos: int


def compare(
    labels: Labels,
    new: Floats,
    active: Floats | None,
    *,
    active_name: str = "The active version",
    if_too_few: str = "",
    seed: int = 0,
) -> Verdict:
    """Both score the same photos, out of fold or answered later: P(like) f64 [n], `active` None for the base.

    The new version is better when its AUC is higher, also in SURE_ENOUGH of the bootstrap's resamplings (Efron 1979);
    the base puts half of all pairs in the right order. Deterministic for a given seed.

    A photo that the active version cannot score without having learned from it does not belong here; mark it
    with a NaN and it is left out of the comparison. `if_too_few` is a sentence to add when too few photos are left.
    """
    known = np.ones(len(labels), bool) if active is None else ~np.isnan(active)
    labels, new = labels[known], new[known]
    photos, likes = len(labels), int(labels.sum())
    if min(likes, photos - likes) < FEWEST_PER_CLASS:
        few = f"Too few photos to compare with {_lower(active_name)}."
        return Verdict(False, f"{few} {if_too_few}".strip(), photos)
    rival = np.zeros(photos) if active is None else active[known]
    gains = [auc(new[draw], labels[draw]) - auc(rival[draw], labels[draw]) for draw in resamples(labels, seed)]
    gain = auc(new, labels) - auc(rival, labels)
    certainty = float(np.mean(np.array(gains) > 0))
    better = gain > 0 and certainty >= SURE_ENOUGH
    before = None if active is None else _accuracy(rival, labels)
    return Verdict(better, _sentence(better, labels, _accuracy(new, labels), before, active_name), photos)


def _accuracy(probabilities: Floats, labels: Labels) -> Figure:
    right = (probabilities >= 0.5) == (labels == 1)
    return wilson(int(right.sum()), len(right))


def _sentence(better: bool, labels: Labels, new: Figure, active: Figure | None, active_name: str) -> str:
    """'81 % accurate (74-87), version 3 was 76 % on the same photos.'"""
    said = f"{_percent(new.value)} % accurate ({_percent(new.low)}-{_percent(new.high)})"
    if active is None:
        said += f" on {len(labels)} photos it had not seen."
        common = max(float(labels.mean()), 1 - float(labels.mean()))
        if common >= LOPSIDED:  # four in five are easily right where four in five are disliked
            said += f" Always saying {'yes' if labels.mean() > 0.5 else 'no'} would be {_percent(common)} %."
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
