"""The score worker's work on rows: embed what is new, score it, score a whole library anew."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import NamedTuple

import numpy as np
from django.contrib.auth.models import User
from django.core.files.storage import default_storage
from django.db import OperationalError, connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop
from numpy.typing import NDArray

from classifier import claiming
from classifier.counts import count_anew, outdate
from classifier.learned import keep_stem, learned_chances, sources_of
from classifier.model import current_backbone, get_engine, get_statistics
from classifier.models import (
    ClassificationResult,
    Photo,
    PhotoEmbedding,
    ReferencePhoto,
    Taste,
    TextPreference,
)
from classifier.review import queue
from classifier.scoring import Floats, MeasuredLibrary, Phrase, Recipe, Scored
from classifier.services import SETTLE_SECONDS, in_chunks, queue_photos, request_rescoring
from classifier.stems import stem_path
from classifier.vectors import library_of
from training.answers import note_change
from training.models import ModelVersion
from training.versions import lock_versions
from wizard import events, files, store

log = logging.getLogger(__name__)

ATTEMPTS = 5
PATIENCE = (1.0, 2.0, 5.0, 10.0)  # seconds
STORED_AT_ONCE = 32
WRITTEN_FIRST, WRITTEN_AT_ONCE = 32, 500
REQUEUED_AT_ONCE = 1024
RESCORING_SECONDS = 300  # without a part that was written, and another worker may begin the same re-scoring
FORGOTTEN_AFTER = timedelta(minutes=1)


def take_turn(photo_ids: list[int], *, by: str = "") -> None:
    """Read a few photos of the owner whose turn it is. What is left of `photo_ids` then goes to the end of the queue.

    So every photo has a message that is under way until a worker has it. Those that are ready, and that a new backbone
    has not seen, wait until nothing new comes in.
    """
    done: list[int] = []
    for owner_id in claiming.whose_turn(by):
        if done := _read(claiming.claim_next(owner_id, by=by)):
            break
    else:
        done = embed_photos(photo_ids, by=by)
    left = claiming.untaken(_to_do(photo_ids)).filter(deleted_at=None).exclude(pk__in=done)
    queue_photos(list(left.order_by("pk").values_list("pk", flat=True)))


def embed_photos(photo_ids: list[int], *, by: str = "") -> list[int]:
    """Embed those that the current backbone has not seen, and score them. Returns those that no other worker had.

    Safe to run twice, or to be cut off anywhere and run again. `by` is who claims them (classifier/claiming.py).
    """
    return _read(claiming.claim(_to_do(photo_ids), by=by))


def _read(mine: list[Photo]) -> list[int]:
    """Embed and score what was claimed; their ids."""
    ids = [photo.pk for photo in mine]
    try:
        _embed_unseen(mine)
        _score_new(ids)
    except Exception:
        _patiently(lambda: claiming.let_go(ids))
        raise
    claiming.settle(ids)
    return ids


def _embed_unseen(mine: list[Photo]) -> None:
    unseen = set(_not_embedded().filter(pk__in=[photo.pk for photo in mine]).values_list("pk", flat=True))
    to_embed = [photo for photo in mine if photo.pk in unseen]
    fresh = [photo for photo in to_embed if photo.attempts == 0]
    with _forgiven(fresh):
        _embed(fresh)
    # A photo whose last attempt never ended may have taken the worker down: each goes alone, so that it
    # harms no other, and after ATTEMPTS it is given up.
    for photo in to_embed:
        if photo.attempts >= ATTEMPTS:
            _mark_unreadable(photo, f"Reading it failed {ATTEMPTS} times")
        elif photo.attempts:
            claiming.count_attempt(photo)
            with _forgiven([photo]):
                _embed([photo])


def _score_new(ids: list[int]) -> None:
    for owner in User.objects.filter(photo__in=ids).distinct():
        unscored = Photo.objects.owned_by(owner).filter(status=Photo.Status.QUEUED)
        _score(owner, unscored.filter(pk__in=ids).values_list("pk", flat=True))
        if not unscored.exists():
            # The yardstick is the whole library, and it has grown.
            request_rescoring(owner=owner, delay=SETTLE_SECONDS)
            queue.ask_to_fill(owner.pk)


def _to_do(photo_ids: list[int]) -> QuerySet[Photo]:
    """Those that have no score yet, or no vector by the current backbone."""
    readable = Photo.objects.exclude(status=Photo.Status.UNREADABLE).filter(pk__in=photo_ids)
    return readable.filter(Q(status=Photo.Status.QUEUED) | ~_has_vector())


@contextmanager
def _forgiven(photos: list[Photo]) -> Iterator[None]:
    """An error that can be told of took no worker down: a full disk, a locked database. It counts against no photo."""
    try:
        yield
    except Exception:
        begun = Photo.objects.filter(pk__in=[photo.pk for photo in photos], attempts__gt=0)
        _patiently(lambda: begun.update(attempts=F("attempts") - 1))
        raise


def _patiently(write: Callable[[], object]) -> None:
    """While the disk is full the worker has nothing better to do than to wait."""
    for pause in PATIENCE:
        try:
            write()
            return
        except OperationalError as error:
            log.warning("waiting for the database: %s", error)
            connection.close()
            time.sleep(pause)
    write()


def _not_embedded() -> QuerySet[Photo]:
    return Photo.objects.exclude(status=Photo.Status.UNREADABLE).filter(~_has_vector())


def _has_vector() -> Exists:
    return Exists(PhotoEmbedding.objects.filter(photo=OuterRef("pk"), backbone=current_backbone().id))


def _embed(photos: Sequence[Photo]) -> None:
    """Embed, store and score; every few photos, so that the pages fill in as it goes."""
    if not photos:
        return
    by_id = {photo.pk: photo for photo in photos}
    batch: list[_Seen] = []
    for found in get_engine().embed(sources_of(photos)):
        photo = by_id[found.key]
        if found.vector is None or found.stem is None:
            _mark_unreadable(photo, found.error or gettext_noop("It could not be read"))
            continue
        batch.append(_Seen(photo, found.vector, found.stem))
        if len(batch) == STORED_AT_ONCE:
            _store(batch)
            batch = []
    if batch:
        _store(batch)


class _Seen(NamedTuple):
    photo: Photo
    vector: Floats
    stem: NDArray[np.float16]


def _mark_unreadable(photo: Photo, reason: str) -> None:
    log.warning("photo %s is unreadable: %s", photo.pk, reason)
    Photo.objects.filter(pk=photo.pk).update(status=Photo.Status.UNREADABLE, unreadable_reason=reason[:200])
    outdate(photo.owner_id)
    events.publish(photo.owner_id, events.Kind.PHOTO_UNREADABLE, photo_id=photo.pk, reason=reason[:200])


def _store(batch: list[_Seen]) -> None:
    """Files first, then rows: a row never speaks of a file that is not there."""
    backbone = current_backbone().id
    files.do_each(lambda seen: keep_stem(seen.photo.owner_id, backbone, seen.photo.pk, seen.stem), batch)
    with transaction.atomic():
        kept = _lock(photo.pk for photo, *_ in batch)
        PhotoEmbedding.objects.bulk_create(
            [
                PhotoEmbedding(
                    owner_id=photo.owner_id, photo=photo, backbone=backbone, vector=vector.astype("<f2").tobytes()
                )
                for photo, vector, _ in batch
                if photo.pk in kept
            ],
            update_conflicts=True,
            unique_fields=["photo", "backbone"],
            update_fields=["vector"],
        )
        Photo.objects.filter(pk__in=kept).update(attempts=0)
        for owner_id in {photo.owner_id for photo, *_ in batch}:
            outdate(owner_id)
        # The answers to these could not be learned from while another backbone's vectors were all there was.
        for owner_id in {photo.owner_id for photo, *_ in batch if photo.status == Photo.Status.READY}:
            note_change(owner_id)
    for photo, *_ in batch:
        if photo.pk not in kept:  # deleted in the meantime
            default_storage.delete(stem_path(photo.owner_id, backbone, photo.pk))
    for owner in User.objects.filter(photo__in=kept).distinct():
        _score(owner, [photo.pk for photo, *_ in batch if photo.pk in kept and photo.owner_id == owner.pk])
        queue.reopen(owner.pk)


def _lock(photo_ids: Iterable[int]) -> set[int]:
    """The photos that still exist; they do until the transaction ends."""
    # In one order for everybody: else two workers could each wait for what the other has.
    rows = Photo.objects.select_for_update().filter(pk__in=list(photo_ids)).order_by("pk")
    return set(rows.values_list("pk", flat=True))


def rescore_library(owner_id: int, revision: int, *, by: str = "here") -> None:
    """Score all of the owner's photos, if `revision` is still the newest asked for, and no other worker is at it."""
    behind = Taste.objects.filter(owner_id=owner_id, revision=revision, scored_revision__lt=revision)
    taste = behind.select_related("owner").first()
    claimed = f"wizard:rescoring:{owner_id}:{revision}"

    def claim() -> bool:
        return store.claim(claimed, by, seconds=RESCORING_SECONDS)

    if taste is None or not claim():
        return
    try:
        _score(taste.owner, after_each_part=claim)
        count_anew(taste.owner)
        if behind.update(scored_revision=revision):
            events.publish(owner_id, events.Kind.SCORES_UPDATED)
    finally:
        store.give_up(claimed, by)


