"""The shapes that the API speaks. Rules live in models and services, never here."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from classifier.models import MAX_BIO, ClassificationResult, Photo, ReferencePhoto, Taste, TextPreference


class ComponentSerializer(serializers.Serializer[Any]):
    value = serializers.FloatField(min_value=0, max_value=1)
    weight = serializers.FloatField(min_value=0, max_value=1)
    reason = serializers.CharField()


class ComponentsSerializer(serializers.Serializer[Any]):
    semantic = ComponentSerializer(required=False)
    reference = ComponentSerializer(required=False)
    learned = ComponentSerializer(required=False)


class ReasonSerializer(serializers.Serializer[Any]):
    kind = serializers.CharField()
    text = serializers.CharField()


class ResultSerializer(serializers.ModelSerializer[ClassificationResult]):
    """One version's prediction for one photo, and the answer given to it."""

    photo_id = serializers.IntegerField()
    version_number = serializers.IntegerField(source="model_version.version_number")
    components = ComponentsSerializer()
    reasons = ReasonSerializer(many=True)

    class Meta:
        model = ClassificationResult
        fields = [
            "id",
            "photo_id",
            "version_number",
            "score",
            "is_match",
            "is_super_match",
            "components",
            "reasons",
            "is_current",
            "user_feedback",
            "feedback_at",
            "created_at",
        ]
        read_only_fields = fields


class PhotoSerializer(serializers.ModelSerializer[Photo]):
    """A photo with its current result; the result's fields are null until it is scored."""

    source_name = serializers.CharField()
    image = serializers.CharField(source="image_url")
    thumbnail = serializers.CharField(source="thumbnail_url")
    result_id = serializers.IntegerField(source="current_result.id", default=None, allow_null=True)
    version_number = serializers.IntegerField(
        source="current_result.model_version.version_number", default=None, allow_null=True
    )
    score = serializers.FloatField(source="current_result.score", default=None, allow_null=True)
    is_match = serializers.BooleanField(source="current_result.is_match", default=None, allow_null=True)
    is_super_match = serializers.BooleanField(source="current_result.is_super_match", default=None, allow_null=True)
    components = ComponentsSerializer(source="current_result.components", default=None, allow_null=True)
    reasons = ReasonSerializer(source="current_result.reasons", many=True, default=None, allow_null=True)
    user_feedback = serializers.ChoiceField(
        source="answer", choices=ClassificationResult.Feedback.choices, allow_null=True
    )

    class Meta:
        model = Photo
        fields = [
            "id",
            "status",
            "unreadable_reason",
            "source_name",
            "bio",
            "width",
            "height",
            "created_at",
            "image",
            "thumbnail",
            "result_id",
            "version_number",
            "score",
            "is_match",
            "is_super_match",
            "components",
            "reasons",
            "user_feedback",
        ]
        read_only_fields = fields


class DuplicateSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    id = serializers.IntegerField(source="photo.id", help_text="The photo that is here already.")


class RejectionSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    reason = serializers.CharField()
    code = serializers.CharField()


class UploadOutcomeSerializer(serializers.Serializer[Any]):
    created = PhotoSerializer(many=True)
    duplicates = DuplicateSerializer(many=True)
    rejected = RejectionSerializer(many=True)


class UploadSerializer(serializers.Serializer[Any]):
    files = serializers.ListField(child=serializers.FileField(), allow_empty=False)
    bio = serializers.CharField(required=False, allow_blank=True, max_length=MAX_BIO)


class FeedbackSerializer(serializers.Serializer[Any]):
    feedback = serializers.ChoiceField(choices=ClassificationResult.Feedback.choices)


class TasteSerializer(serializers.ModelSerializer[Taste]):
    is_being_scored = serializers.BooleanField(read_only=True)

    class Meta:
        model = Taste
        fields = [
            "semantic_weight",
            "reference_weight",
            "learned_weight",
            "match_threshold",
            "super_like_threshold",
            "auto_train",
            "auto_train_every",
            "is_being_scored",
        ]


class TextPreferenceSerializer(serializers.ModelSerializer[TextPreference]):
    class Meta:
        model = TextPreference
        fields = ["id", "phrase", "kind", "weight", "is_dealbreaker", "created_at"]
        read_only_fields = ["id", "created_at"]


class ReferencePhotoSerializer(serializers.ModelSerializer[ReferencePhoto]):
    photo_id = serializers.IntegerField()

    class Meta:
        model = ReferencePhoto
        fields = ["id", "photo_id", "category", "description", "created_at"]
        read_only_fields = ["id", "created_at"]


class ReferenceChangeSerializer(serializers.ModelSerializer[ReferencePhoto]):
    class Meta:
        model = ReferencePhoto
        fields = ["category", "description"]
