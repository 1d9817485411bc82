"""Photos, what the wizard thinks of each, and what its owner answered."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q, QuerySet
from django.db.models.query import Prefetch
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from classifier.folders.marks import ImportedFile as ImportedFile  # models with files of their own
from classifier.review.reasons import Why
from classifier.taste import UNIT_INTERVAL
from classifier.taste import ReferencePhoto as ReferencePhoto
from classifier.taste import Taste as Taste
from classifier.taste import TextPreference as TextPreference
from classifier.taste import can_be_seen as can_be_seen
from wizard.owned import Owned, OwnedQuerySet

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User


MAX_BIO = 5000  # characters
MAX_IDS = 1000


def trash_period() -> timedelta:
    """How long a deleted photo can be restored."""
    return timedelta(days=settings.WIZARD_TRASH_DAYS)


def photo_path(photo: Photo, filename: str) -> str:
    """Photos are stored under a random name: what the user called the file stays in the database."""
    return f"photos/{photo.owner_id}/{uuid.uuid4().hex}.jpg"


def thumbnail_path(photo: Photo, filename: str) -> str:
    return f"thumbnails/{photo.owner_id}/{uuid.uuid4().hex}.webp"


class PhotoQuerySet(OwnedQuerySet["Photo"]):
    def owned_by(self, user: User | AnonymousUser) -> Self:
        """The photos of `user` that were not deleted."""
        return super().owned_by(user).filter(deleted_at=None)

    def in_trash(self, owner: User | AnonymousUser) -> Self:
        """The deleted photos of `owner` that can still be restored."""
        return super().owned_by(owner).filter(deleted_at__gt=timezone.now() - trash_period())

    def ids_in_trash(self, owner: User) -> list[int] | QuerySet[Any, Any]:
        """Of the deleted photos of `owner`, for `__in`. As numbers while they are few: a query in the query costs more,
        but databases limit how many numbers one may hold."""
        trashed = self.filter(owner=owner, deleted_at__isnull=False).order_by().values_list("pk", flat=True)
        few = list(trashed[: MAX_IDS + 1])
        return few if len(few) <= MAX_IDS else trashed

    def with_current_result(self) -> Self:
        """Load each photo's current result along (`photo.current_result`), and its answer, whatever their number."""
        current = ClassificationResult.objects.filter(is_current=True).with_version()
        return self.prefetch_related(Prefetch("results", queryset=current, to_attr="current_results"), answers_along())

    def with_verdict(self, verdict: str) -> Self:
        """Photos whose current result is a `match`, a `super` match or a `miss`."""
        results = ClassificationResult.objects.filter(photo=OuterRef("pk"), is_current=True)
        return self.filter(Exists(results.with_verdict(verdict)))

    def narrowed(self, owner: User, *, status: str = "", verdict: str = "", feedback: str = "") -> Self:
        """The photos of `owner` that are all of what is given; an empty word asks for everything."""
        photos = self.with_feedback(owner, feedback) if feedback else self.owned_by(owner)
        if status:
            photos = photos.filter(status=status)
        return photos.with_verdict(verdict) if verdict else photos

    def with_feedback(self, owner: User, feedback: str) -> Self:
        """Photos of `owner` answered with `feedback` (like, dislike, super_like), with `any` answer, or with `none`."""
        if feedback == "none":
            return self.owned_by(owner).filter(~Exists(_answers(OuterRef("pk"))))
        return self.owned_by(owner).filter(pk__in=_photos_answered(owner, feedback))


def answers_along() -> Prefetch[str, ResultQuerySet, str]:
    """For photos: what `photo.answer` needs, and no more."""
    answered = ClassificationResult.objects.filter(user_feedback__isnull=False).only("photo_id", "user_feedback")
    return Prefetch("results", queryset=answered, to_attr="answered_results")


def address_of(name: str, photo_id: int) -> str:
    """`reverse` for what belongs to a photo: a page has hundreds of such addresses."""
    return _pattern(name).format(photo_id)


@cache
def _pattern(name: str) -> str:
    return reverse(name, args=[0]).replace("/0/", "/{}/")


