"""What is not ours alone has its licence beside it, and LICENSES.md says where it comes from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from wizard.tests.conventions import ROOT, assert_none, offenders

VENDORED = sorted(path for path in (ROOT / "static" / "vendor").iterdir() if path.is_dir())
NOT_OURS = [*VENDORED, *(ROOT / name for name in ("static/icons", "classifier/starter", "classifier/sample"))]
LEAST = 500  # bytes of a licence


def unlicensed(folder: Path) -> Iterator[str]:
    shown = folder.relative_to(ROOT).as_posix()
    rows = [line for line in (ROOT / "LICENSES.md").read_text().splitlines() if f"| `{shown}` |" in line]
    if len(rows) != 1:
        yield f"{len(rows)} rows in LICENSES.md"
    texts = re.findall(rf"\]\(({re.escape(shown)}/[^)]+)\)", "".join(rows))
    if not texts:
        yield "no licence in the row"
    yield from (f"{text} is no licence" for text in texts if (ROOT / text).stat().st_size <= LEAST)


def test_each_folder_has_a_row_and_a_licence_inside() -> None:
    assert VENDORED
    assert_none(offenders(NOT_OURS, unlicensed))


def test_the_readme_leads_to_the_licences() -> None:
    assert "(LICENSES.md)" in (ROOT / "README.md").read_text()
