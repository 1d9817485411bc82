"""What is wrong with a page as it stands: what axe-core finds, and what is cut, covered or wider than the window."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

# target-size is of WCAG 2.2, and axe leaves it out unless it is asked for.
OPTIONS = {
    "preload": False,
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"target-size": {"enabled": True}},
}
THEMES: dict[Literal["light", "dark"], dict[str, Any]] = {
    "light": OPTIONS,
    "dark": {**OPTIONS, "runOnly": ["color-contrast"]},
}
# A window of 1280 x 800 lays a page out in half of it when the reader zooms to 200 %.
SIZES = {"large": (1280, 800), "zoomed": (640, 400), "small": (320, 640)}

# Colours that follow the theme are there a moment later. What Swagger UI draws is not ours to mend (a link in a button,
# say); docs/api.md and the schema's file tell the same.
RUN_AXE = """async (options) => {
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const transitions = document.getAnimations().filter((each) => each instanceof CSSTransition);
  await Promise.allSettled(transitions.map((each) => each.finished));
  const { violations } = await axe.run({ exclude: ["#swagger-ui"] }, options);
  const said = ({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target}: ${failureSummary}`);
  return violations.flatMap(said);
}"""

MISPLACED = Path(__file__).with_name("misplaced.js").read_text()


def violations(page: Page, options: dict[str, Any]) -> list[str]:
    """Evaluated by Playwright, which the page's own policy does not bind."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found: list[str] = page.evaluate(RUN_AXE, options)
    return found


def misplaced(page: Page) -> list[str]:
    found: list[str] = page.evaluate(MISPLACED)
    return found


def complaints(page: Page, *, is_full: bool = True) -> list[str]:
    """What is wrong with the page in each size and theme. Without `is_full` axe-core sees it large and light alone."""
    found = []
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        for theme, options in THEMES.items():
            if size == "zoomed" or not (is_full or (size, theme) == ("large", "light")):
                continue
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            found += [f"{size}, {theme}: {each}" for each in violations(page, options)]
        found += [f"{size}: {each}" for each in misplaced(page)]
    return found
