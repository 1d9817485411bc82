"""Starting, cancelling and ending training jobs, for pages, API, admin and beat alike."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy, gettext_noop

from classifier.model import current_backbone
from classifier.models import Taste
from training.answers import answered_results, answers_of, count_changes, count_classes, learned_answers
from training.learn.config import TrainConfig
from training.models import AnswersChanged, TrainingJob
from wizard import events
from wizard.queues import queue_lengths
from wizard.sending import send_on_commit

if TYPE_CHECKING:
    from training.answers import Answers

Status = TrainingJob.Status
MINIMUM_PER_CLASS = TrainConfig.min_per_class
CHOICES = ("epochs", "batch_size", "learning_rate")  # what of the recipe a user may set
Chosen = dict[str, Any]  # a value for each of CHOICES

SILENT_AFTER = timedelta(seconds=60)  # a running job beats every 5 s
LOST_AFTER = timedelta(seconds=30)  # a message that nobody took up by then is sent again
CHANGES_AT_ONCE = 10_000  # of one person's, in memory; what is more is looked at a minute later

SILENT = gettext_noop(
    "The training process ended without a word; perhaps Dating Wizard was stopped, or the machine ran out of memory."
    " Your active version is as it was."
)
STOPPED = gettext_noop(
    "Dating Wizard was stopped while it was learning. Your active version is as it was; train again when you like."
)
KILLED = gettext_noop(
    "The training process was ended from outside, most likely because the machine ran out of memory."
    " Your active version is as it was."
)
TOO_LONG = gettext_noop("Learning took longer than it may, so it was ended. Your active version is as it was.")


class CannotTrain(Exception):
    """Training cannot start now; the message says why in one sentence."""

    code = "cannot_train"


class JobAlreadyOpen(CannotTrain):
    code = "job_open"

    def __init__(self) -> None:
        super().__init__(gettext("A training is under way; let it end, or cancel it."))


class TooFewAnswers(CannotTrain):
    code = "too_few_labels"

    def __init__(self, likes: int, dislikes: int) -> None:
        minimum = MINIMUM_PER_CLASS
        super().__init__(
            gettext(
                "Training needs at least %(minimum)s photos you like and %(minimum)s you do not;"
                " so far there are %(likes)s and %(dislikes)s."
            )
            % {"minimum": minimum, "likes": likes, "dislikes": dislikes}
        )
        self.likes, self.dislikes, self.minimum = likes, dislikes, minimum


class NothingNew(CannotTrain):
    code = "nothing_new"

    def __init__(self) -> None:
        super().__init__(gettext("There is nothing new to learn: your answers are those of the last training."))


class KeyReused(CannotTrain):
    code = "idempotency_key_reused"

    def __init__(self) -> None:
        super().__init__(
            gettext("This Idempotency-Key began a training with other parameters; take another key for this one.")
        )


ENDED = {
    Status.COMPLETED: gettext_lazy("This training has ended already: it is completed."),
    Status.FAILED: gettext_lazy("This training has ended already: it failed."),
    Status.CANCELLED: gettext_lazy("This training has ended already: it was cancelled."),
}


class JobHasEnded(Exception):
    def __init__(self, job: TrainingJob) -> None:
        super().__init__(str(ENDED[Status(job.status)]))


def start_training(
    *,
    owner: User,
    trigger: str = TrainingJob.Trigger.MANUAL,
    hyperparameters: dict[str, Any] | None = None,
    idempotency_key: str = "",
) -> TrainingJob:
    """Queue a job that learns from the owner's answers; with a key that queued one before, that one.

    Raises:
        JobAlreadyOpen, TooFewAnswers, NothingNew, KeyReused: one of `CannotTrain`; nothing was queued.
        ValueError: a hyperparameter is out of bounds.
    """
    fail_silent_jobs()
    chosen = recipe(hyperparameters)
    if first := _started_with(idempotency_key, owner, chosen):
        return first
    answers = answers_of(owner)
    likes, dislikes = count_classes(answers)
    try:
        check_can_train(owner, answers, chosen)
        with transaction.atomic():
            job = TrainingJob.objects.create(
                owner=owner,
                trigger=trigger,
                hyperparameters=chosen,
                idempotency_key=idempotency_key,
                backbone=current_backbone().id,
                likes=likes,
                dislikes=dislikes,
            )
            queue_job(job)
            tell_of_job(job.pk)
    except (JobAlreadyOpen, IntegrityError):  # an IntegrityError: started twice at once, the other one runs
        if first := _started_with(idempotency_key, owner, chosen):
            return first
        raise JobAlreadyOpen from None
    return job


def recipe(hyperparameters: dict[str, Any] | None = None) -> Chosen:
    """What is given, and of the rest of CHOICES what the recipe has. Raises ValueError out of bounds."""
    given = TrainConfig(**(hyperparameters or {}))
    return {name: getattr(given, name) for name in CHOICES}


def _started_with(key: str, owner: User, chosen: Chosen) -> TrainingJob | None:
    """Raises KeyReused when the key began something else."""
    job = TrainingJob.objects.owned_by(owner).filter(idempotency_key=key).first() if key else None
    if job and job.hyperparameters != chosen:
        raise KeyReused
    return job


def check_can_train(owner: User, answers: Answers, chosen: Chosen) -> None:
    """Raises one of `CannotTrain` when a job cannot start now."""
    if TrainingJob.objects.owned_by(owner).open().exists():
        raise JobAlreadyOpen
    likes, dislikes = count_classes(answers)
    if min(likes, dislikes) < MINIMUM_PER_CLASS:
        raise TooFewAnswers(likes, dislikes)
    last = TrainingJob.objects.last_completed(owner)
    same_recipe = last and last.hyperparameters == chosen and last.backbone == current_backbone().id
    if last and same_recipe and not count_changes(answers, learned_answers(last)):
        raise NothingNew


def queue_job(job: TrainingJob) -> None:
    from training.tasks import run_job

    send_on_commit(run_job, job.pk)


def cancel_job(*, job: TrainingJob) -> None:
    """A job that waits ends at once, one that runs within a second or two. Raises JobHasEnded."""
    jobs = TrainingJob.objects.filter(pk=job.pk)
    if jobs.filter(status=Status.PENDING).update(status=Status.CANCELLED, finished_at=timezone.now()):
        pass
    elif not jobs.filter(status=Status.RUNNING).update(cancel_requested=True):
        job.refresh_from_db()
        raise JobHasEnded(job)
    job.refresh_from_db()
    tell_of_job(job.pk)


def claim_job(job_id: int) -> TrainingJob | None:
    """The job, which is now ours to run; None when it is gone, was cancelled, or another delivery has it."""
    now = timezone.now()
    waiting = TrainingJob.objects.filter(pk=job_id, status=Status.PENDING)
    if not waiting.update(status=Status.RUNNING, started_at=now, heartbeat=now, phase=TrainingJob.Phase.PREPARING):
        return None
    tell_of_job(job_id)
    return TrainingJob.objects.select_related("owner").get(pk=job_id)


def end_job(job_id: int, status: str, *, error: str = "") -> bool:
    """End a running job that made no version; False when it is not running any more."""
    running = TrainingJob.objects.filter(pk=job_id, status=Status.RUNNING)
    has_ended = bool(running.update(status=status, error=error, finished_at=timezone.now()))
    if has_ended:
        tell_of_job(job_id)
    return has_ended


def tell_of_job(job_id: int) -> None:
    """To the owner's listeners: the job has another state."""
    job = TrainingJob.objects.only("owner_id", "status", "version_id", "cancel_requested").get(pk=job_id)
    wish = {"cancel_requested": job.cancel_requested}
    kind = events.Kind.JOB_CHANGED
    events.publish(job.owner_id, kind, job_id=job.pk, status=job.status, version_id=job.version_id, **wish)


