"""Every write that touches more than one row, for pages, API, admin and commands alike."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any, TypeVar

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.core.files.base import ContentFile, File
from django.core.validators import ProhibitNullCharactersValidator
from django.db import IntegrityError, transaction
from django.db.models import F, Model, Q
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext

from classifier.claiming import PHOTOS_PER_TURN
from classifier.counts import outdate
from classifier.folders.marks import hide_deleted
from classifier.images import MAX_BYTES, ImageRefused, clean_image, clean_name
from classifier.models import (
    MAX_BIO,
    MAX_IDS,
    ClassificationResult,
    Photo,
    ReferencePhoto,
    Taste,
    TextPreference,
    trash_period,
)
from classifier.sample import sample_photos
from classifier.stems import stem_paths
from training.answers import forget_photo, note_change
from wizard import erasing, forgetting
from wizard import files as storage
from wizard.sending import send, send_on_commit
from wizard.words import grouped

if TYPE_CHECKING:
    from django.contrib.auth.models import User

log = logging.getLogger(__name__)

T = TypeVar("T")
R = TypeVar("R", bound=Model)

STORAGE_AWAY = "storage_away"
SETTLE_SECONDS = 2  # photos that arrive within this time of one another share one re-scoring


class NotScoredYet(Exception):
    """An answer belongs to a prediction; this photo has none yet."""

    def __str__(self) -> str:
        return gettext("This photo has no score yet; answer it when it has.")


@dataclass(frozen=True)
class Rejection:
    name: str
    reason: str
    code: str


@dataclass(frozen=True)
class Duplicate:
    name: str
    photo: Photo


@dataclass
class UploadOutcome:
    created: list[Photo] = field(default_factory=list)
    duplicates: list[Duplicate] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)


def add_photos(*, owner: User, files: Iterable[File[bytes]], bio: str = "") -> UploadOutcome:
    """Store each file as a photo and hand the new ones to the score worker."""
    outcome = UploadOutcome()
    try:
        return store_photos(owner=owner, files=files, bio=bio, outcome=outcome)
    finally:  # also those that came before one at which the disk was full
        queue_photos([photo.pk for photo in outcome.created])


def store_photos(
    *,
    owner: User,
    files: Iterable[File[bytes]],
    bio: str = "",
    bring_back: bool = True,
    beside: Callable[[], object] | None = None,
    outcome: UploadOutcome | None = None,
) -> UploadOutcome:
    """Check, clean and store each file; one refused file never harms the others.

    The photos are queued by their status alone: the score worker finds them when it next looks. A photo that was
    in the trash is restored if its file comes again. `beside` is called in the transaction of each new row.
    `outcome` is filled as it goes, for a caller who wants to know of those before an error.

    Raises:
        ValidationError: the bio is too long, or no text; nothing was stored.
    """
    if "\0" in bio:  # Postgres keeps none
        raise ValidationError({"bio": gettext("A bio holds no null characters.")})
    if len(bio) > MAX_BIO:
        raise ValidationError(
            {
                "bio": gettext("A bio has at most %(most)s characters; this one has %(given)s.")
                % {"most": grouped(MAX_BIO), "given": grouped(len(bio))}
            }
        )
    outcome = UploadOutcome() if outcome is None else outcome
    for file in files:
        name = clean_name(file.name or "")
        try:
            _store_photo(outcome, owner=owner, file=file, name=name, bio=bio, bring_back=bring_back, beside=beside)
        except ImageRefused as refusal:
            outcome.rejected.append(Rejection(name=name, reason=str(refusal), code=refusal.code))
    return outcome


def add_sample_library(*, owner: User) -> int:
    """Give `owner` the sample photos that they do not have yet, queued by their status; returns how many."""
    added = 0
    for sample in sample_photos():
        with sample.file.open("rb") as handle:
            file = File(handle, name=f"{sample.name}{sample.file.suffix}")
            added += len(store_photos(owner=owner, files=[file], bio=sample.bio).created)
    return added


def _store_photo(
    outcome: UploadOutcome,
    *,
    owner: User,
    file: File[bytes],
    name: str,
    bio: str,
    bring_back: bool,
    beside: Callable[[], object] | None,
) -> None:
    content = file.read(MAX_BYTES + 1)  # one byte more than allowed is enough to know that it is too much
    if twin := _twin(owner, bring_back, sha256=sha256(content).hexdigest()):
        outcome.duplicates.append(Duplicate(name=name, photo=twin))
        return
    clean = clean_image(content)
    hashes = {"sha256": clean.sha256, "picture_sha256": clean.picture_sha256}
    if twin := _twin(owner, bring_back, picture_sha256=clean.picture_sha256):  # with other metadata
        outcome.duplicates.append(Duplicate(name=name, photo=twin))
        return
    photo = Photo(owner=owner, **hashes, source_name=name, bio=bio, width=clean.width, height=clean.height)
    try:
        photo.image.save("photo.jpg", ContentFile(clean.image), save=False)
        photo.thumbnail.save("thumbnail.webp", ContentFile(clean.thumbnail), save=False)
        with transaction.atomic():
            photo.save()
            outdate(owner.pk)
            if beside:
                beside()
    except IntegrityError as error:  # the same picture came in twice at once: the other one is kept
        _forget_files(photo)
        same = Q(sha256=clean.sha256) | Q(picture_sha256=clean.picture_sha256)
        twin = Photo.objects.filter(same, owner=owner).first()
        if twin is None:
            raise ImageRefused("account_deleted", gettext("Your account was deleted meanwhile.")) from error
        outcome.duplicates.append(Duplicate(name=name, photo=twin))
    except storage.StorageAway as away:
        _forget_files(photo)
        later = gettext("Add this photo again later.")
        raise ImageRefused(STORAGE_AWAY, f"{away} {later}") from away
    except BaseException:  # the disk is full, say, or the database is held by somebody
        _forget_files(photo)
        raise
    else:
        outcome.created.append(photo)


def _twin(owner: User, bring_back: bool, **hashes: str) -> Photo | None:
    """The same photo, if the owner has it already. One in the trash is restored, if a person wants it."""
    twin = Photo.objects.filter(owner=owner, **hashes).first()
    if not twin or not twin.deleted_at or not bring_back or restore_photos(owner=owner, photo_ids=[twin.pk]):
        return twin
    delete_photo(photo=twin)  # its time in the trash is over, and the scheduler has not deleted it yet
    return None


def _forget_files(photo: Photo) -> None:
    """Of a photo that gets no row."""
    for stored in (photo.image, photo.thumbnail):
        if stored:
            storage.delete_if_possible(str(stored.name))


def queue_photos(photo_ids: list[int]) -> None:
    """Hand photos to the score workers, once the rows are committed: a message for each turn that they take."""
    from classifier.tasks import embed_photos

    for some in in_chunks(photo_ids, PHOTOS_PER_TURN):
        send_on_commit(embed_photos, some)


def request_sample_library(*, owner: User) -> bool:
    """Have the score worker add the sample photos; those that the owner has already are left as they are.

    False when it cannot be asked: no row says that they are wanted, so nobody would ask again.
    """
    from classifier.tasks import import_sample_library

    return send(import_sample_library, owner.pk)


def trash_photos(photos: Iterable[Photo]) -> list[int]:
    """Move photos to their owner's trash, from which they are deleted for good after `trash_period`. Returns ids."""
    doomed = list(photos)
    with transaction.atomic():
        for some in in_chunks(doomed, MAX_IDS):
            Photo.objects.filter(pk__in=[photo.pk for photo in some]).update(deleted_at=timezone.now())
        for one in {photo.owner_id: photo for photo in doomed}.values():
            _note_trash(one.owner, [photo.pk for photo in doomed])
    return [photo.pk for photo in doomed]


