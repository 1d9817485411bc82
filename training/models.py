"""Versions of the wizard's model, and the jobs that make them."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Self

from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils.translation import gettext, gettext_lazy

from classifier.model import current_backbone
from wizard.owned import Owned, OwnedQuerySet

if TYPE_CHECKING:
    from django.contrib.auth.models import User


class ModelVersionQuerySet(OwnedQuerySet["ModelVersion"]):
    def kept(self) -> Self:
        """Without those that were deleted, whose row stays for the answers that were given to them."""
        return self.filter(deleted_at=None)

    def active_of(self, owner: User) -> ModelVersion:
        """The version that serves `owner`; version 1 (base) is made the first time it is asked for."""
        version = self.filter(owner=owner, is_active=True).first()
        return version or self._make_base(owner)

    def _make_base(self, owner: User) -> ModelVersion:
        try:
            with transaction.atomic():
                version = self.create(owner=owner, version_number=1, is_active=True)
                Activation.objects.create(owner=owner, version=version, reason=Activation.Reason.START)
                return version
        except IntegrityError:  # another process made it in this moment
            return self.get(owner=owner, is_active=True)


class ModelVersion(Owned):
    """One trained state of the model. Its file, once written, never changes.

    Version 1 is the base model: no training, no file. Exactly one version of an owner is active. A trained version
    without a file has lost it to housekeeping: it is listed with its figures and cannot serve. A deleted one keeps
    its row, since answers hang on its results, and is shown nowhere.
    """

    class Type(models.TextChoices):
        BASE = "base", "Base"
        FINE_TUNED = "fine_tuned", "Fine-tuned"
        IMPORTED = "imported", "Imported"

    version_number = models.PositiveIntegerField()
    model_type = models.CharField(max_length=16, choices=Type.choices, default=Type.BASE)
    backbone = models.CharField(max_length=200, blank=True, help_text="Empty: any backbone (base).")
    file = models.FileField(upload_to="models", max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField(default=0, help_text="Bytes of the weight file.")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="children")
    figures = models.JSONField(default=dict, blank=True, help_text="Measured when it was trained.")
    is_active = models.BooleanField(default=False)
    is_pinned = models.BooleanField(default=False, help_text="Its file stays whatever comes after it.")
    imported_from = models.CharField(max_length=255, blank=True, help_text="The name of the file it came in.")
    created_at = models.DateTimeField(auto_now_add=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = ModelVersionQuerySet.as_manager()

    class Meta:
        ordering = ["-version_number"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "version_number"], name="unique_version_number_per_owner"),
            models.UniqueConstraint(fields=["owner"], condition=Q(is_active=True), name="one_active_version_per_owner"),
            models.CheckConstraint(
                condition=Q(model_type="base", file="") | (~Q(model_type="base") & ~Q(backbone="")),
                name="trained_versions_have_a_backbone",
            ),
            models.CheckConstraint(
                condition=Q(is_active=False) | Q(deleted_at=None), name="a_deleted_version_is_not_active"
            ),
        ]

    def __str__(self) -> str:
        return gettext("Version %(number)s") % {"number": self.version_number}

    @property
    def is_base(self) -> bool:
        return self.model_type == self.Type.BASE

    @property
    def has_lost_its_file(self) -> bool:
        return not self.is_base and not self.file

    @property
    def needs_retraining(self) -> bool:
        """It was trained on another backbone than the one that runs: until it is trained again it says nothing."""
        return not self.is_base and self.backbone != current_backbone().id

    @property
    def can_serve(self) -> bool:
        return not self.has_lost_its_file and not self.needs_retraining


class Activation(Owned):
    """From when on a version served, and why."""

    class Reason(models.TextChoices):
        START = "start", gettext_lazy("it came first")
        YOU = "you", gettext_lazy("you chose it")
        TRAINING = "training", gettext_lazy("it was better than the one before")
        ADMIN = "admin", gettext_lazy("an administrator chose it")

    version = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="activations")
    reason = models.CharField(max_length=16, choices=Reason.choices)
    at = models.DateTimeField(auto_now_add=True)

    objects = OwnedQuerySet["Activation"].as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["owner", "-id"], name="activation_newest")]

    def __str__(self) -> str:
        return f"{self.version} since {self.at:%Y-%m-%d %H:%M}"


MOST_IN_A_KEY = 100  # characters


class TrainingJobQuerySet(OwnedQuerySet["TrainingJob"]):
    def open(self) -> Self:
        return self.filter(status__in=TrainingJob.OPEN)

    def last_completed(self, owner: User) -> TrainingJob | None:
        return self.owned_by(owner).filter(status=TrainingJob.Status.COMPLETED).order_by("-pk").first()


class TrainingJob(Owned):
    """One request to learn from the answers so far.

    pending ──> running ──> completed
       │           ├──────> failed
       └───────────┴──────> cancelled

    Every change of state is one conditional update of the row (training/services.py), so a job ends once.
    """

    class Status(models.TextChoices):
        PENDING = "pending", gettext_lazy("Waiting")
        RUNNING = "running", gettext_lazy("Learning")
        COMPLETED = "completed", gettext_lazy("Completed")
        FAILED = "failed", gettext_lazy("Failed")
        CANCELLED = "cancelled", gettext_lazy("Cancelled")

    class Trigger(models.TextChoices):
        MANUAL = "manual", gettext_lazy("You")
        AUTO = "auto", gettext_lazy("By itself")

    class Phase(models.TextChoices):
        PREPARING = "preparing", gettext_lazy("Getting your photos ready")
        HEAD = "head", gettext_lazy("Finding what your likes have in common")
        FOLDS = "folds", gettext_lazy("Learning, and checking on photos it had not seen")
        FIGURES = "figures", gettext_lazy("Measuring how good it is")
        SAVING = "saving", gettext_lazy("Saving the new version")

    OPEN = (Status.PENDING, Status.RUNNING)

    status = models.CharField(max_length=16, choices=Status.choices, default=Status.PENDING)
    trigger = models.CharField(max_length=16, choices=Trigger.choices, default=Trigger.MANUAL)
    hyperparameters = models.JSONField(default=dict, blank=True, help_text="epochs, batch_size, learning_rate")
    idempotency_key = models.CharField(
        max_length=MOST_IN_A_KEY, blank=True, editable=False, help_text="What the caller named this start by."
    )
    backbone = models.CharField(max_length=200, blank=True)
    likes = models.PositiveIntegerField(default=0, help_text="Likes and super likes that it learned from.")
    dislikes = models.PositiveIntegerField(default=0)
    phase = models.CharField(max_length=16, choices=Phase.choices, blank=True)
    current_epoch = models.PositiveIntegerField(default=0)
    current_loss = models.FloatField(null=True, blank=True)
    current_accuracy = models.FloatField(null=True, blank=True)
    history = models.JSONField(default=list, blank=True, help_text="[{fold, epoch, loss, accuracy}], as they ended.")
    heartbeat = models.DateTimeField(null=True, blank=True)
    cancel_requested = models.BooleanField(default=False)
    outcome = models.TextField(blank=True, help_text="In one sentence, when it completed.")
    error = models.TextField(blank=True)
    version = models.OneToOneField(ModelVersion, null=True, blank=True, on_delete=models.SET_NULL, related_name="job")
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = TrainingJobQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner"],
                condition=Q(status__in=["pending", "running"]),
                name="one_open_job_per_owner",
            ),
            models.UniqueConstraint(
                fields=["owner", "idempotency_key"],
                condition=~Q(idempotency_key=""),
                name="a_key_starts_one_job_per_owner",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["pending", "running"], finished_at=None)
                | Q(status__in=["completed", "failed", "cancelled"], finished_at__isnull=False),
                name="ended_jobs_have_an_end",
            ),
        ]

    def __str__(self) -> str:
        return gettext("Training %(number)s (%(status)s)") % {"number": self.pk, "status": self.get_status_display()}

    @property
    def is_open(self) -> bool:
        return self.status in self.OPEN

    @property
    def epochs(self) -> int:
        return int(self.hyperparameters["epochs"])

    @property
    def waits_behind(self) -> int:
        """How many open jobs of anybody come before this one, which waits."""
        return TrainingJob.objects.open().filter(pk__lt=self.pk).count() if self.status == self.Status.PENDING else 0


class LearnedAnswer(models.Model):
    """An answer as it stood when a job learned from it.

    The photo is named by the sha256 of its upload as long as it is there. The answer outlives it under a name drawn by
    chance: what was learned from a deleted photo is counted as changed, and nothing says any more which photo it was.
    """

    job = models.ForeignKey(TrainingJob, on_delete=models.CASCADE, related_name="answers")
    photo_sha256 = models.CharField(max_length=64)
    feedback = models.CharField(max_length=16)
    chance = models.FloatField(help_text="P(like), by models that had not seen the photo.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["job", "photo_sha256"], name="a_job_learns_from_a_photo_once"),
        ]

    def __str__(self) -> str:
        return f"{self.photo_sha256[:8]}: {self.feedback}"


def nobodys_name() -> str:
    """In place of a sha256, of which it cannot be told apart."""
    return secrets.token_hex(32)


class Chance(models.Model):
    """P(like) by a version, of a photo that it did not learn from. Kept, since neither of them changes."""

    version = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="chances")
    photo = models.ForeignKey("classifier.Photo", on_delete=models.CASCADE, related_name="chances")
    value = models.FloatField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "photo"], name="one_chance_per_version_and_photo"),
        ]

    def __str__(self) -> str:
        return f"{self.photo_id} by version {self.version_id}: {self.value:.2f}"


class AnswersChanged(Owned):
    """What this person has said is no longer what it was: beat looks whether it is enough to train by itself.

    A row for each change, in the transaction of the change, and gone once somebody looked. So none can be seen before
    the answers can, none is lost to whoever dies, and nobody who answers waits for a lock.
    """

    objects = OwnedQuerySet["AnswersChanged"].as_manager()

    def __str__(self) -> str:
        return f"Answers of {self.owner_id}"
