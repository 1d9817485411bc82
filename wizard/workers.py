"""Whether somebody takes what waits in a queue: workers leave word in Redis, and pages look where somebody waits.

`/readyz` asks the workers themselves, and waits a second for one that is silent: more certain, and too slow for a page.
"""

from __future__ import annotations

from django.utils.translation import gettext

from wizard import store

KEY = "wizard:worker:{}"
SILENT_SECONDS = 30  # they leave word every two


def leave_word(queue: str) -> None:
    store.put(KEY.format(queue), 1, seconds=SILENT_SECONDS)


def trouble_of(queue: str) -> str:
    """Why nothing is taken from `score` or `train` just now, in a sentence; empty when somebody does."""
    try:
        if store.redis().exists(KEY.format(queue)):
            return ""
    except store.UNREACHABLE:
        return gettext("Redis does not answer just now. Nothing is lost: what waits goes on by itself once it is back.")
    if queue == "train":
        return gettext(
            "The train worker is away just now. Nothing is lost: the training starts by itself once it is back."
        )
    return gettext("The score worker is away just now. Nothing is lost: what waits goes on by itself once it is back.")