def restore_photos(*, owner: User, photo_ids: Iterable[int]) -> int:
    """Restore photos that are in the trash; returns how many there were."""
    ids, back = list(photo_ids), 0
    with transaction.atomic():
        for some in in_chunks(ids, MAX_IDS):
            back += Photo.objects.in_trash(owner).filter(pk__in=some).update(deleted_at=None)
        if back:
            _note_trash(owner, ids)
    return back


def _note_trash(owner: User, photo_ids: list[int]) -> None:
    """These photos of the owner went to the trash or came back: answers, and references, count no more or again."""
    note_change(owner.pk)
    references = ReferencePhoto.objects.filter(owner=owner)
    if any(references.filter(photo__in=some).exists() for some in in_chunks(photo_ids, MAX_IDS)):
        request_rescoring(owner=owner)


def empty_trash() -> set[int]:
    """Delete for good what was long enough in the trash; returns the owners of what went."""
    now = timezone.now()
    Photo.objects.filter(deleted_at__gt=now).update(deleted_at=now)  # the clock was set back
    expired = Photo.objects.filter(deleted_at__lte=now - trash_period())
    deleted: defaultdict[int, set[int]] = defaultdict(set)
    for photo_id in list(expired.values_list("pk", flat=True)):
        try:
            with transaction.atomic():  # looked at again: it may have been brought back in the meantime
                photo = expired.select_for_update().filter(pk=photo_id).first()
                if photo:
                    _delete_rows_and_files(photo)
        except storage.StorageAway as away:
            log.warning("what was deleted is kept out of sight for now: %s", away)
            break
        if photo:
            deleted[photo.owner_id].add(photo_id)
    for owner_id, photo_ids in deleted.items():
        _forget_elsewhere(owner_id, photo_ids)
    erasing.empty_the_log()  # of what was deleted at once as well: it comes by every minute
    return set(deleted)


