"""Everything of one person's as a zip, made while it is read: no file of the whole, and no more of it in memory than a
picture and a page of rows, however large the library is.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import PurePath
from typing import IO, TYPE_CHECKING, Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, QuerySet
from django.forms.models import model_to_dict
from django.utils.translation import gettext, gettext_noop
from zipstream import ZipStream

from classifier.models import ClassificationResult, Photo, ReferencePhoto, ReviewAnswer, Taste, TextPreference
from training.exchange import export_version, file_name
from training.models import Activation, ModelVersion, TrainingJob
from training.versions import FileIsGone
from wizard import store
from wizard.models import ApiToken

if TYPE_CHECKING:
    from django.contrib.auth.models import User

ROWS_AT_ONCE = 200
PART = 64 * 1024  # bytes
# A download holds one of the few threads that serve pages, for as long as somebody reads.
AT_ONCE = 2
STALLED_SECONDS = 60  # a reader that takes no part in this time is let go
CLAIM_SECONDS = 2 * STALLED_SECONDS
BUSY = gettext_noop("Your last download is still under way; let it end, or try again two minutes after it broke off.")
OTHERS = gettext_noop("Others are downloading just now; try again in a few minutes.")
MAX_STEM_BYTES = 100  # a file name has at most 255 bytes, on encrypted disks 143; a kana has 3 bytes, an emoji 4
UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')

README = """Everything that Dating Wizard had of yours on the day you downloaded this.

photos/           your photos as they are kept: upright, without what the camera wrote into them
photos.json       of each photo: its file here, name, bio, every score with its reasons, your answer and its time
preferences.json  weights and thresholds, phrases, reference photos, API tokens without their texts
review.json       what you said in reviews, also "unsure" and "skip"
training.json     every version and every training, with their figures
versions/         what was learned: import these under Versions, in any Dating Wizard with the same model
Not here: vectors and activations. They are computed from the photos again wherever you add them.
"""


class Busy(Exception):
    """No download now; the message says why in one sentence."""


class Takeout:
    """The zip, in parts; `close` frees its place, whether it was read to its end or not at all."""

    def __init__(self, owner: User) -> None:
        """Raises Busy."""
        self.owner = owner
        self._mine = f"wizard:export:{owner.pk}"
        if not store.is_first(self._mine, seconds=CLAIM_SECONDS):
            raise Busy(gettext(BUSY))
        slots = (f"wizard:exporting:{number}" for number in range(AT_ONCE))
        self._slot = next((slot for slot in slots if store.is_first(slot, seconds=CLAIM_SECONDS)), "")
        if not self._slot:
            store.forget(self._mine)
            raise Busy(gettext(OTHERS))

    def __iter__(self) -> Iterator[bytes]:
        renewed = time.monotonic()
        for part in _stream(self.owner):
            if time.monotonic() - renewed > CLAIM_SECONDS / 4:
                renewed = time.monotonic()
                for key in (self._mine, self._slot):
                    store.put(key, 1, seconds=CLAIM_SECONDS)
            yield part

    def close(self) -> None:
        store.forget(self._mine, self._slot)


def _stream(owner: User) -> Iterator[bytes]:
    archive = ZipStream()  # stored as they are: pictures and weights are compressed already
    archive.add(README, "README.txt")
    for name, content in _members(owner):
        archive.add(content, name)
        yield from archive.all_files()
    yield from archive.finalize()


def _members(owner: User) -> Iterator[tuple[str, Iterable[bytes]]]:
    photos = Photo.objects.owned_by(owner)
    for photo in _rows(photos):
        try:
            picture = photo.image.open("rb")
        except FileNotFoundError:  # deleted in this moment
            continue
        yield path_of(photo), _parts(picture)
    yield "photos.json", _list(_rows(photos.prefetch_related("results__model_version")), _photo)
    yield "preferences.json", [_json(_preferences(owner))]
    yield "review.json", _list(_rows(ReviewAnswer.objects.owned_by(owner)), _said)
    yield "training.json", [_json(_training(owner))]
    for version in ModelVersion.objects.kept().owned_by(owner).exclude(file="").order_by("pk"):
        try:
            yield f"versions/{file_name(version)}", _parts(export_version(version))
        except FileIsGone:
            continue


def path_of(photo: Photo) -> str:
    """The photo's name after its id, because two photos may have the same name."""
    stem = UNSAFE.sub("_", PurePath(photo.source_name).stem)
    shortened = stem.encode()[:MAX_STEM_BYTES].decode(errors="ignore").rstrip(". \u200d")  # half a character is dropped
    return f"photos/{photo.pk}-{shortened}.jpg"


