"""The shapes that the API speaks. Rules live in models and services, never here."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from classifier.api import examples
from classifier.models import MAX_BIO, ClassificationResult, Photo, ReferencePhoto, Taste, TextPreference, address_of
from wizard.strict import StrictSerializer

MOST_ID = 2**63 - 1


class AsStored(serializers.Serializer[Any]):
    """What the scorer wrote has this shape already: it is passed on as it is, sixty photos a page."""

    def to_representation(self, instance: Any) -> Any:
        return instance


class ComponentSerializer(serializers.Serializer[Any]):
    """One part of the score; the score is the mean of the parts, by their weights."""

    value = serializers.FloatField(min_value=0, max_value=1)
    weight = serializers.FloatField(min_value=0, max_value=1)
    reason = serializers.CharField()


class ComponentsSerializer(AsStored):
    """Those that there are; none, and the photo is unrated."""

    semantic = ComponentSerializer(required=False, help_text="From the phrases you wrote.")
    reference = ComponentSerializer(required=False, help_text="From the photos you chose as references.")
    learned = ComponentSerializer(required=False, help_text="From your answers, by a trained version.")


WITHOUT_SCORE = "null without a score."


class ReasonSerializer(AsStored):
    """One of the sentences that explain a score."""

    kind = serializers.CharField(help_text="want, avoid, dealbreaker, reference or learned.")
    text = serializers.CharField()


@extend_schema_serializer(examples=[examples.said("A result", examples.RESULT)])
class ResultSerializer(serializers.ModelSerializer[ClassificationResult]):
    """One version's prediction for one photo, and the answer given to it."""

    photo_id = serializers.IntegerField()
    version_number = serializers.IntegerField(source="model_version.version_number")
    is_match = serializers.BooleanField(
        source="match_if_scored", read_only=True, allow_null=True, help_text=WITHOUT_SCORE
    )
    is_super_match = serializers.BooleanField(
        source="super_match_if_scored", read_only=True, allow_null=True, help_text=WITHOUT_SCORE
    )
    components = ComponentsSerializer()
    reasons = ReasonSerializer(many=True, help_text="Strongest first.")
    user_feedback = serializers.ChoiceField(
        choices=ClassificationResult.Feedback.choices,
        allow_null=True,
        help_text="Your answer, if it was given to this result.",
    )

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


@extend_schema_serializer(examples=[examples.said("A photo", examples.PHOTO)])
class PhotoSerializer(serializers.ModelSerializer[Photo]):
    """A photo with its current result; the result's fields are null until it is scored."""

    source_name = serializers.CharField()
    image = serializers.SerializerMethodField(help_text="Address of the picture; it takes a token too.")
    thumbnail = serializers.SerializerMethodField(help_text="Address of a small one.")
    result_id = serializers.IntegerField(source="current_result.id", default=None, allow_null=True)
    version_number = serializers.IntegerField(
        source="current_result.model_version.version_number", default=None, allow_null=True
    )
    score = serializers.FloatField(source="current_result.score", default=None, allow_null=True)
    is_match = serializers.BooleanField(source="current_result.match_if_scored", default=None, allow_null=True)
    is_super_match = serializers.BooleanField(
        source="current_result.super_match_if_scored", default=None, allow_null=True
    )
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

    def to_representation(self, instance: Photo) -> dict[str, Any]:
        """What the fields above would make, in a third of the time: a page has sixty photos of twenty fields each."""
        result = instance.current_result
        return {
            "id": instance.pk,
            "status": instance.status,
            "unreadable_reason": instance.unreadable_reason,
            "source_name": instance.source_name,
            "bio": instance.bio,
            "width": instance.width,
            "height": instance.height,
            "created_at": self.fields["created_at"].to_representation(instance.created_at),
            "image": self.get_image(instance),
            "thumbnail": self.get_thumbnail(instance),
            "result_id": result and result.pk,
            "version_number": result and result.model_version.version_number,
            "score": result and result.score,
            "is_match": result and result.match_if_scored,
            "is_super_match": result and result.super_match_if_scored,
            "components": result and result.components,
            "reasons": result and result.reasons,
            "user_feedback": instance.answer,
        }

    def get_image(self, photo: Photo) -> str:
        return address_of("api_photo_image", photo.pk)

    def get_thumbnail(self, photo: Photo) -> str:
        return address_of("api_photo_thumbnail", photo.pk)


class DuplicateSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    id = serializers.IntegerField(source="photo.id", help_text="The photo that is here already.")


class RejectionSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    reason = serializers.CharField(help_text="One sentence.")
    code = serializers.CharField(
        help_text=(
            "empty, too_large, svg, unsupported_type, not_an_image, truncated, damaged, too_many_pixels, polyglot,"
            " unknown_field, account_deleted, or storage_away."
        )
    )


@extend_schema_serializer(examples=[examples.said("One of each", examples.OUTCOME)])
class UploadOutcomeSerializer(serializers.Serializer[Any]):
    created = PhotoSerializer(many=True)
    duplicates = DuplicateSerializer(many=True)
    rejected = RejectionSerializer(many=True)


class UploadSerializer(StrictSerializer):
    files = serializers.ListField(
        child=serializers.FileField(),
        min_length=1,
        max_length=1000,
        help_text="1 to 1,000 pictures, each under this name and of at most 20 MB: JPEG, PNG, WebP, HEIC, AVIF or GIF.",
    )
    bio = serializers.CharField(
        required=False, allow_blank=True, max_length=MAX_BIO, help_text="A text that is kept with each of them."
    )


@extend_schema_serializer(examples=[examples.heard("A like", {"feedback": "like"})])
class FeedbackSerializer(StrictSerializer):
    feedback = serializers.ChoiceField(choices=ClassificationResult.Feedback.choices)


@extend_schema_serializer(
    examples=[examples.said("Your taste", examples.TASTE), examples.heard("A change", examples.TASTE_CHANGE)]
)
class TasteSerializer(StrictSerializer, serializers.ModelSerializer[Taste]):
    """Weights of the parts of a score, thresholds, and training by itself."""

    is_being_scored = serializers.BooleanField(
        read_only=True, help_text="Whether a change of your taste has still to reach your photos."
    )

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


@extend_schema_serializer(
    examples=[examples.said("A phrase", examples.PHRASE), examples.heard("A phrase", examples.PHRASE_GIVEN)]
)
class TextPreferenceSerializer(StrictSerializer, serializers.ModelSerializer[TextPreference]):
    class Meta:
        model = TextPreference
        fields = ["id", "phrase", "kind", "weight", "is_dealbreaker", "created_at"]
        read_only_fields = ["id", "created_at"]


@extend_schema_serializer(
    examples=[examples.said("A reference", examples.REFERENCE), examples.heard("A reference", examples.REFERENCE_GIVEN)]
)
class ReferencePhotoSerializer(StrictSerializer, serializers.ModelSerializer[ReferencePhoto]):
    photo_id = serializers.IntegerField(min_value=1, max_value=MOST_ID)

    class Meta:
        model = ReferencePhoto
        fields = ["id", "photo_id", "category", "description", "created_at"]
        read_only_fields = ["id", "created_at"]


@extend_schema_serializer(examples=[examples.heard("Other words", {"description": "The light on that wall."})])
class ReferenceChangeSerializer(StrictSerializer, serializers.ModelSerializer[ReferencePhoto]):
    class Meta:
        model = ReferencePhoto
        fields = ["category", "description"]