def _score(
    owner: User, only: Iterable[int] | None = None, *, after_each_part: Callable[[], object] = lambda: None
) -> None:
    """Write the results of the owner's active version for all photos, or for `only` some.

    The computing is done before the database is locked for the writing, and the writing is done in parts.
    """
    wanted = None if only is None else set(only)
    if wanted is not None and not wanted:
        return
    version = ModelVersion.objects.active_of(owner)
    library = library_of(owner)
    photo_ids, vectors = library.ids, library.vectors
    # The newest first: those are on the first page, and the first part is small, so that it soon shows.
    rows = [row for row in reversed(range(len(photo_ids))) if wanted is None or photo_ids[row] in wanted]
    if not rows:
        return
    recipe, engine = _recipe(owner, photo_ids), get_engine()
    measured = MeasuredLibrary(vectors, recipe, neutral=engine.neutral, background=get_statistics())
    parts = list(_growing_parts(rows))
    chances = learned_chances(version, [photo_ids[row] for row in rows], vectors[rows], [len(some) for some in parts])
    for some, chance in zip(parts, chances, strict=True):
        scored = dict(zip((photo_ids[row] for row in some), measured.score(some, chance), strict=True))
        if not _write_results(owner, version, scored):
            return  # another version took over, and a re-scoring of its own is on its way
        after_each_part()


