"""Photos in. With JavaScript they go to the API in small parts (static/js/upload.js); this is the form without."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from classifier import services
from classifier.forms import UploadForm
from classifier.images import MAX_BYTES
from classifier.views.common import SignedInRequest


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def upload(request: SignedInRequest) -> HttpResponse:
    if request.method != "POST":
        return render(request, "classifier/upload.html", {"form": UploadForm(), "max_bytes": MAX_BYTES})
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return render(request, "classifier/upload.html", {"form": form, "max_bytes": MAX_BYTES}, status=422)
    outcome = services.add_photos(
        owner=request.user, files=request.FILES.getlist("files"), bio=form.cleaned_data["bio"]
    )
    return render(request, "classifier/upload.html", {"form": UploadForm(), "max_bytes": MAX_BYTES, "outcome": outcome})