def _rows(rows: QuerySet[Any]) -> Iterator[Any]:
    """A page at a time, by key: no query stays open while a slow reader reads."""
    last = 0
    while some := list(rows.filter(pk__gt=last).order_by("pk")[:ROWS_AT_ONCE]):
        yield from some
        last = some[-1].pk


def _parts(file: IO[bytes] | Any) -> Iterator[bytes]:
    with file:
        while part := file.read(PART):
            yield part


def _list(rows: Iterator[Any], shown: Callable[[Any], dict[str, Any]]) -> Iterator[bytes]:
    before = b"[\n"
    for row in rows:
        yield before + _json(shown(row))
        before = b",\n"
    yield b"\n]\n" if before != b"[\n" else b"[]\n"


def _json(value: Any) -> bytes:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1).encode()


def _photo(photo: Photo) -> dict[str, Any]:
    answer = next((result for result in photo.results.all() if result.user_feedback), None)
    return {
        "id": photo.pk,
        "file": path_of(photo),
        "name": photo.source_name,
        "bio": photo.bio,
        "added_at": photo.created_at,
        "status": photo.status,
        **({"unreadable_reason": photo.unreadable_reason} if photo.unreadable_reason else {}),
        "sha256_of_upload": photo.sha256,
        "answer": answer.user_feedback if answer else None,
        "answered_at": answer.feedback_at if answer else None,
        "scores": [_score(result) for result in sorted(photo.results.all(), key=lambda result: result.pk)],
    }


def _score(result: ClassificationResult) -> dict[str, Any]:
    matches = {"is_match": result.match_if_scored, "is_super_match": result.super_match_if_scored}
    given = ("is_current", "components", "reasons", "created_at")
    said = ("user_feedback", "feedback_at", "answered_score")
    answered_match = None if result.answered_score is None else result.answered_match
    return {
        "version_number": result.model_version.version_number,
        "score": result.score,
        **matches,
        **{name: getattr(result, name) for name in (*given, *said)},
        "answered_match": answered_match,
        "asked_as": result.asked_as,
    }


def _said(answer: ReviewAnswer) -> dict[str, Any]:
    return {"photo": answer.photo_id, **_fields(answer, "answer", "why", "before", "at")}


def _preferences(owner: User) -> dict[str, Any]:
    tokens = ApiToken.objects.owned_by(owner).order_by("pk")
    references = ReferencePhoto.objects.owned_by(owner)
    about = ("category", "description", "created_at")
    return {
        "account": {"name": owner.get_username(), "since": owner.date_joined},
        "taste": model_to_dict(Taste.objects.of(owner), exclude=["id", "owner"]),
        "phrases": [
            _fields(phrase, "phrase", "kind", "weight", "is_dealbreaker", "created_at")
            for phrase in TextPreference.objects.owned_by(owner)
        ],
        "references": [{"photo": each.photo_id, **_fields(each, *about)} for each in references],
        "api_tokens": [_fields(token, "name", "hint", "scope", "created_at", "last_used_at") for token in tokens],
    }


def _training(owner: User) -> dict[str, Any]:
    versions = ModelVersion.objects.kept().owned_by(owner).order_by("pk")
    of_version = ("version_number", "model_type", "backbone", "is_active", "is_pinned", "sha256", "size", "figures")
    of_job = ("status", "trigger", "hyperparameters", "likes", "dislikes", "history", "outcome", "error")
    served = Activation.objects.owned_by(owner).order_by("pk").select_related("version")
    return {
        "versions": [_fields(version, *of_version, "imported_from", "created_at") for version in versions],
        "served": [{"version_number": each.version.version_number, **_fields(each, "reason", "at")} for each in served],
        "trainings": [
            _fields(job, *of_job, "created_at", "started_at", "finished_at")
            for job in TrainingJob.objects.owned_by(owner).order_by("pk")
        ],
    }


def _fields(row: Model, *names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
