"""The icon at the address where browsers and feed readers look that have read no page; pages name it themselves."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseRedirect
from django.templatetags.static import static
from django.views.decorators.http import require_safe

ONE_DAY = 24 * 60 * 60


@require_safe
def favicon(request: HttpRequest) -> HttpResponseRedirect:
    """Not moved for good: the icon's own address changes with the icon."""
    return HttpResponseRedirect(static("icons/logo-180.png"), headers={"Cache-Control": f"private, max-age={ONE_DAY}"})
