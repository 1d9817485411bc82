"""Photos in. With JavaScript they go to the API in small parts (static/js/upload.js); this is the form without."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from classifier import services
from classifier.images import MAX_BYTES, as_named
from classifier.views.common import SignedInRequest


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def upload(request: SignedInRequest) -> HttpResponse:
    context: dict[str, Any] = {"max_bytes": MAX_BYTES}
    if request.method == "POST":
        try:
            context["outcome"] = _taken(request)
        except ValidationError as refused:
            context["error"] = refused.messages[0]
    return render(request, "classifier/upload.html", context, status=422 if "error" in context else 200)


def _taken(request: SignedInRequest) -> services.UploadOutcome:
    """Raises ValidationError when nothing of it can be taken."""
    files = request.FILES.getlist("files")
    if not files:
        raise ValidationError(gettext("Choose at least one photo."))
    for file in files:
        file.name = as_named(file.name or "")
    return services.add_photos(owner=request.user, files=files, bio=request.POST.get("bio", "").strip())
