"""Many photos at once: answer them, take that back, delete them."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from classifier import services
from classifier.library import count_photos
from classifier.models import Photo, PhotoQuerySet, Taste
from classifier.templatetags.ui import past_tense
from classifier.views.common import ANSWERS, SignedInRequest, filters_of_page, safe_next, whole


@require_POST
@login_required
def selection_answer(request: SignedInRequest) -> HttpResponse:
    """Give one `answer` to all of `ids`; or (an undo) to each photo its own, as `was` says: "12:like"."""
    wanted = _wanted(request)
    if not wanted or not set(wanted.values()) <= ANSWERS:
        return HttpResponseBadRequest("An answer is like, dislike, super_like or none.")
    answered, before = [], {}
    for photo in _photos(request, list(wanted)).with_current_result():
        was = photo.answer or "none"
        try:
            services.give_feedback(photo=photo, feedback=None if wanted[photo.pk] == "none" else wanted[photo.pk])
        except services.NotScoredYet:
            continue
        answered.append(photo)
        before[photo.pk] = was
    is_undo = "was" in request.POST
    said = f"{_counted(len(answered))} {'as before' if is_undo else _said(request.POST['answer'])}."
    if not request.htmx:
        messages.success(request, said)
        return HttpResponseRedirect(safe_next(request, reverse("library")))
    context = {
        "photos": answered,
        "filters": filters_of_page(request),
        "page_address": request.htmx.current_url_abs_path,
        "taste": Taste.objects.of(request.user),
        "counts": count_photos(request.user),
        "said": said,
        "undo_fields": [] if is_undo else [("was", f"{pk}:{was}") for pk, was in before.items()],
    }
    return render(request, "classifier/_selection_answered.html", context)


@require_POST
@login_required
def selection_delete(request: SignedInRequest) -> HttpResponse:
    """Ask once more; with `sure` delete."""
    photos = _photos(request, [pk for word in request.POST.getlist("ids") if (pk := whole(word))])
    came_from = safe_next(request, reverse("library"))
    if "sure" not in request.POST:
        return render(request, "classifier/selection_delete.html", {"photos": photos, "came_from": came_from})
    for photo in (doomed := list(photos)):
        services.delete_photo(photo=photo)
    messages.success(request, f"{_counted(len(doomed))} deleted.")
    return HttpResponseRedirect(came_from)


def _photos(request: SignedInRequest, ids: list[int]) -> PhotoQuerySet:
    return Photo.objects.owned_by(request.user).filter(pk__in=ids)


def _wanted(request: SignedInRequest) -> dict[int, str]:
    if "was" in request.POST:
        pairs = [word.partition(":") for word in request.POST.getlist("was")]
        return {whole(pk): answer for pk, _, answer in pairs}
    return dict.fromkeys(map(whole, request.POST.getlist("ids")), request.POST.get("answer", ""))


def _counted(number: int) -> str:
    return "1 photo" if number == 1 else f"{number} photos"


def _said(answer: str) -> str:
    return "without an answer" if answer == "none" else past_tense(answer)
