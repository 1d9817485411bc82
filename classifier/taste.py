"""What one person likes, as they say it: phrases, photos they chose, and how much each counts."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy

from wizard.owned import Owned, OwnedQuerySet

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User

UNIT_INTERVAL = [MinValueValidator(0.0), MaxValueValidator(1.0)]


def can_be_seen(text: str) -> None:
    """Refuse a text of spaces and invisible characters alone."""
    if not any(unicodedata.category(character)[0] in "LNPS" for character in text):
        raise ValidationError(gettext_lazy("Write something that can be seen."))


class TasteQuerySet(OwnedQuerySet["Taste"]):
    def of(self, owner: User) -> Taste:
        """The owner's taste, with the defaults the first time it is asked for."""
        taste, _ = self.get_or_create(owner=owner)
        taste.owner = owner  # who is known already: else `taste.owner` would be a query
        return taste


class Taste(models.Model):
    """How one person's scores are put together. `revision` rises with every change that moves scores;
    the library is up to date when `scored_revision` has caught up with it."""

    owner = models.OneToOneField("auth.User", on_delete=models.CASCADE, related_name="taste")
    semantic_weight = models.FloatField(gettext_lazy("what you wrote"), default=1.0, validators=UNIT_INTERVAL)
    reference_weight = models.FloatField(gettext_lazy("photos you chose"), default=0.5, validators=UNIT_INTERVAL)
    learned_weight = models.FloatField(gettext_lazy("what it learned from you"), default=1.0, validators=UNIT_INTERVAL)
    match_threshold = models.FloatField(default=0.6, validators=UNIT_INTERVAL)
    super_like_threshold = models.FloatField(default=0.85, validators=UNIT_INTERVAL)
    auto_train = models.BooleanField(default=True)
    auto_train_every = models.PositiveIntegerField(
        default=50, validators=[MinValueValidator(1), MaxValueValidator(10_000)]
    )
    hides_first_steps = models.BooleanField(default=False, help_text="Skipped; they come back from the account menu.")
    revision = models.PositiveIntegerField(default=0, editable=False)
    scored_revision = models.PositiveIntegerField(default=0, editable=False)

    objects = TasteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(super_like_threshold__gte=models.F("match_threshold")),
                name="super_like_threshold_not_below_match",
                violation_error_message=gettext_lazy("The super like threshold can't be below the match threshold."),
            ),
            models.CheckConstraint(
                condition=Q(match_threshold__gte=0, super_like_threshold__lte=1),
                name="thresholds_in_unit_interval",
            ),
        ]

    def __str__(self) -> str:
        return f"Taste of {self.owner}"

    @property
    def is_being_scored(self) -> bool:
        return self.scored_revision < self.revision


class TextPreference(Owned):
    """A phrase the owner looks for, or would rather not see."""

    class Kind(models.TextChoices):
        WANT = "want", gettext_lazy("Want")
        AVOID = "avoid", gettext_lazy("Avoid")

    phrase = models.CharField(max_length=120, validators=[can_be_seen])
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.WANT)
    weight = models.FloatField(default=1.0, validators=[MinValueValidator(0.1), MaxValueValidator(2.0)])
    is_dealbreaker = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = OwnedQuerySet["TextPreference"].as_manager()

    class Meta:
        ordering = ["kind", "id"]
        constraints = [
            models.UniqueConstraint(
                "owner",
                Lower("phrase"),
                name="unique_phrase_per_owner",
                violation_error_message=gettext_lazy("You have this phrase already."),
            ),
            models.CheckConstraint(
                condition=Q(is_dealbreaker=False) | Q(kind="avoid"),
                name="only_avoided_phrases_break_deals",
                violation_error_message=gettext_lazy("Only a phrase to avoid can be a dealbreaker."),
            ),
        ]

    def __str__(self) -> str:
        return self.phrase


class ReferenceQuerySet(OwnedQuerySet["ReferencePhoto"]):
    def owned_by(self, user: User | AnonymousUser) -> Self:
        """The references of `user` except those of photos in the trash."""
        return super().owned_by(user).filter(photo__deleted_at=None)


class ReferencePhoto(Owned):
    """A photo the owner chose as an example of what they like."""

    photo = models.ForeignKey("classifier.Photo", on_delete=models.CASCADE, related_name="references")
    category = models.CharField(max_length=40, blank=True)
    description = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["photo"],
                name="a_photo_is_a_reference_once",
                violation_error_message=gettext_lazy("This photo is one of your references already."),
            ),
        ]

    def __str__(self) -> str:
        return self.category or f"Reference {self.pk}"
