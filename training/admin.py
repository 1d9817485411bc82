from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from training import services
from training.models import ModelVersion, TrainingJob
from wizard.read_only_admin import ReadOnlyAdmin


@admin.register(ModelVersion)
class ModelVersionAdmin(ReadOnlyAdmin):
    list_display = ["owner", "version_number", "model_type", "backbone", "is_active", "size", "created_at"]
    list_filter = ["model_type", "is_active", "backbone"]
    search_fields = ["owner__username"]
    list_select_related = ["owner"]


@admin.register(TrainingJob)
class TrainingJobAdmin(ReadOnlyAdmin):
    actions = ["cancel", "retry"]
    list_display = ["owner", "status", "trigger", "current_epoch", "current_accuracy", "created_at", "finished_at"]
    list_filter = ["status", "trigger"]
    search_fields = ["owner__username"]
    list_select_related = ["owner"]

    @admin.action(description="Cancel the selected jobs", permissions=["view"])
    def cancel(self, request: HttpRequest, jobs: QuerySet[TrainingJob]) -> None:
        for job in jobs:
            try:
                services.cancel_job(job=job)
            except services.JobHasEnded as ended:
                self.message_user(request, f"{job}: {ended}", messages.WARNING)

    @admin.action(description="Train again with the owners' present answers", permissions=["view"])
    def retry(self, request: HttpRequest, jobs: QuerySet[TrainingJob]) -> None:
        for job in jobs.select_related("owner"):
            try:
                services.start_training(owner=job.owner, hyperparameters=job.hyperparameters)
            except services.CannotTrain as refused:
                self.message_user(request, f"{job}: {refused}", messages.WARNING)
