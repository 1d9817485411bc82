"""How the training page says things."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from classifier.models import Taste
from training.first_steps import first_steps
from training.learn.intervals import Figure
from training.models import TrainingJob

register = template.Library()


@register.inclusion_tag("training/_first_steps_line.html", takes_context=True)
def first_steps_line(context: Context, here: str, *, oob: bool = False) -> dict[str, Any]:
    """Which of the first steps comes next, on the page `here`; nothing when they are over, or were put aside."""
    user = context["user"]
    if not context["active_version"].is_base or Taste.objects.of(user).hides_first_steps:
        return {}
    first = first_steps(user)
    if first.is_over or first.current is None:
        return {}
    return {"first": first, "is_here": first.current.page == here, "oob": oob}


@register.filter
def duration(seconds: float | None) -> str:
    """In words, as exact as it deserves: "a few seconds", "about 40 seconds", "about 3 minutes"."""
    if seconds is None:
        return ""
    if seconds < 8:
        return gettext("a few seconds")
    if seconds < 55:
        return gettext("about %(number)s seconds") % {"number": max(10, 5 * round(seconds / 5))}
    if seconds < 90:
        return gettext("about a minute")
    if seconds < 50 * 60:
        return gettext("about %(number)s minutes") % {"number": round(seconds / 60)}
    hours = max(1, round(seconds / 3600))
    return ngettext("about an hour", "about %(number)s hours", hours) % {"number": hours}


@register.filter
def took(job: TrainingJob) -> str:
    """How long a job ran: "13 s", "2 min 5 s"; empty when it never began."""
    if not job.started_at or not job.finished_at:
        return ""
    minutes, seconds = divmod(round((job.finished_at - job.started_at).total_seconds()), 60)
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"


@register.filter
def percent_of(share: float | None) -> str:
    """0.814 -> "81 %"; a dash for what is not known."""
    return "-" if share is None else f"{100 * share:.0f} %"


@register.filter
def with_doubt(figure: Figure | None) -> SafeString:
    """A share with its interval, "81 % (74-87)"; a dash for what is not known."""
    if figure is None:
        return format_html('<span class="hint">{}</span>', "-")
    return format_html(
        '{} % <span class="doubt">({}-{})</span>',
        *(f"{100 * share:.0f}" for share in (figure.value, figure.low, figure.high)),
    )


@register.filter
def across(share: float) -> str:
    """Where a share stands in a chart 100 wide."""
    return f"{100 * share:.1f}"


@register.filter
def down(share: float) -> str:
    """Where a share stands in a chart 100 high, whose y grows downwards."""
    return f"{100 - 100 * share:.1f}"
