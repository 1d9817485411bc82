"""A language's catalogue as tests read it, without gettext's tools."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

LOCALE = Path(settings.BASE_DIR, "locale")
_STRINGS = r'((?:\s*"(?:[^"\\]|\\.)*")+)'


class Entry(NamedTuple):
    """`msgids` and `said` have two each where there is a plural."""

    msgids: list[str]
    said: list[str]
    comments: str


def entries(file: Path) -> list[Entry]:
    """Those of a .po file, the head left out."""
    found = []
    for block in file.read_text().split("\n\n"):
        msgids = [_text(each) for each in re.findall(rf"^msgid(?:_plural)? {_STRINGS}", block, re.MULTILINE)]
        said = [_text(each) for each in re.findall(rf"^msgstr(?:\[\d\])? {_STRINGS}", block, re.MULTILINE)]
        if any(msgids):
            comments = "\n".join(line for line in block.splitlines() if line.startswith("#"))
            found.append(Entry(msgids, said, comments))
    return found


def _text(quoted: str) -> str:
    return "".join(ast.literal_eval(each) for each in re.findall(r'"(?:[^"\\]|\\.)*"', quoted))
