"""Rows that belong to one person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self, TypeVar

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models

if TYPE_CHECKING:
    from django.contrib.auth.models import User

M = TypeVar("M", bound=models.Model)


class OwnedQuerySet(models.QuerySet[M]):
    def owned_by(self, user: User | AnonymousUser) -> Self:
        """The rows of `user` alone; none for a visitor who is not signed in."""
        return self.filter(owner_id=user.pk) if user.pk is not None else self.none()


class Owned(models.Model):
    """Every row has an owner, and every view asks for `objects.owned_by(request.user)`."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)

    class Meta:
        abstract = True
