"""The web's side: ask once, look until the answer is there. Light: no model here."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from classifier.counts import kept
from classifier.model import current_backbone
from classifier.models import PhotoEmbedding
from wizard import store
from wizard.sending import send

if TYPE_CHECKING:
    from django.contrib.auth.models import User

KEPT_SECONDS = 15 * 60
MAP_KEPT_SECONDS = 30 * 24 * 60 * 60
ERROR_KEPT_SECONDS = 30
AT_ONCE = 4  # questions of one person on their way: nobody fills the score worker's queue alone
ASKED_AGAIN_AFTER = 30  # seconds without an answer
LOOK_SECONDS = 0.03


def ask(owner: User, question: str, *, wait: float = 0, **about: Any) -> Any:
    """The score worker's answer, of JSON; None while it is on its way. `wait` is how many seconds to look for it.

    An answer is kept for a while, and holds as long as no photo comes or goes and the same version serves.
    """
    from classifier.tasks import answer_question

    about["library"] = kept(owner.pk, f"library:{current_backbone().id}", lambda: library_state(owner))
    words = json.dumps([question, current_backbone().id, about], sort_keys=True)
    key = f"wizard:answer:{owner.pk}:{hashlib.sha256(words.encode()).hexdigest()[:32]}"
    found = store.get(key)
    if found is None and store.is_first(f"{key}:asked", seconds=ASKED_AGAIN_AFTER):
        slot = _free_slot(owner.pk)
        if slot is None:  # the next look asks again
            store.forget(f"{key}:asked")
            return None
        if not send(answer_question, owner.pk, question, about, key, slot):  # the next look asks again
            store.forget(f"{key}:asked", slot)
    until = time.monotonic() + wait
    while found is None and time.monotonic() < until:
        time.sleep(LOOK_SECONDS)
        found = store.get(key)
    return found


def forget_photos(owner_id: int, photo_ids: Collection[int]) -> None:
    """They were deleted: the map goes on without them, and other answers are asked for anew."""
    store.forget_like(f"wizard:answer:{owner_id}:*")

    def without(points: Any) -> Any:
        return [point for point in points if point[0] not in photo_ids] if points else None

    store.change(map_key(owner_id), without, seconds=MAP_KEPT_SECONDS)


def map_key(owner_id: int) -> str:
    """Where each photo was on the last map."""
    return f"wizard:map:{owner_id}:{current_backbone().id}"


def _free_slot(owner_id: int) -> str | None:
    """Taken until the answer is there, or until it is late."""
    slots = (f"wizard:asking:{owner_id}:{number}" for number in range(AT_ONCE))
    return next((slot for slot in slots if store.is_first(slot, seconds=ASKED_AGAIN_AFTER)), None)


def library_state(owner: User) -> list[int]:
    """Another one whenever a photo comes or goes."""
    embeddings = PhotoEmbedding.objects.owned_by(owner).filter(backbone=current_backbone().id)
    newest = embeddings.order_by("-pk").values_list("pk", flat=True).first()
    return [embeddings.count(), newest or 0]
