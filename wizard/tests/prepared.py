"""What the first start leaves behind, made once for all tests that begin with it: each runs on a copy of its own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from filelock import FileLock

from wizard.instance import Instance, own_database, running_instance

# What is said to one another at the moment, and who was asked how often: a copy begins without.
PASSING = shutil.ignore_patterns("valkey*")


@dataclass(frozen=True)
class Prepared:
    """A data directory, and a database, with the demo user's photos scored; nothing runs on it."""

    data_dir: Path
    password: str

    @contextmanager
    def running(self, data_dir: Path, *, wait_for: str = "/readyz", **environment: str) -> Iterator[Instance]:
        """A product on a copy. Trainings do not step back here: on a machine with other work they would starve."""
        shutil.copytree(self.data_dir, data_dir, ignore=PASSING)
        own_database(data_dir, like=self.data_dir)
        environment = {"WIZARD_TRAIN_NICE": "0"} | environment
        with running_instance(data_dir, wait_for=wait_for, **environment) as instance:
            yield replace(instance, password=self.password)


def prepare(folder: Path) -> Prepared:
    """By the product itself: this is a first start, and it fails if that leaves an error in the log.

    The workers of pytest-xdist share `folder`: the first to come prepares it, the others wait for that and take it.
    """
    data_dir, password = folder / "data", folder / "password"
    with FileLock(folder / "lock"):
        if not password.exists():
            password.write_text(_first_start(data_dir))
    return Prepared(data_dir, password.read_text())


def _first_start(data_dir: Path) -> str:
    """The password of the demo user."""
    with running_instance(data_dir) as instance:
        instance.api().wait_until_scored()
        assert "Traceback" not in instance.log.read_text()
    return instance.password
