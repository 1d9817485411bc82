from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from wizard.instance import Instance, running_instance


@pytest.fixture(scope="session")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """One running product for all tests of the whole system: starting it takes seconds."""
    database = os.environ.get("WIZARD_TEST_DATABASE_URL", "")
    with running_instance(tmp_path_factory.mktemp("system") / "data", DATABASE_URL=database) as running:
        yield running
