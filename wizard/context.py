"""What the frame of every page shows."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from classifier.model import current_backbone
from training.models import ModelVersion


def frame(request: HttpRequest) -> dict[str, Any]:
    """The backbone and the active version (for the chip), and whether sign-up is open."""
    user = getattr(request, "user", None)
    shown: dict[str, Any] = {"sign_up_open": settings.SIGN_UP_OPEN, "backbone": current_backbone()}
    if user is not None and user.is_authenticated:
        shown["active_version"] = ModelVersion.objects.active_of(user)
    return shown
