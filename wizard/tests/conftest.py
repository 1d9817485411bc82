from __future__ import annotations

from collections.abc import Iterator

import pytest

from wizard.instance import Instance, running_instance


@pytest.fixture(scope="session")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """One running product for all tests of the whole system: starting it takes seconds."""
    with running_instance(tmp_path_factory.mktemp("system") / "data") as running:
        yield running
