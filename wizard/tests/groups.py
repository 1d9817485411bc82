"""A pytest plugin: `xdist_group` keeps the tests of a group in one process, also with pytest 9.2.

pytest-xdist 3.8 passes the group on as the end of a test's id. It writes this into `_nodeid`, which pytest 9.2 no
longer reads: https://github.com/pytest-dev/pytest-xdist/issues/1386. Without this plugin the groups are ignored.
"""

from __future__ import annotations

import pytest


@pytest.hookimpl(trylast=True)  # pytest-xdist writes the ids in the same hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if grouped := vars(item).get("_nodeid"):
            item._id = type(item.id).parse(grouped)
