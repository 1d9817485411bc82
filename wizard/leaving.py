"""An account is deleted: switched off at once, then removed piece by piece by the score worker.

Rows go first, then files, then what Redis and this worker remember. What was still on its way then (an upload, an
answer of another worker) belongs to nobody and is swept up for an hour more; then the last trace, a number, goes too.
"""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from axes.models import AccessAttempt
from django.contrib.admin.models import LogEntry
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction
from django.utils import timezone

from classifier.models import Photo
from training.live import forget_live
from training.models import TrainingJob
from training.services import JobHasEnded, cancel_job
from wizard import erasing, store, tokens
from wizard.models import Leaving
from wizard.sending import send_on_commit

if TYPE_CHECKING:
    from django.db.models import QuerySet

TURN_SECONDS = 2.0  # at a time: between turns the score worker looks after everybody else
PHOTOS_AT_ONCE = 200
JOB_SECONDS = 2  # a training that was cancelled ends within a second or two
LOG_SECONDS = 2  # whoever reads the database in this moment is soon done
CLAIM_SECONDS = 50
SWEPT_FOR = timedelta(hours=1)  # longer than any task may last


def ask_to_leave(*, user: User) -> None:
    """Nobody gets in any more, from this moment on; everything of theirs is removed behind the scenes."""
    from wizard.tasks import remove_person

    with transaction.atomic():
        User.objects.filter(pk=user.pk).update(is_active=False)
        tokens.revoke_all(owner=user)
        for job in TrainingJob.objects.owned_by(user).open():
            with suppress(JobHasEnded):
                cancel_job(job=job)
        Leaving.objects.get_or_create(person=user.pk)
        send_on_commit(remove_person, user.pk)


def take_turn(person: int) -> float | None:
    """Remove what there is time for. In how many seconds to go on; None when nothing is left.

    Only of somebody who asked for it: any other number is left alone.
    """
    if not Leaving.objects.filter(person=person).exists():
        return None
    store.put(f"wizard:leaving:{person}", "under way", seconds=CLAIM_SECONDS)
    until = time.monotonic() + TURN_SECONDS
    user = User.objects.filter(pk=person).first()
    if user is not None:
        if _has_open_jobs(user):
            return JOB_SECONDS
        if not _remove_photos(Photo.objects.filter(owner=user), until) or not _remove_rows(user):
            return 0
    if not all(erasing.remove_folder(f"{folder}/{person}", until=until) for folder in erasing.FOLDERS):
        return 0
    _forget(person)
    return None if erasing.empty_the_log() else LOG_SECONDS


def finish() -> None:
    """Go on with what was interrupted, and sweep up after those who left within the hour."""
    from wizard.tasks import remove_person

    for leaving in Leaving.objects.all():
        if store.get(f"wizard:leaving:{leaving.person}"):
            continue  # a turn is on its way
        if take_turn(leaving.person) is not None:
            remove_person.delay(leaving.person)
        elif leaving.asked_at < timezone.now() - SWEPT_FOR:
            leaving.delete()


def _has_open_jobs(user: User) -> bool:
    """Asks those to stop that began in the meantime. One whose worker is gone is ended by beat."""
    for job in TrainingJob.objects.owned_by(user).open():
        with suppress(JobHasEnded):
            cancel_job(job=job)
    return TrainingJob.objects.owned_by(user).open().exists()


def _remove_photos(photos: QuerySet[Photo], until: float) -> bool:
    """With all that hangs on them, in short transactions; False when there was no time for all."""
    while some := list(photos.order_by("pk").values_list("pk", flat=True)[:PHOTOS_AT_ONCE]):
        if time.monotonic() > until:
            return False
        photos.filter(pk__in=some).delete()
    return True


def _remove_rows(user: User) -> bool:
    """Every other row, the account's own last; False when another one came in this moment."""
    for session in Session.objects.iterator():
        if session.get_decoded().get(SESSION_KEY) == str(user.pk):
            session.delete()
    forget_live(TrainingJob.objects.owned_by(user).values_list("pk", flat=True))
    try:
        with transaction.atomic():
            # What names them, and nothing leads to.
            AccessAttempt.objects.filter(username=user.username).delete()
            about = ContentType.objects.get_for_model(User)
            LogEntry.objects.filter(content_type=about, object_id=str(user.pk)).delete()
            user.delete()
    except IntegrityError:
        return False
    return True


def _forget(person: int) -> None:
    from classifier.learned import forget_versions
    from classifier.vectors import forget_library

    erasing.forget_person(person)
    forget_library(person)
    forget_versions()
