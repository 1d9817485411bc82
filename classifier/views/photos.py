"""One photo: what the wizard thinks of it and why, what its owner says."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from classifier import services
from classifier.counts import count_photos
from classifier.forms import BioForm
from classifier.models import Photo, Taste
from classifier.views.common import ANSWERS, SignedInRequest, photo_or_404, restoring, safe_next
from classifier.views.listing import Filters, filters_of_page, neighbours
from wizard import workers


@require_safe
@login_required
def photo(request: SignedInRequest, pk: int) -> HttpResponse:
    shown = photo_or_404(request, pk)
    filters = Filters.from_query(request.GET)
    before, after = neighbours(request.user, shown, filters)
    context = {
        "photo": shown,
        "filters": filters,
        "before": before,
        "after": after,
        "taste": Taste.objects.of(request.user),
        "reference": shown.references.first(),
        "results": shown.results.of_kept_versions().order_by("-model_version__version_number"),
        "away": workers.trouble_of("score") if shown.status == Photo.Status.QUEUED else "",
    }
    return render(request, "classifier/photo.html", context)


SAID = {
    "dislike": gettext_lazy("Disliked."),
    "like": gettext_lazy("Liked."),
    "super_like": gettext_lazy("Super liked."),
    "none": gettext_lazy("Answer taken back."),
}


@require_POST
@login_required
def photo_answer(request: SignedInRequest, pk: int) -> HttpResponse:
    """Set the answer to like, dislike, super_like or none. Answers htmx with the tile or the panel that asked."""
    answered = photo_or_404(request, pk)
    answer = request.POST.get("answer", "")
    if answer not in ANSWERS:
        return HttpResponseBadRequest("An answer is like, dislike, super_like or none.")
    before = answered.answer
    said, kind = str(SAID[answer]), "success"
    try:
        services.give_feedback(photo=answered, feedback=None if answer == "none" else answer)
    except services.NotScoredYet as error:
        said, kind = str(error), "error"
    if not request.htmx:
        messages.add_message(request, messages.ERROR if kind == "error" else messages.SUCCESS, said)
        return HttpResponseRedirect(safe_next(request, reverse("photo", args=[pk])))
    is_panel = request.htmx.target == "panel"
    context = {
        "photo": answered,
        "filters": filters_of_page(request),
        "page_address": request.htmx.current_url_abs_path,
        "taste": Taste.objects.of(request.user),
        "is_panel": is_panel,
        "counts": count_photos(request.user),
        "said": said,
        "kind": kind,
        "undo_target": "panel" if is_panel else f"photo-{pk}",
    }
    # An undo is not offered for an undo, nor for what changed nothing.
    if before != answered.answer and "undo" not in request.POST:
        context["undo_fields"] = [("answer", before or "none")]
    return render(request, "classifier/_answered.html", context)


@require_POST
@login_required
def photo_bio(request: SignedInRequest, pk: int) -> HttpResponse:
    described = photo_or_404(request, pk)
    form = BioForm(request.POST, instance=described)
    if form.is_valid():
        described.save(update_fields=["bio"])
        messages.success(request, gettext("Bio saved."))
    else:
        messages.error(request, " ".join(map(str, form.errors["bio"])))
    return HttpResponseRedirect(safe_next(request, reverse("photo", args=[pk])))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def photo_delete(request: SignedInRequest, pk: int) -> HttpResponse:
    """GET asks once more, POST deletes."""
    doomed = photo_or_404(request, pk)
    filters = Filters.from_query(request.GET)
    if request.method != "POST":
        return render(request, "classifier/photo_delete.html", {"photo": doomed, "filters": filters})
    _, after = neighbours(request.user, doomed, filters)
    name = doomed.source_name
    back = restoring(services.trash_photos([doomed]), back_to=doomed.page_url + filters.query)
    messages.success(request, gettext("%(name)s is deleted.") % {"name": name}, extra_tags=back)
    if after is None:
        return redirect(reverse("library") + filters.query)
    return redirect(reverse("photo", args=[after]) + filters.query)
