from __future__ import annotations

from django.contrib import admin

from classifier.models import ClassificationResult, Photo, ReferencePhoto, Taste, TextPreference
from wizard.read_only_admin import OwnRowsAdmin


@admin.register(Photo)
class PhotoAdmin(OwnRowsAdmin):
    list_display = ["source_name", "status", "width", "height", "created_at"]
    list_filter = ["status"]
    search_fields = ["source_name", "bio"]


@admin.register(ClassificationResult)
class ClassificationResultAdmin(OwnRowsAdmin):
    list_display = ["photo", "model_version", "score", "is_match", "user_feedback", "feedback_at", "is_current"]
    list_filter = ["is_current", "is_match", "user_feedback"]
    list_select_related = ["photo", "model_version"]


@admin.register(Taste)
class TasteAdmin(OwnRowsAdmin):
    list_display = ["owner", "match_threshold", "super_like_threshold", "auto_train", "revision", "scored_revision"]


@admin.register(TextPreference)
class TextPreferenceAdmin(OwnRowsAdmin):
    list_display = ["phrase", "kind", "weight", "is_dealbreaker"]
    list_filter = ["kind", "is_dealbreaker"]


@admin.register(ReferencePhoto)
class ReferencePhotoAdmin(OwnRowsAdmin):
    list_display = ["photo", "category", "description"]
    list_select_related = ["photo"]
