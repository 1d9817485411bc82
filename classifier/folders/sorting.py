"""Folders that somebody sorted already: their pictures come in, and each gets the answer of its folder."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from django.db import transaction
from kombu.exceptions import OperationalError

from classifier import services
from classifier.folders.marks import ImportedFile, Marked, with_marks
from classifier.folders.scan import SETTLED_SECONDS, Aside, CannotRead, Line, NotYet, printable, read
from classifier.folders.taking import Belt, Kind, OnProgress, Stopped, Taken, Tally, look_into, take_file
from classifier.images import MAX_BYTES
from classifier.models import ClassificationResult, Photo
from wizard import store
from wizard.health import answering_workers

if TYPE_CHECKING:
    from django.contrib.auth.models import User

QUIET_SECONDS = 5
"""When no score comes for so long, the score worker is asked whether it is there."""
LOOK_SECONDS = 0.25


class SortedFolder(NamedTuple):
    """A folder and what its pictures are answered with, "" for nothing."""

    folder: Path
    answer: str


class _File(NamedTuple):
    marked: Marked
    answer: str


def import_sorted(
    *,
    owner: User,
    folders: Sequence[SortedFolder],
    tally: Tally,
    again: bool = False,
    on_progress: OnProgress,
    stopped: Stopped,
) -> dict[str, str]:
    """Take in the pictures of all folders; returns the answer for each content (sha256) that is in the library now.

    A file that is unchanged since it was taken is not read again. One that was refused is: somebody asked for it.
    """
    files = _settled_files(owner, folders, tally)
    torn = _in_two_minds(files, tally)
    in_library = set(Photo.objects.owned_by(owner).values_list("sha256", flat=True))
    wanted: dict[str, str] = {}
    with Belt() as belt:
        for done, (marked, answer) in enumerate(files):
            if stopped():
                break
            on_progress(done, len(files))
            if marked.found.path in torn:
                continue
            taken = None if again else _known(marked, in_library)
            taken = taken or take_file(owner=owner, marked=marked, again=again)
            tally.count(taken)
            belt.add(taken)
            if answer and taken.kind.is_in_library and wanted.setdefault(taken.content, answer) != answer:
                other = f"The same picture is in a folder for {wanted[taken.content]} too, and has that answer."
                tally.refused.append(Line(marked.found.shown, other))
    return wanted


def _settled_files(owner: User, folders: Sequence[SortedFolder], tally: Tally) -> list[_File]:
    """What was copied just before the command was given is waited for: there is no next look."""
    aside = Aside()
    files = list(_files(owner, folders, aside))
    if aside.unsettled:
        time.sleep(SETTLED_SECONDS)
        aside = Aside()
        files = list(_files(owner, folders, aside))
    tally.others, tally.links, tally.unsettled, tally.troubles = (
        aside.others,
        aside.links,
        aside.unsettled,
        aside.troubles,
    )
    return files


def _files(owner: User, folders: Sequence[SortedFolder], aside: Aside) -> Iterator[_File]:
    """Each file once: folders without an answer may hold those that have one, or lie in them."""
    sorted_ones = [folder for folder, answer in folders if answer]
    for folder, answer in folders:
        if answer or not any(folder.is_relative_to(each) for each in sorted_ones):
            files = look_into(folder, aside, apart_from=() if answer else sorted_ones)
            yield from (_File(marked, answer) for marked in with_marks(owner=owner, files=files))


def _known(marked: Marked, in_library: set[str]) -> Taken | None:
    if marked.mark is None or marked.mark.outcome != ImportedFile.Outcome.TAKEN:
        return None
    content = marked.mark.content
    return Taken(marked.found, Kind.ALREADY if content in in_library else Kind.DELETED, content)


def _in_two_minds(files: list[_File], tally: Tally) -> set[str]:
    """The paths of pictures that lie in folders of different answers; each is refused by name.

    Only files of one size can be one picture, so hardly any has to be read for this.
    """
    by_size: dict[int, list[_File]] = defaultdict(list)
    for file in files:
        if file.answer and 0 < file.marked.found.size <= MAX_BYTES:
            by_size[file.marked.found.size].append(file)
    torn: set[str] = set()
    for alike in by_size.values():
        if len({file.answer for file in alike}) < 2:
            continue
        by_content: dict[str, list[_File]] = defaultdict(list)
        for file in alike:
            by_content[_content_of(file.marked)].append(file)
        by_content.pop("", None)
        for same in by_content.values():
            places: dict[str, str] = {}
            for file in same:
                places.setdefault(file.answer, file.marked.found.shown)
            if len(places) > 1:
                torn |= {file.marked.found.path for file in same}
                one, *others = places.values()
                tally.refused.append(Line(one, f"The same picture is {' and '.join(others)}; leave it in one folder."))
    return torn


def _content_of(marked: Marked) -> str:
    if marked.mark and marked.mark.content:
        return marked.mark.content
    try:
        return sha256(read(marked.found)).hexdigest()
    except (NotYet, CannotRead):
        return ""  # it is said when its turn comes


@dataclass
class Answered:
    """What came of the answers."""

    given: Counter[str] = field(default_factory=Counter)  # by answer
    same: int = 0
    different: int = 0  # they had another answer, which stays
    unreadable: list[Line] = field(default_factory=list)
    unscored: int = 0
    """Photos without a score, because no score worker is there, or because it was stopped."""


def give_answers(
    *, owner: User, wanted: dict[str, str], answered: Answered, on_progress: OnProgress, stopped: Stopped
) -> None:
    """Answer each photo when it has its score: `wanted` is the answer for each content. Returns when all are answered,
    when it is stopped, or when nobody is there who scores.
    """
    waiting: dict[int, str] = {}
    for some in services.in_chunks(list(wanted), 500):
        photos = Photo.objects.owned_by(owner).filter(sha256__in=some)
        waiting |= {pk: wanted[content] for pk, content in photos.values_list("pk", "sha256")}
    total, heard_of = len(waiting), time.monotonic()
    while waiting and not stopped():
        queued = set(Photo.objects.owned_by(owner).filter(status=Photo.Status.QUEUED).values_list("pk", flat=True))
        for photo_id in [photo_id for photo_id in waiting if photo_id not in queued]:
            if not stopped() and _answer(photo_id, waiting[photo_id], answered):
                del waiting[photo_id]
                heard_of = time.monotonic()
                on_progress(total - len(waiting), total)
        if time.monotonic() - heard_of > QUIET_SECONDS:
            if not somebody_scores():
                break
            heard_of = time.monotonic()
        if waiting:
            on_progress(total - len(waiting), total)
            time.sleep(LOOK_SECONDS)
    answered.unscored = len(waiting)


def somebody_scores() -> bool:
    try:
        return store.answers() and "score" in answering_workers()
    except OperationalError:  # Redis went in this moment
        return False


def _answer(photo_id: int, answer: str, answered: Answered) -> bool:
    """False when the photo has no score yet."""
    with transaction.atomic():
        photo = Photo.objects.select_for_update().filter(pk=photo_id, deleted_at=None).first()
        if photo is None:  # deleted meanwhile
            return True
        if photo.status == Photo.Status.UNREADABLE:
            answered.unreadable.append(Line(printable(photo.source_name), photo.unreadable_reason))
            return True
        results = ClassificationResult.objects.filter(photo=photo, user_feedback__isnull=False)
        stands = results.values_list("user_feedback", flat=True).first()
        if stands:
            answered.same += stands == answer
            answered.different += stands != answer
            return True
        try:
            services.give_feedback(photo=photo, feedback=answer)
        except services.NotScoredYet:
            return False
    answered.given[answer] += 1
    return True
