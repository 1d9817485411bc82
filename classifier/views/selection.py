"""Many photos at once: answer them, take that back, delete them."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST

from classifier import services
from classifier.counts import count_photos
from classifier.models import Photo, PhotoQuerySet, Taste, answers_along
from classifier.views.common import ANSWERS, SignedInRequest, restoring, safe_next, whole
from classifier.views.listing import filters_of_page
from wizard.words import grouped


@require_POST
@login_required
def selection_answer(request: SignedInRequest) -> HttpResponse:
    """Give one `answer` to all of `ids`; or (an undo) to each photo its own, as `was` says: "12:like"."""
    wanted = _wanted(request)
    if not wanted or not set(wanted.values()) <= ANSWERS:
        return HttpResponseBadRequest("An answer is like, dislike, super_like or none.")
    before = {}
    with transaction.atomic():  # all or none
        # In the order in which the score worker locks them: else each could wait for what the other has.
        for photo in _photos(request, list(wanted)).order_by("pk").prefetch_related(answers_along()):
            was = photo.answer or "none"
            try:
                services.give_feedback(photo=photo, feedback=None if wanted[photo.pk] == "none" else wanted[photo.pk])
            except services.NotScoredYet:
                continue
            before[photo.pk] = was
    is_undo = "was" in request.POST
    said = _said("before" if is_undo else request.POST["answer"], len(before))
    if not request.htmx:
        messages.success(request, said)
        return HttpResponseRedirect(safe_next(request, reverse("library")))
    context = {
        "photos": _photos(request, list(before)).with_current_result(),
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
    """With htmx delete at once, to be undone; else ask once more, and with `sure` delete."""
    photos = _photos(request, [pk for word in request.POST.getlist("ids") if (pk := whole(word))])
    came_from = safe_next(request, reverse("library"))
    if request.htmx:
        gone = services.trash_photos(photos)
        context = {
            "gone": gone,
            "filters": filters_of_page(request),
            "page_address": request.htmx.current_url_abs_path,
            "taste": Taste.objects.of(request.user),
            "counts": count_photos(request.user),
            "said": _said("deleted", len(gone)),
            "undo_fields": [("ids", pk) for pk in gone] + [("next", request.htmx.current_url_abs_path or "")],
        }
        return render(request, "classifier/_selection_answered.html", context)
    if "sure" not in request.POST:
        return render(request, "classifier/selection_delete.html", {"photos": photos, "came_from": came_from})
    gone = services.trash_photos(photos)
    messages.success(request, _said("deleted", len(gone)), extra_tags=restoring(gone, back_to=came_from))
    return HttpResponseRedirect(came_from)


@require_POST
@login_required
def selection_restore(request: SignedInRequest) -> HttpResponse:
    """Bring photos back that were just deleted: the Undo of a message."""
    ids = [pk for word in request.POST.getlist("ids") if (pk := whole(word))]
    back = services.restore_photos(owner=request.user, photo_ids=ids)
    if back:
        messages.success(request, _said("back", back))
    else:
        messages.error(request, gettext("Too late: that was deleted for good."))
    return HttpResponseRedirect(safe_next(request, reverse("library")))


def _photos(request: SignedInRequest, ids: list[int]) -> PhotoQuerySet:
    return Photo.objects.owned_by(request.user).filter(pk__in=ids)


def _wanted(request: SignedInRequest) -> dict[int, str]:
    if "was" in request.POST:
        pairs = [word.partition(":") for word in request.POST.getlist("was")]
        return {whole(pk): answer for pk, _, answer in pairs}
    return dict.fromkeys(map(whole, request.POST.getlist("ids")), request.POST.get("answer", ""))


def _said(what: str, number: int) -> str:
    """What became of so many photos, in one sentence."""
    sentences = {
        "like": ngettext("%(number)s photo liked.", "%(number)s photos liked.", number),
        "dislike": ngettext("%(number)s photo disliked.", "%(number)s photos disliked.", number),
        "super_like": ngettext("%(number)s photo super liked.", "%(number)s photos super liked.", number),
        "none": ngettext("%(number)s answer taken back.", "%(number)s answers taken back.", number),
        "before": ngettext("%(number)s photo is as before.", "%(number)s photos are as before.", number),
        "deleted": ngettext("%(number)s photo deleted.", "%(number)s photos deleted.", number),
        "back": ngettext("%(number)s photo brought back.", "%(number)s photos brought back.", number),
    }
    return sentences[what] % {"number": grouped(number)}