def delete_photo(*, photo: Photo) -> None:
    """Remove a photo with all that was made of it, at once and for good.

    Rows, image, thumbnail, stem activations, answers of the model that name it. What was learned from it stays in the
    weights of versions; of up to 512 photos a version's file holds the vectors. Who wants those gone too deletes the
    version.
    """
    owner_id, photo_ids = photo.owner_id, {photo.pk}
    _delete_rows_and_files(photo)
    transaction.on_commit(lambda: _forget_elsewhere(owner_id, photo_ids))


def _delete_rows_and_files(photo: Photo) -> None:
    with transaction.atomic():
        # The photo's row before those that hang on it, as the score worker locks them: else Postgres ends one of us.
        Photo.objects.select_for_update().filter(pk=photo.pk).first()
        was_reference = photo.references.exists()
        owner, content = photo.owner, photo.sha256
        names = [photo.image.name, photo.thumbnail.name, *stem_paths(photo.owner_id, photo.pk)]
        hide_deleted(owner=owner, content=content)
        forget_photo(owner=owner, sha256=content)
        photo.delete()
        note_change(owner.pk)
        outdate(owner.pk)
        storage.delete_with_rows([name for name in names if name])
        if was_reference:
            request_rescoring(owner=owner)


def _forget_elsewhere(owner_id: int, photo_ids: set[int]) -> None:
    """In Redis, and in the memory of the score workers."""
    from classifier.questions import asking
    from classifier.review import queue

    asking.forget_photos(owner_id, photo_ids)
    queue.drop_photos(owner_id, photo_ids)
    forgetting.tell(owner_id)


def give_feedback(*, photo: Photo, feedback: str | None, asked_as: str = "") -> None:
    """Record, change or (None) take back the owner's answer to a photo; `asked_as` is why the review asked, if it did.

    An answer that comes again after it was taken back stands where it stood: a version that has learned from it in
    between is not judged by it.

    Raises:
        NotScoredYet: the photo has no result to answer.
        Http404: it was deleted for good in this moment.
    """
    with transaction.atomic():
        # The photo's row is the lock: two answers at once end in the last one, never in two labels.
        get_object_or_404(Photo.objects.select_for_update(), pk=photo.pk)
        results = ClassificationResult.objects.filter(photo=photo)
        was_answered = results.filter(Q(user_feedback__isnull=False) | Q(answered_match__isnull=False))
        answered = was_answered.order_by(F("user_feedback").asc(nulls_last=True), "pk").first()
        if feedback is None:
            results.filter(user_feedback__isnull=False).update(user_feedback=None, feedback_at=None)
        elif answered:
            answered.user_feedback = feedback
            answered.feedback_at = timezone.now()
            answered.save(update_fields=["user_feedback", "feedback_at"])
        else:
            changed = results.filter(is_current=True).update(
                user_feedback=feedback,
                feedback_at=timezone.now(),
                answered_score=F("score"),
                answered_match=F("is_match"),
                asked_as=asked_as,
            )
            if not changed:
                raise NotScoredYet
        note_change(photo.owner_id)
    for cached in ("current_results", "answered_results"):
        photo.__dict__.pop(cached, None)


