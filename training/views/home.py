"""The first page: where things stand, the one thing to do next, and four questions with their answers drawn."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_safe

from classifier.models import Taste
from classifier.services import change_taste
from classifier.views.common import SignedInRequest
from training.first_steps import FirstSteps, Step, first_steps
from training.forms import ThresholdsForm
from training.learn.intervals import Figure
from training.stats import Stats, stats_of
from wizard.words import grouped


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
    messages.success(request, gettext("Saved. Your matches are being sorted anew."))
    return HttpResponseRedirect(reverse("home"))


@login_required
def home_first_steps(request: SignedInRequest) -> HttpResponse:
    """Put the first steps aside (`shown` is no), or have them back, also when all of them are done."""
    if request.method != "POST":
        return HttpResponseRedirect(reverse("home"))
    is_shown = request.POST.get("shown") != "no"
    change_taste(taste=Taste.objects.of(request.user), hides_first_steps=not is_shown)
    if not is_shown:
        messages.info(request, gettext("Put aside. The account menu has the first steps whenever you want them."))
    return HttpResponseRedirect(reverse("home") + ("?first-steps" if is_shown else ""))


def _page(request: SignedInRequest, form: ThresholdsForm | None = None) -> dict[str, Any]:
    stats = stats_of(request.user)
    taste = Taste.objects.of(request.user)
    first = first_steps(request.user)
    shows_first = "first-steps" in request.GET or not (first.is_over or taste.hides_first_steps)
    return {
        "stats": stats,
        "first": first if shows_first else None,
        "step": next_step(first, stats),
        "form": form or ThresholdsForm(instance=taste),
        "taste": taste,
        "rated": sum(stats.scores),
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


def next_step(first: FirstSteps, stats: Stats) -> Step:
    if first.current:
        return first.current
    if stats.active.needs_retraining:
        return Step(
            gettext("Train again"),
            gettext("%(version)s learned on another model than the one that runs now. Your answers are all there.")
            % {"version": stats.active},
            gettext("Go to training"),
            "training",
            "graduation-cap",
        )
    return Step(
        gettext("Look at your matches"),
        ngettext(
            "%(number)s photo matches. Every answer to one makes the next version better.",
            "%(number)s photos match. Every answer to one makes the next version better.",
            stats.matches,
        )
        % {"number": grouped(stats.matches)},
        gettext("See matches"),
        "library",
        "sparkles",
        query="?verdict=match&feedback=none",
    )
