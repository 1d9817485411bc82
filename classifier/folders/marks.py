"""What was looked at in folders, so that nothing is imported twice: not after a restart, not after it was deleted."""

from __future__ import annotations

import hmac
import os
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac

from classifier.folders.scan import Found
from wizard.owned import Owned, OwnedQuerySet

if TYPE_CHECKING:
    from django.contrib.auth.models import User

LOOKED_UP_AT_ONCE = 500
ATTEMPTS = 3


class ImportedFile(Owned):
    """A file of a folder that was looked at.

    begun ──> taken
      └─────> refused

    The row outlives the photo: that is what it is for, since a photo deleted here must not come back from the folder.
    So it holds nothing that can be read: no name, no path, no picture, no time. `fingerprint` is a hash of path, size
    and time of change under the instance's secret key; `content` is the sha256 of the file, as `Photo` has it, by which
    a renamed file or a copy is known again; once the photo is deleted, a hash of that under the same key.

    A file whose reading never ended (the machine ran out of memory, say) is tried three times, then refused.
    """

    class Outcome(models.TextChoices):
        BEGUN = "begun", "Begun"
        TAKEN = "taken", "Taken"
        REFUSED = "refused", "Refused"

    fingerprint = models.CharField(max_length=64)
    content = models.CharField(max_length=64, blank=True, help_text="Of a file that was taken.")
    outcome = models.CharField(max_length=8, choices=Outcome.choices, default=Outcome.BEGUN)
    attempts = models.PositiveSmallIntegerField(default=0, help_text="How often its reading began and did not end.")

    objects = OwnedQuerySet["ImportedFile"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "fingerprint"], name="a_file_is_looked_at_once"),
            models.CheckConstraint(condition=Q(outcome="taken") ^ Q(content=""), name="taken_files_have_a_content"),
        ]
        indexes = [
            models.Index(fields=["owner", "content"], condition=Q(outcome="taken"), name="imported_content"),
        ]

    def __str__(self) -> str:
        return f"{self.fingerprint[:8]}, {self.outcome}"

    @property
    def is_settled(self) -> bool:
        return self.outcome != self.Outcome.BEGUN


class Marked(NamedTuple):
    """A file, and what is known of it: None at the first look."""

    found: Found
    mark: ImportedFile | None


def with_marks(*, owner: User, files: Iterable[Found]) -> Iterator[Marked]:
    """One query for every few hundred files, and no file is opened."""
    rest = iter(files)
    while some := list(islice(rest, LOOKED_UP_AT_ONCE)):
        by_fingerprint = {fingerprint_of(found): found for found in some}
        rows = ImportedFile.objects.owned_by(owner).filter(fingerprint__in=by_fingerprint)
        known = {row.fingerprint: row for row in rows}
        for fingerprint, found in by_fingerprint.items():
            yield Marked(found, known.get(fingerprint))


def was_taken(*, owner: User, content: str) -> bool:
    """Whether a file of this content, whatever its name, was imported before."""
    taken = ImportedFile.Outcome.TAKEN
    either = (content, hidden(content))
    return ImportedFile.objects.owned_by(owner).filter(content__in=either, outcome=taken).exists()


def hide_deleted(*, owner: User, content: str) -> None:
    """The photo is gone: who has the file, but not the instance's key, cannot find out that it was here."""
    ImportedFile.objects.owned_by(owner).filter(content=content).update(content=hidden(content))


def hidden(content: str) -> str:
    return hmac.digest(_key(), content.encode(), "sha256").hex()


def begin(*, owner: User, marked: Marked) -> None:
    """Count the attempt before the file is decoded, since that may end the process."""
    _keep(owner, marked.found, attempts=(marked.mark.attempts if marked.mark else 0) + 1)


def take_back_begin(*, owner: User, marked: Marked) -> None:
    """It was not the file's fault."""
    _keep(owner, marked.found, attempts=marked.mark.attempts if marked.mark else 0)


def mark_taken(*, owner: User, found: Found, content: str) -> None:
    _keep(owner, found, outcome=ImportedFile.Outcome.TAKEN, content=content)


def mark_refused(*, owner: User, found: Found) -> None:
    _keep(owner, found, outcome=ImportedFile.Outcome.REFUSED)


def _keep(owner: User, found: Found, *, outcome: str = "begun", content: str = "", attempts: int = 0) -> None:
    """Written over what was known of the file; two watchers at once end with one row."""
    row = ImportedFile(
        owner=owner, fingerprint=fingerprint_of(found), outcome=outcome, content=content, attempts=attempts
    )
    ImportedFile.objects.bulk_create(
        [row],
        update_conflicts=True,
        unique_fields=["owner", "fingerprint"],
        update_fields=["outcome", "content", "attempts"],
    )


def fingerprint_of(found: Found) -> str:
    """Tells this file, unchanged, from every other one, and nothing to whoever has not the key."""
    described = os.fsencode(found.path) + f"\0{found.size}\0{found.changed}".encode()
    return hmac.digest(_key(), described, "sha256").hex()


@lru_cache(maxsize=1)
def _key() -> bytes:
    return salted_hmac("classifier.folders", "fingerprint", algorithm="sha256").digest()
