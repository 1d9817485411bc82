from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from wizard.instance import Instance, running_instance


@pytest.fixture(scope="session")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """One running product for all tests of the whole system: starting it takes seconds."""
    with running_instance(tmp_path_factory.mktemp("system") / "data") as running:
        yield running


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of `running`."""
    return tmp_path_factory.mktemp("own") / "data"


@pytest.fixture(scope="module")
def running(data_dir: Path) -> Iterator[Instance]:
    """A product for one module alone, which does to it what the others would not survive."""
    with running_instance(data_dir) as own:
        yield own
