"""Every version that was trained: which one serves, how good it was, and the ways back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from classifier.models import ClassificationResult, Photo, Taste
from classifier.views.common import SignedInRequest, safe_next, whole
from training import versions as services
from training.compare import Comparison, Judged, ask_about_missing, compare, missing_photos
from training.models import Activation, ModelVersion
from training.usage import NONE, usage_of
from training.version_table import SORTS, version_rows
from wizard import workers

ACTIVATIONS_SHOWN = 20
ROUNDS_TO_WAIT = 60  # looks, half a second apart, at whether the score worker has answered
COLUMNS = [
    ("version", gettext_lazy("Version"), ""),
    (
        "accuracy",
        gettext_lazy("Accuracy"),
        gettext_lazy("How often it was right about photos it had not seen, measured when it was trained"),
    ),
    ("ranking", gettext_lazy("Ranking"), gettext_lazy("How often it put a photo you like above one you do not")),
    ("predictions", gettext_lazy("Scored"), gettext_lazy("Photos it has scored")),
    (
        "like_rate",
        gettext_lazy("Like rate"),
        gettext_lazy("How many you liked of the photos you answered while it was active"),
    ),
    ("matches", gettext_lazy("Of matches"), gettext_lazy("How many of its matches you liked")),
    (
        "held_up",
        gettext_lazy("Held up"),
        gettext_lazy("How often its score agreed with the answer that you gave afterwards"),
    ),
    ("size", gettext_lazy("Size"), gettext_lazy("How large its file is")),
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


@require_safe
@login_required
def versions_compare(request: SignedInRequest) -> HttpResponse:
    """Two versions (?v=4&v=3), the newer one first; what is not known of them yet is asked of the score worker."""
    numbers = sorted({whole(number) for number in request.GET.getlist("v")}, reverse=True)
    if len(numbers) != 2:
        messages.info(request, gettext("Tick two versions to compare them."))
        return HttpResponseRedirect(reverse("versions"))
    a, b = (version_or_404(request, number) for number in numbers)
    round_ = whole(request.GET.get("round"))
    missing = [version for version in (a, b) if missing_photos(version)] if round_ else ask_about_missing(a, b)
    waits = bool(missing) and round_ < ROUNDS_TO_WAIT
    usage = usage_of(request.user)
    page: dict[str, Any] = {"a": a, "b": b, "waits": waits, "missing": missing, "next_round": round_ + 1}
    if not waits and (comparison := compare(a, b)):
        page |= {"comparison": comparison, "photos": _photos_apart(comparison)}
        page["sides"] = [(side, usage.get(side.version.pk, NONE)) for side in (comparison.a, comparison.b)]
    part = request.htmx and not request.htmx.boosted
    return render(request, "training/_comparison.html" if part else "training/compare.html", page)


@require_POST
@login_required
def version_activate(request: SignedInRequest, number: int) -> HttpResponse:
    """One click; a second one where the version was measured as worse than the one that serves."""
    version = version_or_404(request, number)
    back = safe_next(request, reverse("versions"))
    active = ModelVersion.objects.active_of(request.user)
    if services.lowers_quality(version, active) and "sure" not in request.POST:
        return render(request, "training/version_activate.html", {"version": version, "active": active, "next": back})
    try:
        if services.activate_version(version=version):
            messages.success(
                request, gettext("%(version)s is active now. Your photos are being scored anew.") % {"version": version}
            )
    except services.CannotServe as refused:
        messages.error(request, str(refused))
    return HttpResponseRedirect(back)


@require_POST
@login_required
def version_pin(request: SignedInRequest, number: int) -> HttpResponse:
    services.pin_version(version=version_or_404(request, number), is_pinned=request.POST.get("pin") == "1")
    return HttpResponseRedirect(reverse("versions"))


@login_required
def version_delete(request: SignedInRequest, number: int) -> HttpResponse:
    """Asked first (GET), then done (POST): a deleted version does not come back."""
    version = version_or_404(request, number)
    if request.method != "POST":
        return render(request, "training/version_delete.html", {"version": version})
    try:
        services.delete_version(version=version)
    except services.CannotDelete as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, gettext("%(version)s is deleted. Your answers are all there.") % {"version": version})
    return HttpResponseRedirect(reverse("versions"))


def version_or_404(request: SignedInRequest, number: int) -> ModelVersion:
    return get_object_or_404(ModelVersion.objects.kept().owned_by(request.user), version_number=number)


def _photos_apart(comparison: Comparison) -> list[tuple[Photo, Judged]]:
    """The photos about which the versions disagree most, with what each says of them."""
    photos = Photo.objects.in_bulk([judged.photo_id for judged in comparison.disagreements])
    return [(photos[judged.photo_id], judged) for judged in comparison.disagreements if judged.photo_id in photos]


def _progress(request: SignedInRequest, active: ModelVersion) -> dict[str, Any] | None:
    """None when every score is up to date."""
    if not Taste.objects.of(request.user).is_being_scored:
        return None
    current = ClassificationResult.objects.owned_by(request.user).filter(is_current=True)
    counted = current.aggregate(total=Count("pk"), done=Count("pk", filter=Q(model_version=active)))
    return {"version": active, **counted, "away": workers.trouble_of("score")}
