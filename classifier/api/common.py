"""What the doors to photos share: whose photo it is, and what is said when there is none, or no score of it yet."""

from __future__ import annotations

from django.shortcuts import get_object_or_404
from rest_framework.request import Request

from classifier.models import Photo
from wizard.api import signed_in_user
from wizard.errors import NOT_FOUND
from wizard.schema import refused

NO_SUCH_PHOTO = refused("There is no such photo.", not_found=NOT_FOUND)
NOT_SCORED = refused("It has no score to answer yet.", not_scored="This photo has no score yet; answer it when it has.")


def photo_or_404(request: Request, pk: int) -> Photo:
    """The caller's own photo; a stranger gets 404, as for a photo that does not exist."""
    return get_object_or_404(Photo.objects.owned_by(signed_in_user(request)), pk=pk)
