"""What the `score` worker does for accounts, and for what was left behind."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from celery.signals import heartbeat_sent

from wizard import workers
from wizard.queues import queue_of


@heartbeat_sent.connect
def leave_word(sender: Any, **kwargs: Any) -> None:
    """Every two seconds, from the process that the worker's children are forked from: also while they are busy."""
    workers.leave_word(queue_of(sender.eventer.hostname))


@shared_task
def remove_person(person_id: int) -> None:
    """A turn of removing somebody who deleted their account; sends itself again while something is left."""
    from wizard import leaving

    seconds = leaving.take_turn(person_id)
    if seconds is not None:
        remove_person.apply_async((person_id,), countdown=seconds)


@shared_task
def finish_leavings() -> None:
    """Go on where a removal was interrupted, and sweep up afterwards. Wrong passwords that no longer count and sessions
    that are over, which say when somebody was here, go too."""
    from django.contrib.sessions.backends.db import SessionStore

    from wizard import guessing, leaving

    leaving.finish()
    guessing.forget_old()
    SessionStore.clear_expired()


@shared_task
def remove_orphans() -> None:
    """Files whose row was never written, or is gone: a process was killed between the two."""
    from wizard.orphans import LEFT_FOR_GOOD, remove_orphans

    remove_orphans(older_than=LEFT_FOR_GOOD)
