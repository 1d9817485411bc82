from __future__ import annotations

from django.contrib import admin

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
    list_display = ["owner", "status", "trigger", "current_epoch", "current_accuracy", "created_at", "finished_at"]
    list_filter = ["status", "trigger"]
    search_fields = ["owner__username"]
    list_select_related = ["owner"]
