"""The first page: where things stand, the one thing to do next, and four questions with their answers drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from classifier.models import ReferencePhoto, Taste, TextPreference
from classifier.services import change_taste
from classifier.views.common import SignedInRequest
from training.forms import ThresholdsForm
from training.learn.intervals import Figure
from training.services import MINIMUM_PER_CLASS
from training.stats import Stats, stats_of


@dataclass(frozen=True)
class Step:
    """What would help most now: a title, a sentence, and one button that leads to an address."""

    title: str
    text: str
    button: str
    address: str
    icon: str
    offers_sample: bool = False


@require_safe
@login_required
def home(request: SignedInRequest) -> HttpResponse:
    return render(request, "training/home.html", _page(request))


@login_required
def home_thresholds(request: SignedInRequest) -> HttpResponse:
    """Where a match and a super match begin."""
    if request.method != "POST":
        return HttpResponseRedirect(reverse("home"))
    form = ThresholdsForm(request.POST, instance=Taste.objects.of(request.user))
    if not form.is_valid():
        return render(request, "training/home.html", _page(request, form))
    change_taste(taste=Taste.objects.of(request.user), **form.cleaned_data)
    messages.success(request, "Saved. Your matches are being sorted anew.")
    return HttpResponseRedirect(reverse("home"))


def _page(request: SignedInRequest, form: ThresholdsForm | None = None) -> dict[str, Any]:
    stats = stats_of(request.user)
    taste = Taste.objects.of(request.user)
    return {
        "stats": stats,
        "step": next_step(request, stats),
        "form": form or ThresholdsForm(instance=taste),
        "taste": taste,
        "rated": sum(stats.scores),
        "matching": sum(stats.scores[round(100 * taste.match_threshold) :]),
        "super_matching": sum(stats.scores[round(100 * taste.super_like_threshold) :]),
        "spread": _bars(stats.scores),
        "line": _line([period.like_rate.value for period in stats.over_time]),
        "band": _band([period.like_rate for period in stats.over_time]),
    }


def _bars(counts: list[int]) -> list[tuple[str, str, str]]:
    """x, y and height of each bar of a chart that is 100 wide and high; the tallest fills it."""
    most = max(counts, default=0) or 1
    heights = [100 * count / most for count in counts]
    return [(f"{x + 0.1:.1f}", f"{100 - high:.1f}", f"{high:.1f}") for x, high in enumerate(heights) if high]


def _line(shares: list[float]) -> str:
    """An SVG path from left to right through a chart that is 100 wide and high."""
    step = 100 / max(len(shares) - 1, 1)
    return "M" + "L".join(f"{step * place:.1f} {100 - 100 * share:.1f}" for place, share in enumerate(shares))


def _band(figures: list[Figure]) -> str:
    """The path around the intervals: along their upper ends, and back along the lower ones."""
    step = 100 / max(len(figures) - 1, 1)
    lower = [f"L{step * place:.1f} {100 - 100 * figure.low:.1f}" for place, figure in enumerate(figures)]
    return _line([figure.high for figure in figures]) + "".join(reversed(lower)) + "Z"


def next_step(request: SignedInRequest, stats: Stats) -> Step:
    missing = max(MINIMUM_PER_CLASS - stats.likes, 0) + max(MINIMUM_PER_CLASS - stats.dislikes, 0)
    said = any(rows.owned_by(request.user).exists() for rows in (TextPreference.objects, ReferencePhoto.objects))
    if not stats.photos:
        return Step(
            "Start with some photos",
            "Profile pictures or screenshots, one or a thousand at once. They stay on this machine.",
            "Add photos",
            reverse("upload"),
            "image-plus",
            offers_sample=True,
        )
    if not said and stats.active.is_base:
        return Step(
            "Say what you like",
            "A few words are enough for a first score: at the beach, playing guitar, with a dog.",
            "Write it down",
            reverse("taste"),
            "sliders-horizontal",
        )
    if missing:
        return Step(
            "Answer some photos",
            f"After {missing} more, at least {MINIMUM_PER_CLASS} that you like and {MINIMUM_PER_CLASS} that you do not,"
            " the wizard can learn from you.",
            "Answer photos",
            reverse("review"),
            "heart",
        )
    if stats.active.needs_retraining:
        return Step(
            "Train again",
            f"{stats.active} learned on another model than the one that runs now. Your answers are all there.",
            "Go to training",
            reverse("training"),
            "graduation-cap",
        )
    if stats.active.is_base:
        return Step(
            "Let it learn from you",
            f"You gave {stats.answers:,} answers. Train, and watch whether it gets better.",
            "Go to training",
            reverse("training"),
            "graduation-cap",
        )
    return Step(
        "Look at your matches",
        f"{stats.matches:,} photos match. Every answer to them makes the next version better.",
        "See matches",
        f"{reverse('library')}?verdict=match&feedback=none",
        "sparkles",
    )
