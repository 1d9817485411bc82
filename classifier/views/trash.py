"""The trash: what was deleted and can still be restored."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST, require_safe

from classifier import services
from classifier.models import Photo, PhotoQuerySet, trash_period
from classifier.trash import delete_now
from classifier.views.common import SignedInRequest, whole
from wizard.words import grouped

PAGE_SIZE = 60
MOST_SHOWN = 24  # of the photos that a question is about


@require_safe
@login_required
def trash(request: SignedInRequest) -> HttpResponse:
    photos = Photo.objects.in_trash(request.user).order_by("-deleted_at", "-pk")
    page = Paginator(photos, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "classifier/trash.html", {"page": page, "days": trash_period().days})


@require_POST
@login_required
def trash_restore(request: SignedInRequest) -> HttpResponse:
    """Restore one photo of the trash, or with `all` every one."""
    ids = list(_chosen(request).values_list("pk", flat=True))
    back = services.restore_photos(owner=request.user, photo_ids=ids)
    if back:
        said = ngettext("%(number)s photo restored.", "%(number)s photos restored.", back)
        messages.success(request, said % {"number": grouped(back)})
    else:
        messages.error(request, gettext("Too late: that was deleted for good."))
    return redirect("trash")


@require_POST
@login_required
def trash_delete(request: SignedInRequest) -> HttpResponse:
    """Ask once more, and with `sure` delete for good: one photo of the trash, or with `all` every one."""
    photos = _chosen(request)
    count = photos.count()
    if count and "sure" not in request.POST:
        context = {
            "photos": photos.order_by("-deleted_at", "-pk")[:MOST_SHOWN],
            "count": count,
            "ids": [] if "all" in request.POST else photos.values_list("pk", flat=True),
        }
        return render(request, "classifier/trash_delete.html", context)
    if count:
        delete_now(owner=request.user, photos=photos)
        said = ngettext("%(number)s photo deleted for good.", "%(number)s photos deleted for good.", count)
        messages.success(request, said % {"number": grouped(count)})
    return redirect("trash")


def _chosen(request: SignedInRequest) -> PhotoQuerySet:
    photos = Photo.objects.in_trash(request.user)
    if "all" in request.POST:
        return photos
    return photos.filter(pk__in=[pk for word in request.POST.getlist("ids") if (pk := whole(word))])