def _growing_parts(rows: list[int]) -> Iterator[list[int]]:
    yield rows[:WRITTEN_FIRST]
    yield from in_chunks(rows[WRITTEN_FIRST:], WRITTEN_AT_ONCE)


def chances_by(version: ModelVersion, photo_ids: list[int]) -> dict[int, float]:
    """P(like) by a version, which need not be the active one; nothing of photos that were not embedded."""
    library, wanted = library_of(version.owner), set(photo_ids)
    rows = [row for row, photo_id in enumerate(library.ids) if photo_id in wanted]
    if not rows:
        return {}
    some = [library.ids[row] for row in rows]
    (chances,) = learned_chances(version, some, library.vectors[rows], [len(some)])
    return {} if chances is None else dict(zip(some, chances.tolist(), strict=True))


def _recipe(owner: User, photo_ids: list[int]) -> Recipe:
    taste = Taste.objects.of(owner)
    preferences = list(TextPreference.objects.owned_by(owner))
    vectors = get_engine().encode_phrases([preference.phrase for preference in preferences])
    row_of = {photo_id: row for row, photo_id in enumerate(photo_ids)}
    references = ReferencePhoto.objects.owned_by(owner).values_list("photo_id", flat=True)
    return Recipe(
        phrases=[
            Phrase(
                text=preference.phrase,
                is_wanted=preference.kind == TextPreference.Kind.WANT,
                weight=preference.weight,
                is_dealbreaker=preference.is_dealbreaker,
                vector=vector,
            )
            for preference, vector in zip(preferences, vectors, strict=True)
        ],
        reference_rows=[row_of[photo_id] for photo_id in references if photo_id in row_of],
        semantic_weight=taste.semantic_weight,
        reference_weight=taste.reference_weight,
        learned_weight=taste.learned_weight,
        match_threshold=taste.match_threshold,
        super_like_threshold=taste.super_like_threshold,
    )


def _write_results(owner: User, version: ModelVersion, scored: dict[int, Scored]) -> bool:
    """False, and nothing is written, when another version serves by now."""
    with transaction.atomic():
        lock_versions(owner.pk)  # nor does one take over while these are written
        if not ModelVersion.objects.filter(pk=version.pk, is_active=True).exists():
            return False
        kept = _lock(scored)
        others = ClassificationResult.objects.filter(photo__in=kept, is_current=True)
        others.exclude(model_version=version).update(is_current=False)
        ClassificationResult.objects.filter(photo__in=kept).unused().delete()
        ClassificationResult.objects.bulk_create(
            [
                ClassificationResult(
                    owner=owner,
                    photo_id=photo_id,
                    model_version=version,
                    score=each.score,
                    is_match=each.is_match,
                    is_super_match=each.is_super_match,
                    components=each.components,
                    reasons=each.reasons,
                    is_current=True,
                )
                for photo_id, each in scored.items()
                if photo_id in kept
            ],
            update_conflicts=True,
            unique_fields=["photo", "model_version"],
            update_fields=["score", "is_match", "is_super_match", "components", "reasons", "is_current"],
        )
        fresh = list(Photo.objects.filter(pk__in=kept, status=Photo.Status.QUEUED).values_list("pk", flat=True))
        Photo.objects.filter(pk__in=fresh).update(status=Photo.Status.READY)
        outdate(owner.pk)
        if fresh:
            events.publish(owner.pk, events.Kind.PHOTOS_SCORED, photo_ids=fresh)
    return True


def requeue_forgotten(*, at_once: bool = False, by: str = "here") -> None:
    """Photos and re-scorings whose message was lost, and photos that a new backbone has not seen.

    It runs on the score worker's own queue, behind everything that was asked for before it.
    """
    get_engine()
    now = timezone.now()
    before = now - (timedelta(0) if at_once else FORGOTTEN_AFTER)
    came = Q(created_at__lte=before) | Q(created_at__gt=now)  # the latter when the clock was set back
    queued = Photo.objects.filter(came, status=Photo.Status.QUEUED)
    unseen = _not_embedded().filter(status=Photo.Status.READY)
    for photos in (queued, unseen):
        queue_photos(list(claiming.untaken(photos).order_by("pk").values_list("pk", flat=True)[:REQUEUED_AT_ONCE]))
    behind = Taste.objects.filter(scored_revision__lt=F("revision"))
    for owner_id, revision in behind.values_list("owner_id", "revision"):
        rescore_library(owner_id, revision, by=by)
