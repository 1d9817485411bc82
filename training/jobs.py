"""One training job, from the answers to a saved version. Worker code: it imports torch."""

from __future__ import annotations

import errno
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from classifier.clip.loading import give_back_memory, load_model
from classifier.clip.towers import Tail
from classifier.learned import load_file, read_stems, stem_shape
from classifier.model import current_backbone
from classifier.models import ClassificationResult, Photo
from classifier.services import in_chunks
from classifier.vectors import unit_vectors
from training.answers import LIKES, answered_results
from training.judging import may_judge, out_of_fold
from training.learn.data import Cancelled, Floats, TrainConfig, TrainingData, TrainingRefused
from training.learn.gate import Verdict, compare
from training.learn.recipe import TrainResult, train
from training.learn.version import Scorer
from training.learn.version_file import VersionFileError, save_version
from training.models import Activation, LearnedAnswer, ModelVersion, TrainingJob, nobodys_name
from training.reporting import Report
from training.same_pictures import linked_photos
from training.services import STOPPED, claim_job, end_job, tell_of_job
from training.stem_file import StemFile
from training.versions import activate_version, lock_versions, new_file_name, next_number, prune_files
from wizard import files

if TYPE_CHECKING:
    import torch

log = logging.getLogger(__name__)

Status, Phase = TrainingJob.Status, TrainingJob.Phase
SUPER_LIKE_WEIGHT = 2.0
STEMS_AT_ONCE = 256  # 20 MB of ViT-B/32's
IMPORTED = "Only photos that you rated after its import count, because it may have learned from the others."


@dataclass(frozen=True)
class Lesson:
    """The answers of one moment, with what the trainer needs of their photos."""

    data: TrainingData
    feedbacks: list[str]
    answered_at: list[datetime | None]


def run(job_id: int) -> None:
    """Claims the job and brings it to exactly one end."""
    job = claim_job(job_id)
    if job is None:
        return
    try:
        with Report(job) as report:
            _learn(job, report)
    except Cancelled:
        if report.was_stopped:
            end_job(job.pk, Status.FAILED, error=STOPPED)
        else:
            end_job(job.pk, Status.CANCELLED)
    except (TrainingRefused, VersionFileError) as refused:
        end_job(job.pk, Status.FAILED, error=str(refused))
    except Exception as error:
        log.exception("training %s failed", job.pk)
        end_job(job.pk, Status.FAILED, error=_reason(error))


def _reason(error: Exception) -> str:
    kept = "Your active version is as it was."
    if isinstance(error, MemoryError) or "memory" in str(error).lower():
        return f"The machine ran out of memory while learning. {kept}"
    if isinstance(error, files.StorageAway):
        return f"{error} {kept} Train again later."
    no_room = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
    if no_room or "disk is full" in str(error).lower():  # files, or SQLite
        return f"The disk is full, so the new version could not be saved. {kept} Make room and train again."
    return f"Something went wrong while learning ({type(error).__name__}); the log says more. {kept}"


def _learn(job: TrainingJob, report: Report) -> None:
    report.phase(Phase.PREPARING)
    backbone = current_backbone()
    lesson = _lesson(job.owner, report.check)
    tail = Tail(load_model(backbone, _float32()).visual)
    give_back_memory()  # of the rest of the model
    chosen = {name: value for name, value in job.hyperparameters.items() if name in TrainConfig.__dataclass_fields__}
    result = train(
        lesson.data,
        TrainConfig(**chosen),
        tail=tail,
        backbone_id=backbone.id,
        on_progress=report.on_progress,
        is_cancelled=report.is_cancelled,
        threads=settings.WIZARD_TRAIN_THREADS or None,
    )
    active = ModelVersion.objects.active_of(job.owner)
    verdict = _judge(active, lesson, result, tail)
    report.phase(Phase.SAVING)
    _keep(job, lesson, result, active, verdict)


def _float32() -> torch.dtype:
    import torch

    return torch.float32


class _Answered(NamedTuple):
    photo: int
    sha256: str
    thumbnail: str
    name: str
    feedback: str
    at: datetime | None
    vector: bytes


def _lesson(owner: User, check: Callable[[], None] = lambda: None) -> Lesson:
    """`check` raises Cancelled when the job is to stop."""
    answered = answered_results(owner).filter(photo__embeddings__backbone=current_backbone().id)
    about = ("photo_id", "photo__sha256", "photo__thumbnail", "photo__source_name")
    values = answered.order_by("photo_id").values_list(
        *about, "user_feedback", "feedback_at", "photo__embeddings__vector"
    )
    rows = [_Answered(*row) for row in values]
    stems = StemFile(stem_shape(current_backbone()))
    readable: set[int] = set()
    for some in in_chunks([row.photo for row in rows], STEMS_AT_ONCE):
        check()
        found = read_stems(owner.pk, some)
        stems.append([found[photo] for photo in some if photo in found])
        readable |= found.keys()
    rows = [row for row in rows if row.photo in readable]
    feedbacks = [row.feedback for row in rows]
    vectors = unit_vectors([bytes(row.vector) for row in rows])
    threads = settings.WIZARD_TRAIN_THREADS or None
    data = TrainingData(
        vectors=vectors,
        stems=stems.read,
        labels=np.array([feedback in LIKES for feedback in feedbacks], np.int64),
        weights=np.where(np.array(feedbacks) == ClassificationResult.Feedback.SUPER_LIKE, SUPER_LIKE_WEIGHT, 1.0),
        photos=tuple(row.sha256 for row in rows),
        links=linked_photos(vectors, [row.thumbnail for row in rows], [row.name for row in rows], check, threads),
    )
    return Lesson(data, feedbacks, [row.at for row in rows])