def fail_silent_jobs() -> int:
    """Jobs whose worker is gone have failed; returns how many."""
    now = timezone.now()
    running = TrainingJob.objects.filter(status=Status.RUNNING)
    running.filter(heartbeat__gt=now).update(heartbeat=now)  # the clock was set back
    silent = running.filter(heartbeat__lt=now - SILENT_AFTER)
    ended = [
        job_id
        for job_id in silent.values_list("pk", flat=True)
        if silent.filter(pk=job_id).update(status=Status.FAILED, error=SILENT, finished_at=timezone.now())
    ]
    for job_id in ended:
        tell_of_job(job_id)
    return len(ended)


def requeue_lost_jobs() -> None:
    """Hand jobs over again whose message was lost: they wait although no message does."""
    lengths = queue_lengths()
    if lengths and lengths["train"]:
        return
    now = timezone.now()
    came = Q(created_at__lt=now - LOST_AFTER) | Q(created_at__gt=now)  # the latter when the clock was set back
    waiting = TrainingJob.objects.filter(came, status=Status.PENDING)
    for job in waiting.order_by("pk"):
        queue_job(job)


def train_by_itself() -> None:
    """Start a job for everybody who wants it and has given enough new answers.

    Only those are looked at whose answers changed since the last look; who has an open job, once that has ended.
    """
    learning = TrainingJob.objects.open().filter(owner=OuterRef("owner"))
    changed = AnswersChanged.objects.filter(~Exists(learning)).values_list("owner", flat=True).distinct()
    for owner_id in list(changed):
        # Noted before the answers are read: what changes meanwhile stays for the next look.
        seen = list(AnswersChanged.objects.filter(owner=owner_id).values_list("pk", flat=True)[:CHANGES_AT_ONCE])
        wanting = Taste.objects.filter(owner=owner_id, auto_train=True, owner__is_active=True)
        taste = wanting.select_related("owner").first()
        if taste and answers_until_auto(taste) == 0:
            with suppress(CannotTrain):
                start_training(owner=taste.owner, trigger=TrainingJob.Trigger.AUTO)
        AnswersChanged.objects.filter(pk__in=seen).delete()


def answers_until_auto(taste: Taste, answers: Answers | None = None) -> int:
    """How many answers have to be added, changed or removed before training starts by itself.

    Counted since the last completed job. What failed or was cancelled since then goes wrong, or is not wanted, and is
    not tried again each minute: as many answers have to be given or changed after it ended.
    """
    answers = answers_of(taste.owner) if answers is None else answers
    completed = TrainingJob.objects.last_completed(taste.owner)
    changes = count_changes(answers, learned_answers(completed) if completed else {})
    ended = TrainingJob.objects.owned_by(taste.owner).exclude(status__in=TrainingJob.OPEN)
    last = ended.defer("history").order_by("-pk").first()
    if last and last != completed:
        since = last.finished_at or last.created_at
        changes = min(changes, answered_results(taste.owner).filter(feedback_at__gt=since).count())
    return max(taste.auto_train_every - changes, 0)