class Photo(Owned):
    """One sanitised picture.

    queued ──> ready
       └─────> unreadable (with the reason)
    """

    class Status(models.TextChoices):
        QUEUED = "queued", gettext_lazy("Waiting")
        READY = "ready", gettext_lazy("Ready")
        UNREADABLE = "unreadable", gettext_lazy("Unreadable")

    image = models.ImageField(upload_to=photo_path, max_length=200)
    thumbnail = models.FileField(upload_to=thumbnail_path, max_length=200)
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    sha256 = models.CharField(max_length=64, help_text="Of the file as it was uploaded.")
    picture_sha256 = models.CharField(  # noqa: DJ001  (null, "not computed yet", is unlike every other value)
        max_length=64,
        null=True,
        blank=True,
        editable=False,
        help_text="Of the picture as it is stored: files that differ in metadata alone are the same photo.",
    )
    source_name = models.CharField(max_length=255)
    bio = models.TextField(max_length=MAX_BIO, blank=True)
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.QUEUED)
    unreadable_reason = models.CharField(max_length=200, blank=True)
    attempts = models.PositiveSmallIntegerField(
        default=0, editable=False, help_text="How often the score worker began to read it."
    )
    begun_at = models.DateTimeField(null=True, blank=True, editable=False, help_text="When a score worker claimed it.")
    begun_by = models.CharField(max_length=200, blank=True, editable=False, help_text="A message and a worker.")
    created_at = models.DateTimeField(auto_now_add=True)
    deleted_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="Gone for its owner; for good a little later."
    )

    objects = PhotoQuerySet.as_manager()

    # Set by `with_current_result`; see `current_result` and `answer`.
    current_results: list[ClassificationResult]
    answered_results: list[ClassificationResult]
    found = ""  # by a search: how strongly

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "sha256"], name="unique_upload_per_owner"),
            models.UniqueConstraint(fields=["owner", "picture_sha256"], name="unique_picture_per_owner"),
            models.CheckConstraint(
                condition=Q(status="unreadable") ^ Q(unreadable_reason=""), name="unreadable_photos_say_why"
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "-id"], name="photo_newest"),
            models.Index(fields=["owner", "status", "-id"], name="photo_by_status"),
            models.Index(fields=["owner"], condition=Q(deleted_at__isnull=False), name="photo_trashed"),
            models.Index(fields=["owner", "id"], condition=Q(status="queued"), name="photo_queued"),
            models.Index(fields=["id"], condition=Q(picture_sha256=None), name="photo_without_hash"),
        ]

    def __str__(self) -> str:
        return self.source_name

    @property
    def kept_until(self) -> datetime | None:
        """When a photo in the trash is deleted for good."""
        return self.deleted_at + trash_period() if self.deleted_at else None

    @property
    def page_url(self) -> str:
        return address_of("photo", self.pk)

    @property
    def answer_url(self) -> str:
        return address_of("photo_answer", self.pk)

    @property
    def image_url(self) -> str:
        return address_of("photo_image", self.pk)

    @property
    def thumbnail_url(self) -> str:
        return address_of("photo_thumbnail", self.pk)

    @property
    def current_result(self) -> ClassificationResult | None:
        """The result the pages show: that of the active version, or of the one before until it is re-scored."""
        if not hasattr(self, "current_results"):
            self.current_results = list(self.results.filter(is_current=True).with_version())
        return self.current_results[0] if self.current_results else None

    @property
    def answer(self) -> str | None:
        """What the owner said of this photo: like, dislike, super_like, or None."""
        if not hasattr(self, "answered_results"):
            self.answered_results = list(self.results.filter(user_feedback__isnull=False))
        return self.answered_results[0].user_feedback if self.answered_results else None


class PhotoEmbedding(Owned):
    """What a backbone made of a photo: the unit vector here, the stem activations in file storage."""

    photo = models.ForeignKey(Photo, on_delete=models.CASCADE, related_name="embeddings")
    backbone = models.CharField(max_length=200)
    vector = models.BinaryField(help_text="Unit vector, fp16, little endian.")

    objects = OwnedQuerySet["PhotoEmbedding"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["photo", "backbone"], name="one_embedding_per_photo_and_backbone"),
        ]
        indexes = [models.Index(fields=["owner", "backbone", "photo"], name="embedding_of_library")]

    def __str__(self) -> str:
        return f"{self.photo_id} by {self.backbone}"