def add_phrase(
    *, owner: User, phrase: str, kind: str = "want", weight: float = 1.0, is_dealbreaker: bool = False
) -> TextPreference:
    """Raises ValidationError when the phrase is empty, too long, or there already."""
    preference = TextPreference(
        owner=owner, phrase=_one_line(phrase), kind=kind, weight=weight, is_dealbreaker=is_dealbreaker
    )
    return _save_and_rescore(preference, owner)


def change_phrase(*, preference: TextPreference, **changes: Any) -> TextPreference:
    """Change phrase, kind, weight or is_dealbreaker. Raises ValidationError as `add_phrase` does, and Http404."""
    if "phrase" in changes:
        changes["phrase"] = _one_line(changes["phrase"])
    with transaction.atomic():
        _change(preference, changes)
        return _save_and_rescore(preference, preference.owner, list(changes))


def _one_line(phrase: str) -> str:
    ProhibitNullCharactersValidator()(phrase)  # Postgres keeps none
    return " ".join(phrase.split())


def delete_phrase(*, preference: TextPreference) -> None:
    with transaction.atomic():
        preference.delete()
        request_rescoring(owner=preference.owner)


def add_reference(*, photo: Photo, category: str = "", description: str = "") -> ReferencePhoto:
    """Raises ValidationError when the photo is a reference already."""
    reference = ReferencePhoto(owner=photo.owner, photo=photo, category=category, description=description)
    return _save_and_rescore(reference, photo.owner)


def change_reference(*, reference: ReferencePhoto, **changes: Any) -> ReferencePhoto:
    """Change category or description; the scores do not depend on them. Raises ValidationError, and Http404."""
    with transaction.atomic():
        _change(reference, changes)
        reference.full_clean()
        reference.save(update_fields=list(changes))
    return reference


def remove_reference(*, reference: ReferencePhoto) -> None:
    with transaction.atomic():
        reference.delete()
        request_rescoring(owner=reference.owner)


def change_taste(*, taste: Taste, **changes: Any) -> Taste:
    """Change weights, thresholds, automatic training or what is shown. Raises ValidationError out of bounds."""
    with transaction.atomic():
        _change(taste, changes)
        if changes.keys() & {"auto_train", "auto_train_every"}:
            note_change(taste.owner_id)  # as many as there are may be enough now
        if changes.keys() <= {"auto_train", "auto_train_every", "hides_first_steps"}:  # moves no score
            taste.full_clean()
            taste.save(update_fields=list(changes))
            return taste
        _save_and_rescore(taste, taste.owner, list(changes))
        taste.refresh_from_db(fields=["revision", "scored_revision"])
    return taste


def _change(row: Model, changes: dict[str, Any]) -> None:
    """Lock the row, and change it as it stands now: somebody may have changed the rest of it since it was read."""
    try:
        row.refresh_from_db(from_queryset=type(row)._default_manager.select_for_update())
    except ObjectDoesNotExist as gone:
        raise Http404 from gone
    for name, value in changes.items():
        setattr(row, name, value)


def _save_and_rescore(row: R, owner: User, fields: list[str] | None = None) -> R:
    row.full_clean()
    try:
        with transaction.atomic():
            row.save(update_fields=fields)
            request_rescoring(owner=owner)
    except IntegrityError:
        row.full_clean()  # the same came in twice at once: now the rule that was broken can be named
        raise
    return row


def request_rescoring(*, owner: User, delay: int = 0) -> None:
    """Ask for all of the owner's scores anew; of several requests in a row only the last does the work."""
    from classifier.tasks import rescore_library

    with transaction.atomic():
        Taste.objects.of(owner)
        Taste.objects.filter(owner=owner).update(revision=F("revision") + 1)
        revision = Taste.objects.values_list("revision", flat=True).get(owner=owner)
        send_on_commit(rescore_library, owner.pk, revision, countdown=delay)


def in_chunks(items: list[T], size: int) -> Iterator[list[T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
