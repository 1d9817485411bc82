"""What the clients were told, against what the database and the files hold. Run with an instance's environment:

    python -m torture.audit journal.jsonl

It prints every violation in words. Whatever cleans up after a fault has run before.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wizard.settings")
django.setup()

from django.contrib.auth.models import User  # noqa: E402  (after setup)
from django.core.files.storage import default_storage  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.models import F  # noqa: E402
from PIL import Image  # noqa: E402

from classifier.learned import load_file  # noqa: E402
from classifier.model import current_backbone  # noqa: E402
from classifier.models import ClassificationResult, Photo, PhotoEmbedding, Taste  # noqa: E402
from torture.journal import Expected, read  # noqa: E402
from training.learn.version_file import VersionFileError  # noqa: E402
from training.models import Activation, ModelVersion, TrainingJob  # noqa: E402
from wizard.orphans import find_orphans  # noqa: E402

Violations = Iterator[str]


def told_nothing_wrong(expected: Expected) -> Violations:
    yield from expected.wrong


def the_database_is_sound(expected: Expected) -> Violations:
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        for check in ("integrity_check", "foreign_key_check"):
            cursor.execute(f"PRAGMA {check}")
            yield from (f"PRAGMA {check}: {row}" for row in cursor.fetchall() if row != ("ok",))


def acknowledged_uploads_are_there(expected: Expected) -> Violations:
    rows = {row[0]: row[1:] for row in Photo.objects.values_list("pk", "owner__username", "sha256", "deleted_at")}
    for photo, (owner, sha256) in expected.photos.items():
        if photo not in rows:
            yield f"photo {photo} of {owner} was acknowledged and is gone"
        elif rows[photo] != (owner, sha256, None):
            yield f"photo {photo} of {owner} was acknowledged with {sha256[:8]} and is now {rows[photo]}"
    for photo in expected.deleted & rows.keys():
        yield f"photo {photo} was deleted, so it was said, and is here"


def acknowledged_answers_are_there(expected: Expected) -> Violations:
    answered = ClassificationResult.objects.filter(user_feedback__isnull=False)
    count = Counter(answered.values_list("photo", flat=True))
    yield from (f"photo {photo} has {number} answers at once" for photo, number in count.items() if number > 1)
    given = dict(answered.values_list("photo", "user_feedback"))
    for photo, allowed in expected.answers.items():
        if given.get(photo) not in allowed:
            yield f"photo {photo} is answered {given.get(photo)}; it was acknowledged as {_words(allowed)}"


def every_photo_has_its_files(expected: Expected) -> Violations:
    for photo in Photo.objects.all():
        for name in (str(photo.image.name), str(photo.thumbnail.name)):
            try:
                with default_storage.open(name) as file, Image.open(file) as picture:
                    picture.load()
            except Exception as error:  # PIL raises nearly anything for half a file
                yield f"photo {photo.pk}: its file {name} cannot be read ({type(error).__name__}: {error})"


def no_file_is_left_over(expected: Expected) -> Violations:
    """After the product's own clearing up; see `settle`."""
    yield from (f"file {name} belongs to nothing" for name in find_orphans(older_than=timedelta(0)))


def every_photo_is_scored_by_the_version_that_serves(expected: Expected) -> Violations:
    active = dict(ModelVersion.objects.filter(is_active=True).values_list("owner", "pk"))
    seen = set(PhotoEmbedding.objects.filter(backbone=current_backbone().id).values_list("photo", flat=True))
    results = ClassificationResult.objects.filter(is_current=True)
    count = Counter(results.values_list("photo", flat=True))
    version = dict(results.values_list("photo", "model_version"))
    for photo in Photo.objects.filter(deleted_at=None):
        if photo.status != Photo.Status.READY:
            yield f"photo {photo.pk} is {photo.status} ({photo.unreadable_reason}), attempts {photo.attempts}"
        elif photo.pk not in seen:
            yield f"photo {photo.pk} is ready and has no embedding"
        elif count[photo.pk] != 1:
            yield f"photo {photo.pk} has {count[photo.pk]} current results"
        elif version[photo.pk] != active.get(photo.owner_id):
            serves = active.get(photo.owner_id)
            yield f"photo {photo.pk} is scored by version {version[photo.pk]}; {serves} serves"
    for taste in Taste.objects.filter(scored_revision__lt=F("revision")):
        yield f"{taste.owner} waits for a re-scoring: {taste.scored_revision} of {taste.revision}"


def no_job_is_stuck(expected: Expected) -> Violations:
    yield from (f"{job} of {job.owner} is open" for job in TrainingJob.objects.open())
    owners = dict(TrainingJob.objects.values_list("pk", "owner__username"))
    for job, owner in expected.jobs.items():
        if owners.get(job) != owner:
            yield f"training {job} of {owner} was acknowledged and is not there"
    for done in TrainingJob.objects.filter(status=TrainingJob.Status.COMPLETED, version=None):
        yield f"{done} has no version"


def one_version_serves(expected: Expected) -> Violations:
    for owner in User.objects.all():
        versions = ModelVersion.objects.filter(owner=owner)
        active = list(versions.filter(is_active=True).values_list("pk", flat=True))
        if len(active) != 1 and versions.exists():
            yield f"{owner} has {len(active)} active versions"
        last = Activation.objects.filter(owner=owner).first()
        if active and (last is None or last.version_id != active[0]):
            yield f"{owner}: version {active[0]} serves, and the history says {last}"


def every_version_loads(expected: Expected) -> Violations:
    for version in ModelVersion.objects.exclude(file=""):
        try:
            if load_file(version) is None:
                yield f"{version} of {version.owner} cannot serve"
        except VersionFileError as error:
            yield f"{version} of {version.owner}: {error}"


CHECKS: tuple[Callable[[Expected], Violations], ...] = (
    told_nothing_wrong,
    the_database_is_sound,
    acknowledged_uploads_are_there,
    acknowledged_answers_are_there,
    every_photo_has_its_files,
    no_file_is_left_over,
    every_photo_is_scored_by_the_version_that_serves,
    no_job_is_stuck,
    one_version_serves,
    every_version_loads,
)


def _words(allowed: set[str | None]) -> str:
    return " or ".join(sorted(str(each) for each in allowed))


if __name__ == "__main__":
    told = Expected(read(Path(sys.argv[1])))
    for check in CHECKS:
        for violation in check(told):
            print(f"{check.__name__.replace('_', ' ')}: {violation}")
