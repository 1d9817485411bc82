"""The web's side: ask once, look until the answer is there. Light: no model here."""

from __future__ import annotations

import hashlib
import json
import time
from typing import TYPE_CHECKING, Any

from classifier.model import current_backbone
from classifier.models import PhotoEmbedding
from wizard import store

if TYPE_CHECKING:
    from django.contrib.auth.models import User

KEPT_SECONDS = 15 * 60
ASKED_AGAIN_AFTER = 30  # seconds without an answer
LOOK_SECONDS = 0.03


def ask(owner: User, question: str, *, wait: float = 0, **about: Any) -> Any:
    """The score worker's answer, of JSON; None while it is on its way. `wait` is how many seconds to look for it.

    An answer is kept for a while, and holds as long as no photo comes or goes and the same version serves.
    """
    from classifier.tasks import answer_question

    about["library"] = library_state(owner)
    words = json.dumps([question, current_backbone().id, about], sort_keys=True)
    key = f"wizard:answer:{owner.pk}:{hashlib.sha256(words.encode()).hexdigest()[:32]}"
    found = store.get(key)
    if found is None and store.is_first(f"{key}:asked", seconds=ASKED_AGAIN_AFTER):
        try:
            answer_question.delay(owner.pk, question, about, key)
        except answer_question.OperationalError:  # no broker: the next look asks again
            store.forget(f"{key}:asked")
    until = time.monotonic() + wait
    while found is None and time.monotonic() < until:
        time.sleep(LOOK_SECONDS)
        found = store.get(key)
    return found


def library_state(owner: User) -> list[int]:
    """Another one whenever a photo comes or goes."""
    embeddings = PhotoEmbedding.objects.owned_by(owner).filter(backbone=current_backbone().id)
    newest = embeddings.order_by("-pk").values_list("pk", flat=True).first()
    return [embeddings.count(), newest or 0]
