"""Small pieces of markup and wording that many pages share."""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from django import template
from django.conf import settings
from django.contrib.messages.storage.base import Message
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, gettext_lazy

from classifier.models import ClassificationResult, Photo, TextPreference, trash_period
from classifier.views.listing import Filters
from wizard.script_words import address_of
from wizard.words import retold

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

register = template.Library()

VERDICTS = {
    "super": (gettext_lazy("super match"), "sparkles"),
    "match": (gettext_lazy("match"), "check"),
    "miss": (gettext_lazy("not a match"), "minus"),
    "none": (gettext_lazy("not rated"), "minus"),
}
ANSWERS = [
    ("dislike", gettext_lazy("Dislike"), "x", "1"),
    ("like", gettext_lazy("Like"), "heart", "2"),
    ("super_like", gettext_lazy("Super like"), "star", "3"),
]
HERE = "{photo}"  # in markup that is written once for many
YOU_SAID = {
    "dislike": gettext_lazy("you disliked it"),
    "like": gettext_lazy("you liked it"),
    "super_like": gettext_lazy("you super liked it"),
}
COMPONENTS = {
    "semantic": gettext_lazy("What you wrote"),
    "reference": gettext_lazy("Photos you chose"),
    "learned": gettext_lazy("What it learned from you"),
}


class ReasonStyle(NamedTuple):
    icon: str
    css_class: str
    component: str


REASONS = {
    "want": ReasonStyle("check", "reason-good", "semantic"),
    "avoid": ReasonStyle("minus", "reason-bad", "semantic"),
    "dealbreaker": ReasonStyle("octagon-x", "reason-bad", "semantic"),
    "reference": ReasonStyle("bookmark", "", "reference"),
    "learned": ReasonStyle("graduation-cap", "", "learned"),
}
_OTHER = ReasonStyle("info", "", "")


@register.simple_tag
@cache  # a page of tiles has hundreds, of a few dozen kinds
def icon(name: str, classes: str = "") -> SafeString:
    """An icon of the sprite, for the eye only: the words beside it carry the meaning."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>',
        classes,
        static("icons/sprite.svg"),
        name,
    )


register.filter(retold)


@register.simple_tag
def script_words() -> str:
    """The address of what scripts say, in the reader's language."""
    return address_of(get_language() or settings.LANGUAGE_CODE)


@register.filter
def percent(value: float | None) -> int | None:
    """A figure in [0, 1] as whole hundredths, never rounded up: 59.6 does not look like a match that starts at 60."""
    return None if value is None else math.floor(value * 100 + 1e-6)


@register.filter
def verdict(result: ClassificationResult | None) -> str:
    """super, match, miss or none: the key of a result's verdict, used for its class, icon and word."""
    if result is None or result.score is None:
        return "none"
    if result.is_super_match:
        return "super"
    return "match" if result.is_match else "miss"


@register.filter
def verdict_word(result: ClassificationResult | None) -> str:
    return str(VERDICTS[verdict(result)][0])


@register.filter
def verdict_icon(result: ClassificationResult | None) -> str:
    return VERDICTS[verdict(result)][1]


@register.simple_tag
def ring(result: ClassificationResult | None) -> SafeString:
    """The score of a photo as it lies on its picture; nothing without a score."""
    hundredths = percent(result.score) if result else None
    return SafeString() if hundredths is None else _ring(verdict(result), hundredths)


@cache  # a page has sixty, of a hundred kinds
def _ring(said: str, of_hundred: int) -> SafeString:
    drawn = {"verdict": said, "icon_name": VERDICTS[said][1], "of_hundred": of_hundred}
    return render_to_string("classifier/_ring.html", drawn)


@register.simple_tag
def answer_dots(photo_id: int, given: str | None) -> SafeString:
    """The buttons of a tile. They are most of a tile's markup, and sixty tiles most of what a page costs."""
    return mark_safe(_answer_dots(given, get_language()).replace(HERE, str(int(photo_id))))  # noqa: S308  # a number


