"""Photos in. With JavaScript they go to the API in small parts (static/js/upload.js); this is the form without."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from classifier import services
from classifier.forms import BioForm
from classifier.images import MAX_BYTES
from classifier.views.common import SignedInRequest


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def upload(request: SignedInRequest) -> HttpResponse:
    context: dict[str, Any] = {"max_bytes": MAX_BYTES}
    if request.method != "POST":
        return render(request, "classifier/upload.html", context)
    files = request.FILES.getlist("files")
    form = BioForm(request.POST)
    if not files or not form.is_valid():
        error = (
            gettext("The bio is too long: up to 5,000 characters are kept.")
            if files
            else gettext("Choose at least one photo.")
        )
        return render(request, "classifier/upload.html", {**context, "error": error}, status=422)
    outcome = services.add_photos(owner=request.user, files=files, bio=form.cleaned_data["bio"])
    return render(request, "classifier/upload.html", {**context, "outcome": outcome})
