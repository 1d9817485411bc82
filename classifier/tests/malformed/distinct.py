"""A few files of a corpus that differ as much as possible: what the commit tier sends instead of all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Protocol, TypeVar


class Malformed(Protocol):
    @property
    def family(self) -> str: ...

    @property
    def name(self) -> str: ...


File = TypeVar("File", bound=Malformed)


def distinct(files: Iterable[File], count: int | None = None) -> list[File]:
    """One file of each family; with `count`, that many: the families take turns, and each turn is another kind.

    A kind is a family with the ending of a name. The ending that was taken least comes first, and of the files of one
    kind the middle one: the first and the last of a series are often its mildest.
    """
    families: dict[str, dict[str, list[File]]] = {}
    for file in files:
        ending = file.name.rpartition(".")[2] if "." in file.name else ""
        families.setdefault(file.family, {}).setdefault(ending, []).append(file)
    wanted = len(families) if count is None else count
    taken: list[File] = []
    endings: Counter[str] = Counter()
    while len(taken) < wanted and any(families.values()):
        for kinds in [kinds for kinds in families.values() if kinds][: wanted - len(taken)]:
            ending = min(kinds, key=endings.__getitem__)
            same_kind = kinds.pop(ending)
            taken.append(same_kind[len(same_kind) // 2])
            endings[ending] += 1
    return taken
