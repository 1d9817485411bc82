"""How things are said: numbers in the reader's way, and in the reader's language what a worker said in English.

A worker has no reader. What it says of a photo or a training (the reasons of a score, why a picture could not be read,
what came of a training) is kept as an English sentence, which the API gives as it is; a page says it again in the
language of who looks. Its shape tells which of our sentences it is: so rows of any age can be said in any language, and
a language that comes later needs none of them written anew.
"""

from __future__ import annotations

import re
from functools import cache

from django.utils.formats import number_format
from django.utils.translation import get_language, gettext

from wizard.sentences import SENTENCES


def grouped(number: int) -> str:
    """1234567 as "1,234,567" or "1.234.567"."""
    return str(number_format(number, force_grouping=True))


def retold(text: str) -> str:
    """`text` in the reader's language; as it is, if it is not of our sentences alone.

    Nothing is remembered: the phrases in it are somebody's, and may be deleted.
    """
    if not text or get_language() in (None, "en"):
        return text
    if (whole := gettext(text)) != text:
        return whole
    said, at = [], 0
    while at < len(text):
        found = next(((msgid, match) for msgid, shape in _shapes() if (match := shape.match(text, at))), None)
        if found is None:
            return text
        msgid, match = found
        said.append(gettext(msgid) % match.groupdict())
        at = match.end()
    return " ".join(said)


@cache
def _shapes() -> list[tuple[str, re.Pattern[str]]]:
    """Of each sentence what it looks like with its values in it, up to the next sentence or the end."""
    return [(msgid, re.compile(_shape(msgid) + r"(?: |$)", re.DOTALL)) for msgid in SENTENCES]


def _shape(msgid: str) -> str:
    parts, seen = [], set[str]()
    for literal, name in re.findall(r"((?:[^%]|%%)*)(?:%\((\w+)\)s)?", msgid):
        parts.append(re.escape(literal.replace("%%", "%")))
        if name:
            parts.append(f"(?P={name})" if name in seen else f"(?P<{name}>.+?)")
            seen.add(name)
    return "".join(parts)
