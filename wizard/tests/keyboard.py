"""Going through a page by the keyboard alone, and seeing where one is."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

MOST_STOPS = 120

# Some controls are shown by what stands in for them: a tile for its link, a label for the file field behind it.
HERE = """() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const stands = [element, element.closest(".tile"), element.previousElementSibling].filter(Boolean);
  const shown = stands.find((each) => {
    const { outlineStyle, outlineWidth } = getComputedStyle(each);
    return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
  });
  const { top, bottom, left, right } = (shown ?? element).getBoundingClientRect();
  const isOpaque = (each) => getComputedStyle(each).backgroundColor.startsWith("rgb(");
  let ground = (shown ?? element).parentElement;
  while (ground.parentElement && !isOpaque(ground)) ground = ground.parentElement;
  const there = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
  return {
    name: `${element.tagName} #${element.id} .${element.className} “${element.textContent.trim().slice(0, 30)}”`,
    outline: shown ? getComputedStyle(shown).outlineColor : null,
    ground: getComputedStyle(ground).backgroundColor,
    isInSight: bottom > 0 && top < innerHeight && right > 0 && left < innerWidth && Boolean(there),
  };
}"""
CONTROLS = """() => [
  ...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']"),
].filter((each) => each.checkVisibility({ visibilityProperty: true }) && !each.disabled && each.tabIndex >= 0
    && !each.closest("[inert], dialog:not([open])") && each.type !== "hidden"
).length"""


def once_around(page: Page) -> int:
    """From the skip link to the skip link; how many stops there are, each of them to be seen."""
    page.locator(".skip").focus()
    for stops in range(1, MOST_STOPS):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.skip')"):
            return stops
        assert_seen(page)
    raise AssertionError(f"There are more than {MOST_STOPS} stops, or no way on")


def here(page: Page) -> dict[str, Any] | None:
    found: dict[str, Any] | None = page.evaluate(HERE)
    return found


def tab_to(page: Page, selector: str, *, key: str = "Tab") -> None:
    """Press Tab until there; every stop on the way can be seen."""
    for _ in range(MOST_STOPS):
        page.keyboard.press(key)
        assert_seen(page)
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} is not reached by {key}")


def assert_seen(page: Page) -> None:
    """The focus: an outline of 2 px that stands out from the ground (WCAG 1.4.11), in sight."""
    stop = here(page)
    if stop is None:
        return  # on its way around, in the browser's own frame
    assert stop["outline"], f"{stop['name']} does not show that it has the focus"
    assert stop["isInSight"], f"{stop['name']} has the focus out of sight"
    white = stop["outline"] == "rgb(255, 255, 255)"  # on a photo, whose veil is dark in both themes
    assert white or contrast(stop["outline"], stop["ground"]) >= 3, stop


def contrast(one: str, other: str) -> float:
    """Of two colours as rgb(r, g, b), after WCAG 2."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(part) / 255 for part in colour.removeprefix("rgb(").removesuffix(")").split(",")]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