@cache  # once for each answer and language
def _answer_dots(given: str | None, language: str | None) -> SafeString:
    return render_to_string("classifier/_answer_dots.html", {"photo_id": HERE, "given": given})


@register.filter
def photo_in_words(photo: Photo) -> str:
    """What a tile shows, as one sentence for those who hear it."""
    result = photo.current_result
    words = [photo.source_name]
    if photo.status == Photo.Status.QUEUED:
        words.append(gettext("waiting for its score"))
    elif result is not None and result.score is not None:
        words.append(f"{percent(result.score)}, {verdict_word(result)}")
    else:
        words.append(gettext("not rated"))
    if photo.answer:
        words.append(str(YOU_SAID[photo.answer]))
    return ", ".join(words)


@register.filter
def answer_icon(answer: str) -> str:
    return next(drawing for key, _, drawing, _ in ANSWERS if key == answer)


@register.filter
def reason_icon(kind: str) -> SafeString:
    style = REASONS.get(kind, _OTHER)
    return icon(style.icon, style.css_class)


@register.simple_tag
def answers() -> list[dict[str, StrOrPromise]]:
    """The three answers in the order of their keys."""
    names = ("key", "label", "icon", "shortcut")
    return [dict(zip(names, answer, strict=True)) for answer in ANSWERS]


@register.filter
def parts_of(result: ClassificationResult) -> list[dict[str, object]]:
    """The components of a score in a fixed order: name, value, share of the whole, and their own reasons."""
    present = [(name, result.components[name]) for name in COMPONENTS if name in result.components]
    total = sum(part["weight"] for _, part in present)
    parts = []
    for name, part in present:
        reasons = [reason for reason in result.reasons if REASONS.get(reason["kind"], _OTHER).component == name]
        parts.append(
            {
                "name": COMPONENTS[name],
                "value": part["value"],
                "share": round(100 * part["weight"] / total) if total else 0,
                "reasons": reasons or [{"kind": "", "text": part["reason"]}],
            }
        )
    return parts


@register.simple_tag
def narrowed(filters: Filters, name: str, word: str) -> str:
    """The query string of the same list with one of its filters set to `word` (or let go)."""
    # A list of photos that wait or cannot be read has neither scores nor answers to narrow it by.
    reset = {
        "status": {"verdict": "", "feedback": "", "q": "", "like": ""},
        "verdict": {"status": ""},
        "feedback": {"status": ""},
    }
    return filters.query_with(**{**reset.get(name, {}), name: word})


@register.simple_tag
def unnarrowed(filters: Filters) -> str:
    """The query string of the whole library in the same order."""
    return Filters(sort=filters.sort).query


@register.simple_tag
def unsearched(filters: Filters) -> str:
    """The query string of the same list when nothing is looked for any more."""
    return filters.query_with(q="", like="")


@register.filter
def is_named(weight: float, names: list[tuple[float, StrOrPromise]]) -> bool:
    """Whether a phrase's weight is one of those the page has a word for; the API takes others too."""
    return any(weight == named for named, _ in names)


@register.simple_tag
def trash_days() -> int:
    """For how many days a deleted photo can be restored."""
    return trash_period().days


@register.filter
def phrase_fields(phrase: TextPreference) -> list[tuple[str, str]]:
    """The fields of a form that adds a removed phrase again."""
    fields = [("phrase", phrase.phrase), ("kind", phrase.kind), ("weight", str(phrase.weight))]
    return [*fields, ("is_dealbreaker", "on")] if phrase.is_dealbreaker else fields


@register.filter
def restores(message: Message) -> list[tuple[str, str]]:
    """The fields of a form that restores the photos which a message says are deleted; empty for other messages."""
    kind, _, rest = (message.extra_tags or "").partition(":")
    ids, _, back_to = rest.partition(":")
    return [*(("ids", pk) for pk in ids.split(",")), ("next", back_to)] if kind == "restores" and ids else []
