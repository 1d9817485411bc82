"""The library: all photos as tiles, and the one poller that keeps them up to date."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import trigger_client_event

from classifier import services
from classifier.counts import count_photos
from classifier.images import MAX_BYTES
from classifier.models import Photo, PhotoQuerySet, ReferencePhoto, Taste, TextPreference
from classifier.questions.finding import NoAnswer
from classifier.views.common import SignedInRequest, whole
from classifier.views.listing import Filters, found_page, list_page
from classifier.views.polling import delay_ms
from wizard import workers
from wizard.keyset import BadCursor, Page

ARRIVING_ROUNDS = 60
ROUNDS_PER_COUNT = 4
MAX_WATCHED = 200  # tiles that one request of the poller may ask about


@require_safe
@login_required
@vary_on_headers("HX-Request")
def library(request: SignedInRequest) -> HttpResponse:
    """The page; for htmx the tiles after a cursor, or the list alone to be drawn anew."""
    filters = Filters.from_query(request.GET)
    after = request.GET.get("after")
    try:
        page = (
            found_page(request.user, filters, after) if filters.is_search else list_page(request.user, filters, after)
        )
        error = ""
    except BadCursor as bad:
        raise Http404 from bad
    except NoAnswer as refused:
        page, error = Page([], None), str(refused)
    is_looking = page is None
    page = page or Page([], None)
    taste = Taste.objects.of(request.user)
    watches = _is_at_work(taste)
    context: dict[str, Any] = {
        "filters": filters,
        "page_address": reverse("library") + filters.query,
        "photos": page.rows,
        "after": page.after,
        "watches": watches,
        "delay": delay_ms(0),
        "is_looking": is_looking,
        "error": error,
        "like_photo": Photo.objects.owned_by(request.user).filter(pk=int(filters.like)).first()
        if filters.like
        else None,
    }
    if request.htmx and after:
        return render(request, "classifier/_more.html", context)
    arriving = whole(request.GET.get("arriving"))
    context |= {
        "counts": count_photos(request.user),
        "away": workers.trouble_of("score") if watches or "arriving" in request.GET else "",
        "taste": taste,
        "has_taste": any(kind.objects.owned_by(request.user).exists() for kind in (TextPreference, ReferencePhoto)),
        "max_bytes": MAX_BYTES,
        # Photos that a worker brings in: the page looks again for about a minute.
        "arriving_next": arriving + 1 if 0 < arriving < ARRIVING_ROUNDS else 0,
    }
    return render(request, "classifier/_list.html" if request.htmx else "classifier/library.html", context)


@require_POST
@login_required
def sample_add(request: SignedInRequest) -> HttpResponse:
    """Add the sample photos; the library waits for the first of them by itself."""
    if services.request_sample_library(owner=request.user):
        return redirect(f"{reverse('library')}?arriving=1")
    messages.error(request, gettext("The sample photos cannot be added just now; try again in a moment."))
    return redirect("library")


@require_safe
@login_required
def library_updates(request: SignedInRequest) -> HttpResponse:
    """For the tiles that wait: those that need wait no longer, and a poller as long as there is work going on.

    `ids` are the waiting tiles on the page, `round` counts the requests so far. When the work is done the page
    hears of it (`scores-updated`), for then the order is a new one; not if `quiet` (only the tiles are of interest).
    """
    photos = Photo.objects.owned_by(request.user)
    settled = photos.filter(pk__in=_ids(request)).exclude(status=Photo.Status.QUEUED).with_current_result()
    taste = Taste.objects.of(request.user)
    round_ = whole(request.GET.get("round"))
    filters = Filters.from_query(request.GET)
    context = {
        "filters": filters,
        "page_address": reverse("library") + filters.query,
        "photos": list(settled),
        "gone": _gone(photos, _ids(request)) if "quiet" in request.GET else [],
        "taste": taste,
        "watches": _is_at_work(taste),
        "round": round_ + 1,
    }
    context["delay"] = delay_ms(0 if context["photos"] else round_)
    if context["photos"] or round_ % ROUNDS_PER_COUNT == 0 or not context["watches"]:
        context["counts"] = count_photos(request.user)
        context["away"] = workers.trouble_of("score") if context["watches"] else ""
    response = render(request, "classifier/_updates.html", context)
    if context["watches"] or "quiet" in request.GET:
        return response
    return trigger_client_event(response, "scores-updated")


def _is_at_work(taste: Taste) -> bool:
    waiting = Photo.objects.owned_by(taste.owner).filter(status=Photo.Status.QUEUED)
    return taste.is_being_scored or waiting.exists()


def _gone(photos: PhotoQuerySet, ids: list[int]) -> list[int]:
    """Tiles of a page that a reader came back to, and whose photos were deleted meanwhile."""
    here = set(photos.filter(pk__in=ids).values_list("pk", flat=True))
    return [pk for pk in ids if pk not in here]


def _ids(request: HttpRequest) -> list[int]:
    return [pk for word in request.GET.get("ids", "").split(",")[:MAX_WATCHED] if (pk := whole(word))]
