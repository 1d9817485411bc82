"""What pages ask of the model: what is like a photo, which parts speak for it, the taste in words, the map."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from classifier.counts import count_photos
from classifier.models import ClassificationResult, Photo, Taste, TextPreference
from classifier.questions.asking import ask
from classifier.questions.finding import NoAnswer, find
from classifier.views.common import SignedInRequest, photo_or_404
from training.models import ModelVersion
from wizard.words import retold

SIMILAR_SHOWN = 12
WAIT_SECONDS = 0.3
LEARNED = "learned"
FAINTEST, STRONGEST = 0.06, 0.75  # of a cell that is laid over the picture


@require_safe
@login_required
def photo_similar(request: SignedInRequest, pk: int) -> HttpResponse:
    photo = photo_or_404(request, pk)
    try:
        found = find(request.user, like=pk, size=SIMILAR_SHOWN, wait=WAIT_SECONDS)
        photos = None if found is None else found.rows
    except NoAnswer:
        photos = []
    return render(request, "classifier/_similar.html", {"photo": photo, "photos": photos})


@require_safe
@login_required
def photo_why(request: SignedInRequest, pk: int) -> HttpResponse:
    """`about` is what the version learned, or one of the owner's phrases by its id."""
    photo = photo_or_404(request, pk)
    version = ModelVersion.objects.active_of(request.user)
    phrases = {str(each.pk): each.phrase for each in TextPreference.objects.owned_by(request.user)}
    abouts = [(LEARNED, gettext("What it learned from you"))] if not version.is_base and version.can_serve else []
    abouts += [(key, f"“{phrase}”") for key, phrase in phrases.items()]
    offered = dict(abouts)
    about = request.GET.get("about", "")
    about = about if about in offered else next(iter(offered), "")
    page: dict[str, Any] = {"photo": photo, "abouts": abouts, "about": about, "map": {}}
    if about:
        asked: dict[str, Any] = {"version": version.pk} if about == LEARNED else {"phrase": phrases[about]}
        page["map"] = ask(request.user, "why", photo=pk, wait=WAIT_SECONDS, **asked)
        if page["map"] and "grid" in page["map"]:
            page |= _cells(photo, page["map"]["grid"])
    return render(request, "classifier/_why.html", page)


def _cells(photo: Photo, grid: list[list[float]]) -> dict[str, Any]:
    """The grid as squares over the middle of the picture, which is what the model saw of it."""
    side = min(photo.width, photo.height)
    size = side / len(grid)
    left, top = (photo.width - side) / 2, (photo.height - side) / 2
    cells = [
        {
            "x": f"{left + column * size:.1f}",
            "y": f"{top + row * size:.1f}",
            "kind": "up" if value > 0 else "down",
            "strength": f"{STRONGEST * abs(value):.2f}",
        }
        for row, values in enumerate(grid)
        for column, value in enumerate(values)
        if STRONGEST * abs(value) > FAINTEST
    ]
    return {"cells": cells, "cell": {"size": f"{size:.1f}", "half": f"{size / 5:.1f}"}}


@require_safe
@login_required
def taste_words(request: SignedInRequest) -> HttpResponse:
    """What the active version leans towards and away from, in words, with photos as examples."""
    version = ModelVersion.objects.active_of(request.user)
    page: dict[str, Any] = {"version": version, "can_tell": not version.is_base and version.can_serve}
    if page["can_tell"]:
        own = sorted(TextPreference.objects.owned_by(request.user).values_list("phrase", flat=True))
        revision = Taste.objects.of(request.user).scored_revision
        told = ask(request.user, "words", version=version.pk, own=own, revision=revision, wait=WAIT_SECONDS)
        page["waits"] = told is None
        if told:
            ids = [photo for side in ("towards", "away") for each in told.get(side, []) for photo in each["photos"]]
            photos = Photo.objects.owned_by(request.user).in_bulk(ids)
            written = {phrase.lower() for phrase in own}
            for side in ("towards", "away"):
                page[side] = [
                    {
                        "phrase": each["phrase"],
                        "photos": [photos[photo] for photo in each["photos"] if photo in photos],
                        "is_written": each["phrase"].lower() in written,
                    }
                    for each in told.get(side, [])
                ]
    return render(request, "classifier/_words.html", page)


@require_safe
@login_required
def library_map(request: SignedInRequest) -> HttpResponse:
    """The library laid out by likeness; the points themselves come as JSON."""
    return render(request, "classifier/map.html", {"photos": count_photos(request.user)["all"]})


@require_safe
@login_required
def library_map_points(request: SignedInRequest) -> HttpResponse:
    """{"points": [[photo, x, y, score or null, answer or null], ...]}; 202 while the score worker lays it out."""
    laid_out = ask(request.user, "map", wait=WAIT_SECONDS)
    if laid_out is None:
        return JsonResponse({"points": None}, status=202)
    placed = laid_out.get("points", [])
    results = ClassificationResult.objects.owned_by(request.user).in_sight(request.user)
    results = results.filter(photo__in=[photo for photo, *_ in placed])  # of a large library not all are on the map
    scores = dict(results.filter(is_current=True).values_list("photo", "score"))
    answers = dict(results.answered().values_list("photo", "user_feedback"))
    points = [[photo, x, y, scores[photo], answers.get(photo)] for photo, x, y in placed if photo in scores]
    return JsonResponse({"points": points, "error": retold(laid_out.get("error", ""))})
