"""Which parts of a picture raised or lowered what is said of it."""

from __future__ import annotations

import copy
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import torch
from django.utils.translation import gettext_noop
from torch import Tensor

from classifier.clip.towers import Tail
from classifier.learned import load_file, read_stems
from classifier.model import get_engine, get_statistics
from classifier.questions.relevance import grid_of, log_odds_of, relevance
from classifier.scoring import phrase_direction
from training.models import ModelVersion

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.contrib.auth.models import User


def why_map(owner: User, about: dict[str, Any]) -> dict[str, Any]:
    """{"grid": g rows of g numbers in [-1, 1]}: what each patch adds, against the mean of the picture's patches.

    About {"photo", "phrase"}, a text; or {"photo", "version"}, the head that this version learned. Gradient times
    input (Shrikumar 2017, arXiv:1704.02685) on the kept stem activations, one pass of the tail forth and back; the
    whole is scaled so that the strongest patch is 1 or -1.
    """
    stems = read_stems(owner.pk, [about["photo"]])
    if about["photo"] not in stems:
        return {"error": gettext_noop("The photo can no longer be read.")}
    tokens = torch.from_numpy(stems[about["photo"]]).float()[None]
    if "phrase" in about:
        return {"grid": grid_of(relevance(tokens, along_phrase(about["phrase"])))}
    version = ModelVersion.objects.owned_by(owner).filter(pk=about["version"]).first()
    learned = by_version(version.pk, version.sha256) if version and not version.is_base else None
    if learned is None:
        return {"error": gettext_noop("This version has learned nothing that could be shown.")}
    return {"grid": grid_of(relevance(tokens, learned))}


def along_phrase(phrase: str) -> Callable[[Tensor], Tensor]:
    """How much of the phrase is in a picture: stem tokens f32 [n, T, W] -> f32 [n], with a gradient."""
    engine = get_engine()
    direction = phrase_direction(engine.encode_phrases([phrase])[0], engine.neutral, get_statistics())
    tail, towards = _plain_tail(), torch.from_numpy(direction)
    return lambda tokens: tail(tokens) @ towards


@lru_cache(maxsize=1)
def _plain_tail() -> Tail:
    return copy.deepcopy(get_engine().tail_module).float().requires_grad_(False)


@lru_cache(maxsize=2)
def by_version(version_id: int, sha256: str) -> Callable[[Tensor], Tensor] | None:
    """The log odds of a like, as `log_odds_of` makes them; None when the version cannot serve."""
    version = load_file(ModelVersion.objects.get(pk=version_id))
    return log_odds_of(version, _plain_tail()) if version else None
