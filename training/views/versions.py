"""Every version that was trained: which one serves, how good it was, and the ways back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from classifier.models import ClassificationResult, Taste
from classifier.views.common import SignedInRequest, safe_next
from training import versions as services
from training.models import Activation, ModelVersion
from training.version_table import SORTS, version_rows

ACTIVATIONS_SHOWN = 20
COLUMNS = [
    ("version", "Version", ""),
    ("accuracy", "Accuracy", "How often it was right about photos it had not seen, measured when it was trained"),
    ("ranking", "Ranking", "How often it put a photo you like above one you do not"),
    ("predictions", "Scored", "Photos it has scored"),
    ("like_rate", "Like rate", "How many of the photos you answered while it served you liked"),
    ("matches", "Of matches", "How many of its matches you liked"),
    ("held_up", "Held up", "How often its score agreed with the answer that you gave afterwards"),
    ("size", "Size", "Of its file"),
]


@require_safe
@login_required
def versions(request: SignedInRequest) -> HttpResponse:
    sort = request.GET.get("sort", "")
    sort = sort if sort in SORTS else "version"
    ascending = request.GET.get("order") == "up"
    active = ModelVersion.objects.active_of(request.user)
    activations = Activation.objects.owned_by(request.user).select_related("version")[:ACTIVATIONS_SHOWN]
    page = {
        "rows": version_rows(request.user, sort=sort, ascending=ascending),
        "columns": COLUMNS,
        "sort": sort,
        "ascending": ascending,
        "activations": activations,
        "progress": _progress(request, active),
    }
    return render(request, "training/versions.html", page)


@require_safe
@login_required
def versions_progress(request: SignedInRequest) -> HttpResponse:
    """How far the active version has come with the library; it polls itself as long as there is something to do."""
    active = ModelVersion.objects.active_of(request.user)
    return render(request, "training/_rescoring.html", {"progress": _progress(request, active)})


@require_POST
@login_required
def version_activate(request: SignedInRequest, number: int) -> HttpResponse:
    """One click; a second one where the version was measured as worse than the one that serves."""
    version = _version_or_404(request, number)
    back = safe_next(request, reverse("versions"))
    active = ModelVersion.objects.active_of(request.user)
    if services.lowers_quality(version, active) and "sure" not in request.POST:
        return render(request, "training/version_activate.html", {"version": version, "active": active, "next": back})
    try:
        if services.activate_version(version=version):
            messages.success(request, f"{version} is active now. Your photos are being scored anew.")
    except services.CannotServe as refused:
        messages.error(request, str(refused))
    return HttpResponseRedirect(back)


@require_POST
@login_required
def version_pin(request: SignedInRequest, number: int) -> HttpResponse:
    services.pin_version(version=_version_or_404(request, number), is_pinned=request.POST.get("pin") == "1")
    return HttpResponseRedirect(reverse("versions"))


@login_required
def version_delete(request: SignedInRequest, number: int) -> HttpResponse:
    """Asked first (GET), then done (POST): a deleted version does not come back."""
    version = _version_or_404(request, number)
    if request.method != "POST":
        return render(request, "training/version_delete.html", {"version": version})
    try:
        services.delete_version(version=version)
    except services.CannotDelete as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"{version} is deleted. Your answers are all there.")
    return HttpResponseRedirect(reverse("versions"))


def _version_or_404(request: SignedInRequest, number: int) -> ModelVersion:
    return get_object_or_404(ModelVersion.objects.kept().owned_by(request.user), version_number=number)


def _progress(request: SignedInRequest, active: ModelVersion) -> dict[str, Any] | None:
    """None when every score is up to date."""
    if not Taste.objects.of(request.user).is_being_scored:
        return None
    current = ClassificationResult.objects.owned_by(request.user).filter(is_current=True)
    total, done = current.count(), current.filter(model_version=active).count()
    return {"version": active, "done": done, "total": total}
