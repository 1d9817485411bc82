"""Delete for good what is in the trash, before its time."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.db import transaction

from classifier import services
from classifier.models import Photo, PhotoQuerySet
from wizard import erasing, files
from wizard.sending import send_on_commit

if TYPE_CHECKING:
    from django.contrib.auth.models import User

log = logging.getLogger(__name__)

AT_ONCE = 30
"""So many photos are deleted while their owner waits; more of them by the score worker."""
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def delete_now(*, owner: User, photos: PhotoQuerySet) -> int:
    """Delete photos of the owner's trash for good; returns how many.

    They are out of reach at once: what is not deleted here, the worker or the next turn of beat deletes.
    """
    from classifier.tasks import empty_trash

    with transaction.atomic():
        some = list(photos.order_by("pk").values_list("pk", flat=True)[: AT_ONCE + 1])
        count = photos.update(deleted_at=_LONG_AGO)
        if len(some) > AT_ONCE:
            send_on_commit(empty_trash)
            return count
    for photo in Photo.objects.filter(owner=owner, pk__in=some, deleted_at=_LONG_AGO):
        try:
            services.delete_photo(photo=photo)
        except files.StorageAway as away:
            log.warning("what was deleted is kept out of reach for now: %s", away)
            break
    erasing.empty_the_log()
    return count
