"""Versions of the wizard's model, and the jobs that make them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, models, transaction
from django.db.models import Q

from wizard.owned import Owned, OwnedQuerySet

if TYPE_CHECKING:
    from django.contrib.auth.models import User


class ModelVersionQuerySet(OwnedQuerySet["ModelVersion"]):
    def active_of(self, owner: User) -> ModelVersion:
        """The version that serves `owner`; version 1 (base) is made the first time it is asked for."""
        version = self.filter(owner=owner, is_active=True).first()
        return version or self._make_base(owner)

    def _make_base(self, owner: User) -> ModelVersion:
        try:
            with transaction.atomic():
                return self.create(owner=owner, version_number=1, is_active=True)
        except IntegrityError:  # another process made it in this moment
            return self.get(owner=owner, is_active=True)


class ModelVersion(Owned):
    """One trained state of the model. Its file, once written, never changes.

    Version 1 is the base model: no training, no file. Exactly one version of an owner is active.
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
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ModelVersionQuerySet.as_manager()

    class Meta:
        ordering = ["-version_number"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "version_number"], name="unique_version_number_per_owner"),
            models.UniqueConstraint(fields=["owner"], condition=Q(is_active=True), name="one_active_version_per_owner"),
            models.CheckConstraint(
                condition=Q(model_type="base", file="") | (~Q(model_type="base") & ~Q(file="") & ~Q(backbone="")),
                name="trained_versions_have_a_file",
            ),
        ]

    def __str__(self) -> str:
        return f"Version {self.version_number}"


class TrainingJob(Owned):
    """One request to learn from the answers so far.

    pending ──> running ──> completed
       │           ├──────> failed
       └───────────┴──────> cancelled
    """

    class Status(models.TextChoices):
        PENDING = "pending", "Waiting"
        RUNNING = "running", "Learning"
        COMPLETED = "completed", "Completed"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"

    class Trigger(models.TextChoices):
        MANUAL = "manual", "You"
        AUTO = "auto", "By itself"

    OPEN = (Status.PENDING, Status.RUNNING)

    status = models.CharField(max_length=16, choices=Status.choices, default=Status.PENDING)
    trigger = models.CharField(max_length=16, choices=Trigger.choices, default=Trigger.MANUAL)
    hyperparameters = models.JSONField(default=dict, blank=True)
    current_epoch = models.PositiveIntegerField(default=0)
    current_loss = models.FloatField(null=True, blank=True)
    current_accuracy = models.FloatField(null=True, blank=True)
    history = models.JSONField(default=list, blank=True, help_text="One entry per epoch.")
    heartbeat = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)
    version = models.OneToOneField(ModelVersion, null=True, blank=True, on_delete=models.SET_NULL, related_name="job")
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = OwnedQuerySet["TrainingJob"].as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner"],
                condition=Q(status__in=["pending", "running"]),
                name="one_open_job_per_owner",
            ),
        ]

    def __str__(self) -> str:
        return f"Training {self.pk} ({self.get_status_display()})"
