from __future__ import annotations

import pytest


@pytest.mark.xdist_group("example")
def test_pytest_xdist_is_told_of_a_group(request: pytest.FixtureRequest) -> None:
    if not getattr(request.config.option, "loadgroup", False):
        pytest.skip("tests run in one process")
    assert request.node.nodeid.endswith("@example")