class ResultQuerySet(OwnedQuerySet["ClassificationResult"]):
    def with_verdict(self, verdict: str) -> Self:
        """Results that are a `match` (a super match is one too), a `super` match, a `miss`, or `unrated`."""
        if verdict == "unrated":
            return self.ranked().filter(rank=UNRATED)
        # As lists of one: SQLite looks a bare boolean up in no index.
        conditions = {
            "match": Q(is_match=True),
            "super": Q(is_match__in=[True], is_super_match__in=[True]),
            "miss": Q(is_match__in=[False], is_super_match__in=[False], score__isnull=False),
        }
        return self.filter(conditions[verdict])

    def answered(self) -> Self:
        """Results that carry an answer; every answer is named, since SQLite finds their index by equality alone."""
        return self.filter(user_feedback__in=ClassificationResult.Feedback.values)

    def in_sight(self, owner: User) -> Self:
        """Without those of photos in the trash; a join would cost more."""
        trashed = Photo.objects.ids_in_trash(owner)
        return self.exclude(photo__in=trashed) if trashed else self

    def shown_to(self, owner: User, feedback: str = "") -> Self:
        """The current results of the owner's photos, ranked; of those alone that carry the answer, whichever version's
        result it was given to."""
        current = self.filter(is_current=True).in_sight(owner).ranked()
        if feedback in ("", "none"):
            current = current.owned_by(owner)
            return current.filter(~Exists(_answers(OuterRef("photo")))) if feedback else current
        # Answered photos are few, and the owner's: said once more, SQLite would look through all of them by score.
        return current.filter(photo__in=_photos_answered(owner, feedback))

    def of_kept_versions(self) -> Self:
        """Without those of deleted versions, which keep a result only for the answer on it."""
        return self.select_related("model_version").filter(model_version__deleted_at=None)

    def unused(self) -> Self:
        """Results of deleted versions that are not shown and carry no answer."""
        return self.filter(is_current=False, user_feedback=None, model_version__deleted_at__isnull=False)

    def with_version(self) -> Self:
        """Load the versions along: few, for many results, and each once."""
        return self.prefetch_related("model_version")

    def ranked(self) -> Self:
        """With `rank`, the key of the order by score: unrated photos come last."""
        return self.annotate(rank=RANK)


UNRATED = -1.0
# With the number in the expression: bound as a parameter, SQLite would not know the index on it again.
RANK = Func(F("score"), template="COALESCE(%(expressions)s, -1.0)", output_field=models.FloatField())


def _answers(photo: OuterRef) -> ResultQuerySet:
    return ClassificationResult.objects.filter(photo=photo, user_feedback__isnull=False)


def _photos_answered(owner: User, feedback: str) -> QuerySet[ClassificationResult, int]:
    answered = ClassificationResult.objects.owned_by(owner).answered()
    return (answered if feedback == "any" else answered.filter(user_feedback=feedback)).values_list("photo", flat=True)


