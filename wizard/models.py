"""What lets a program act for a person: API tokens."""

from __future__ import annotations

import secrets
from hashlib import sha256

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy

from classifier.models import can_be_seen
from wizard.owned import Owned, OwnedQuerySet

MOST_NAME = 60  # characters


class ApiToken(Owned):
    """What is kept of a token: enough to know it again, not enough to make it.

    A password needs a slow hash with salt, since people choose few of them. A token is 256 bits of chance: no list of
    likely ones exists to be tried, so one sha256 is enough, and every request can afford it. It is looked up by that
    digest, so how long the search takes says nothing about a token that one does not have.
    """

    class Scope(models.TextChoices):
        READ = "read", gettext_lazy("Read only")
        WRITE = "read-write", gettext_lazy("Read and write")

    name = models.CharField(max_length=MOST_NAME, validators=[can_be_seen])
    digest = models.CharField(max_length=64, unique=True, editable=False, help_text="sha256 of its text, in hex.")
    hint = models.CharField(max_length=16, editable=False, help_text="How its text begins.")
    scope = models.CharField(max_length=16, choices=Scope.choices)
    is_sign_in = models.BooleanField(
        default=False, editable=False, help_text="Given for a password over the API: makes room for the next one."
    )
    form_id = models.UUIDField(
        null=True, editable=False, help_text="Of the form that asked for it: sent twice, it makes one token."
    )
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, editable=False, help_text="To the minute.")

    objects = OwnedQuerySet["ApiToken"].as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "form_id"], name="one_token_per_form"),
            models.CheckConstraint(condition=Q(scope__in=["read", "read-write"]), name="scope_is_read_or_read_write"),
        ]

    def __str__(self) -> str:
        return self.name


class Leaving(models.Model):
    """Somebody who asked for their account to be deleted: a number, and when. It outlives the account by an hour, for
    what was still on its way; no name, and numbers are given once."""

    person = models.PositiveBigIntegerField(unique=True, help_text="The id of the account.")
    asked_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"Account {self.person}, since {self.asked_at:%Y-%m-%d %H:%M}"


def new_text() -> str:
    """A token's text. The prefix tells people, and programs that look for leaked secrets, what they have found."""
    return f"wz_{secrets.token_urlsafe(32)}"


def digest_of(text: bytes) -> str:
    return sha256(text).hexdigest()


def hint_of(text: str) -> str:
    return f"{text[:6]}…"