def _judge(active: ModelVersion, lesson: Lesson, result: TrainResult, tail: Tail) -> Verdict:
    """The gate: both versions on the photos that may judge the active one (training/judging.py)."""
    data, rival = lesson.data, load_file(active)
    if rival is None:
        return compare(
            data.labels, result.out_of_fold, None, result.groups, active_name=str(active), folds=result.folds
        )
    learned = out_of_fold(active)
    chances: Floats = np.array([learned.get(photo, np.nan) for photo in data.photos])
    judges = np.array([may_judge(active, at) for at in lesson.answered_at], bool)
    # A copy of a photo that it learned from is no fresh photo either.
    seen = result.groups[~np.isnan(chances) | ~judges]
    fresh = np.flatnonzero(np.isnan(chances) & judges & ~np.isin(result.groups, seen))
    if len(fresh):
        chances[fresh] = Scorer(rival, tail)(data.stems_of(fresh), data.vectors[fresh])
    few = IMPORTED if active.model_type == ModelVersion.Type.IMPORTED else ""
    return compare(
        data.labels,
        result.out_of_fold,
        chances,
        result.groups,
        active_name=str(active),
        if_too_few=few,
        folds=result.folds,
    )


def _keep(job: TrainingJob, lesson: Lesson, result: TrainResult, active: ModelVersion, verdict: Verdict) -> None:
    """The file and every row of the new version, or nothing at all.

    The file is written first, outside the transaction: nobody else can write to SQLite while one is open.
    """
    name = new_file_name(job.owner_id)
    try:
        sha256, size = _save(name, result)
        with transaction.atomic():
            lock_versions(job.owner_id)  # two writers never take the same number
            if not TrainingJob.objects.filter(pk=job.pk, status=Status.RUNNING, cancel_requested=False).exists():
                raise Cancelled
            version = ModelVersion.objects.create(
                owner=job.owner,
                version_number=next_number(job.owner_id),
                model_type=ModelVersion.Type.FINE_TUNED,
                backbone=result.version.backbone_id,
                file=name,
                sha256=sha256,
                size=size,
                parent=active,
                figures=result.version.figures,
            )
            _keep_answers(job, lesson, result)
            # Against another version that was chosen meanwhile nothing was measured: that one stays.
            takes_over = verdict.better and ModelVersion.objects.active_of(job.owner) == active
            if takes_over:
                activate_version(version=version, reason=Activation.Reason.TRAINING)
            prune_files(owner=job.owner)
            _complete(job, lesson, version, f"{verdict.sentence}{' Now active.' if takes_over else ''}")
    except BaseException:
        files.delete_if_possible(name)
        raise


def _keep_answers(job: TrainingJob, lesson: Lesson, result: TrainResult) -> None:
    here = _still_here(job.owner, lesson.data.photos)
    names = [photo if photo in here else nobodys_name() for photo in lesson.data.photos]
    LearnedAnswer.objects.bulk_create(
        LearnedAnswer(job=job, photo_sha256=name, feedback=feedback, chance=float(chance))
        for name, feedback, chance in zip(names, lesson.feedbacks, result.out_of_fold, strict=True)
    )


def _complete(job: TrainingJob, lesson: Lesson, version: ModelVersion, said: str) -> None:
    """Raises Cancelled when the job was ended from outside, or cancelled, while its version was written."""
    likes = int(lesson.data.labels.sum())
    running = TrainingJob.objects.filter(pk=job.pk, status=Status.RUNNING, cancel_requested=False)
    has_ended = running.update(
        status=Status.COMPLETED,
        version=version,
        likes=likes,
        dislikes=len(lesson.data) - likes,
        current_epoch=job.epochs,
        outcome=f"{version}: {said}",
        finished_at=timezone.now(),
    )
    if not has_ended:
        raise Cancelled
    tell_of_job(job.pk)


def _still_here(owner: User, photos: Sequence[str]) -> set[str]:
    """Those (by sha256) that were not deleted while it learned; they stay until the transaction ends."""
    rows = Photo.objects.select_for_update().filter(owner=owner, sha256__in=photos).order_by("pk")
    return set(rows.values_list("sha256", flat=True))


def _save(name: str, result: TrainResult) -> tuple[str, int]:
    """sha256 and bytes. In one step, never half of it."""
    with files.written(name) as path:
        return save_version(path, result.version), path.stat().st_size
