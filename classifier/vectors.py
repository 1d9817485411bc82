"""A person's library as the score worker holds it: photo ids and unit vectors, kept from one task to the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from classifier.model import current_backbone
from classifier.models import PhotoEmbedding
from classifier.questions.asking import library_state
from classifier.questions.nearest import indexes
from wizard import forgetting

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from classifier.scoring import Floats

KEPT_LIBRARIES = 3


@dataclass(frozen=True)
class Library:
    """ids: photos, oldest first; vectors: their unit vectors, fp32 [n, d]."""

    state: list[int]
    ids: list[int]
    vectors: Floats

    def __post_init__(self) -> None:
        self.vectors.flags.writeable = False  # others hold it too


_kept: dict[tuple[int, str], Library] = {}


def library_of(owner: User) -> Library:
    """Read once, and then only what came in since; anew when a photo has gone."""
    key = (owner.pk, current_backbone().id)
    state, kept = library_state(owner), _kept.pop(key, None)
    if kept is None or kept.state != state:
        kept = _grown(owner, kept, state) or _read(owner, state)
    _kept[key] = kept
    while len(_kept) > KEPT_LIBRARIES:
        del _kept[next(iter(_kept))]  # the one that was asked for longest ago
    return kept


def forget_library(owner_id: int) -> None:
    """Of the memory of this process, and soon of the others'."""
    drop_library(owner_id)
    forgetting.tell(owner_id)


def drop_library(owner_id: int) -> None:
    for key in [key for key in _kept if key[0] == owner_id]:
        del _kept[key]
    indexes.forget(owner_id)


def _grown(owner: User, kept: Library | None, state: list[int]) -> Library | None:
    """With the photos that came in; None when some have gone, or were embedded out of their order."""
    if kept is None or not kept.ids:
        return None
    new = _read(owner, state, after=kept.state[1])
    if not new.ids:  # one that was counted has just been deleted
        return None
    if len(kept.ids) + len(new.ids) != state[0] or new.ids[0] < kept.ids[-1]:
        return None
    return Library(state, kept.ids + new.ids, np.concatenate([kept.vectors, new.vectors]))


def _read(owner: User, state: list[int], *, after: int = 0) -> Library:
    """From the database: all embeddings, or those of a primary key `after` this one."""
    embeddings = PhotoEmbedding.objects.owned_by(owner).filter(backbone=current_backbone().id, pk__gt=after)
    stored = list(embeddings.order_by("photo_id").values_list("photo_id", "vector"))
    return Library(state, [photo_id for photo_id, _ in stored], unit_vectors([bytes(vector) for _, vector in stored]))


def unit_vectors(stored: Sequence[bytes]) -> Floats:
    """Stored halves -> f32 [n, d] of unit length.

    Rounding to halves changes a vector's length a little. Training and scoring both read vectors here, so that both
    measure the same distances.
    """
    vectors = np.frombuffer(b"".join(stored), dtype="<f2").reshape(len(stored), -1 if stored else 0).astype(np.float32)
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6)
    return vectors