class ClassificationResult(Owned):
    """What one version says of one photo; and the owner's answer, on the result it was given to.

    A photo has one result per version. One of them is current (shown); at most one carries the
    answer, which is the photo's label. The answer stays on the result that was shown when the photo
    was first answered, also when a later version scores the photo and the answer is changed then: so
    every answer is counted for the version that made its prediction before it was known.
    """

    class Feedback(models.TextChoices):
        LIKE = "like", gettext_lazy("Like")
        DISLIKE = "dislike", gettext_lazy("Dislike")
        SUPER_LIKE = "super_like", gettext_lazy("Super like")

    LIKES = (Feedback.LIKE, Feedback.SUPER_LIKE)

    photo = models.ForeignKey(Photo, on_delete=models.CASCADE, related_name="results")
    model_version = models.ForeignKey("training.ModelVersion", on_delete=models.CASCADE, related_name="results")
    score = models.FloatField(null=True, blank=True, validators=UNIT_INTERVAL, help_text="None: unrated.")
    is_match = models.BooleanField(default=False)
    is_super_match = models.BooleanField(default=False)
    components = models.JSONField(default=dict, help_text="{name: {value, weight, reason}}")
    reasons = models.JSONField(default=list, help_text="[{kind, text}], strongest first.")
    is_current = models.BooleanField(default=True)
    user_feedback = models.CharField(max_length=16, choices=Feedback.choices, null=True, blank=True)  # noqa: DJ001  (null, not "", is "no answer": the constraint below and the API say so)
    feedback_at = models.DateTimeField(null=True, blank=True)
    # What stood when the photo was first answered; kept when the answer is taken back.
    answered_score = models.FloatField(null=True, blank=True, help_text="The score that stood when it was answered.")
    answered_match = models.BooleanField(null=True, blank=True)
    asked_as = models.CharField(
        max_length=16,
        blank=True,
        choices=[(why.value, why.value) for why in Why],
        help_text="Why the review asked; empty: the owner came upon the photo.",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ResultQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["photo", "model_version"], name="one_result_per_photo_and_version"),
            models.UniqueConstraint(
                fields=["photo"], condition=Q(user_feedback__isnull=False), name="one_answer_per_photo"
            ),
            models.UniqueConstraint(
                fields=["photo"], condition=Q(is_current=True), name="one_current_result_per_photo"
            ),
            models.CheckConstraint(
                condition=Q(user_feedback__isnull=True) | Q(user_feedback__in=["like", "dislike", "super_like"]),
                name="feedback_is_like_dislike_or_super_like",
            ),
            models.CheckConstraint(
                condition=Q(user_feedback__isnull=True) ^ Q(feedback_at__isnull=False),
                name="answers_have_a_time",
            ),
            models.CheckConstraint(
                condition=Q(score__isnull=True) | Q(score__gte=0.0, score__lte=1.0),
                name="score_in_unit_interval",
            ),
        ]
        indexes = [
            models.Index(
                "owner",
                RANK.desc(),
                models.F("photo").desc(),
                condition=Q(is_current=True),
                name="result_by_score",
            ),
            models.Index(
                "owner",
                "is_match",
                "is_super_match",
                RANK.desc(),
                models.F("photo").desc(),
                condition=Q(is_current=True),
                name="result_by_verdict",
            ),
            models.Index(fields=["model_version", "user_feedback"], name="result_feedback_of_version"),
            models.Index(
                fields=["owner", "user_feedback", "photo"],
                condition=Q(user_feedback__isnull=False),
                name="result_answered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.photo_id} by version {self.model_version_id}"

    @property
    def match_if_scored(self) -> bool | None:
        """`is_match`; None without a score, which neither matches nor misses."""
        return None if self.score is None else self.is_match

    @property
    def super_match_if_scored(self) -> bool | None:
        return None if self.score is None else self.is_super_match


class ReviewAnswer(Owned):
    """What was said of a photo that the review asked about; also what is no label: unsure, and not now.

    `before` is the label that the photo had then, so that an answer can be taken back, and so that it shows how often
    people agree with themselves.
    """

    class Answer(models.TextChoices):
        LIKE = "like", gettext_lazy("Like")
        DISLIKE = "dislike", gettext_lazy("Dislike")
        SUPER_LIKE = "super_like", gettext_lazy("Super like")
        UNSURE = "unsure", gettext_lazy("Unsure")
        SKIP = "skip", gettext_lazy("Skip")

    photo = models.ForeignKey(Photo, on_delete=models.CASCADE, related_name="review_answers")
    answer = models.CharField(max_length=16, choices=Answer.choices)
    why = models.CharField(max_length=16, choices=[(why.value, why.value) for why in Why])
    before = models.CharField(max_length=16, blank=True, choices=ClassificationResult.Feedback.choices)
    at = models.DateTimeField(auto_now_add=True)

    objects = OwnedQuerySet["ReviewAnswer"].as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["owner", "-id"], name="review_newest")]

    def __str__(self) -> str:
        return f"{self.answer} on {self.photo_id}"
