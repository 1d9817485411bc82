"""What is not ours alone has its licence beside it, and LICENSES.md says where it comes from."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

HERE = Path(settings.BASE_DIR)
VENDORED = [
    *(path for path in (HERE / "static" / "vendor").iterdir() if path.is_dir()),
    HERE / "static" / "icons",
    HERE / "classifier" / "starter",
    HERE / "classifier" / "sample",
]


@pytest.mark.parametrize("folder", VENDORED, ids=lambda path: path.name)
def test_each_folder_has_a_row_with_a_licence_that_lies_in_it(folder: Path) -> None:
    shown = folder.relative_to(HERE).as_posix()
    rows = [line for line in (HERE / "LICENSES.md").read_text().splitlines() if f"| `{shown}` |" in line]
    assert len(rows) == 1
    texts = re.findall(rf"\]\(({re.escape(shown)}/[^)]+)\)", rows[0])
    assert texts
    assert all((HERE / text).stat().st_size > 500 for text in texts)


def test_the_readme_leads_to_the_licences() -> None:
    assert "(LICENSES.md)" in (HERE / "README.md").read_text()
