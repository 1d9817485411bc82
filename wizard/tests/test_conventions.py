"""The helpers of the tests about files find what they look for."""

from __future__ import annotations

import pytest

from wizard.tests.conventions import assert_none, files, matches, offenders


def test_every_offender_is_named_with_its_line() -> None:
    found = offenders(files("manage.py", "LICENSE"), matches(r"^MIT \w+|command line"))
    assert found == ["LICENSE: line 1: MIT License", "manage.py: line 2: command line"]


def test_a_failure_names_all_of_them() -> None:
    assert_none([])
    with pytest.raises(AssertionError, match=r"12 offenders:\n(file \d+\n){11}file 11$"):
        assert_none(f"file {number}" for number in range(12))


def test_a_pattern_that_matches_no_file_is_refused() -> None:
    with pytest.raises(AssertionError, match=r"\*\.nothing"):
        files("manage.py", "docs/*.nothing")
