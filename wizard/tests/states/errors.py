"""Pages about what went wrong: each template of that kind is one."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string
from playwright.sync_api import Page

from wizard.tests.states import STATES, Stage, State

SENTENCE = "The disk is full, so this could not be done. Make room, then try again."


def _state(name: str) -> State:
    def shown(stage: Stage) -> Page:
        """As it is rendered in the worst case, without a request."""
        page = stage.open("/accounts/")
        html = render_to_string(f"{name}.html", {"sentence": SENTENCE})
        page.route("**/broken/", lambda route: route.fulfill(body=html, content_type="text/html"))
        page.goto("/broken/")
        return page

    return State(f"error_{name}", (), shown)


STATES += [_state(path.stem) for path in sorted(Path(settings.BASE_DIR, "templates").glob("[45]*.html"))]
