"""The photos that lie furthest along a direction: by a look at all of them, or, in a very large library, by an index.

The index (faiss, inverted lists) looks at the groups of photos that lie nearest to the direction, and at those alone.
It is made in a thread, in a score worker's memory, from one person's library, and is never written to a file. Until it
is there every photo is looked at; afterwards every photo that came in since. WIZARD_INDEX_FROM says from how many
photos on it is made.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Rows = NDArray[np.int64]

log = logging.getLogger(__name__)

SHARE_LOOKED_AT = 0.2  # of the groups; `python -m bench nearest` has what that finds
LEARNED_FROM = 64  # photos a group: more make the groups no better
OLD_FROM = 0.1  # so many came or went: to look at them takes as long as the index saves
KEPT_INDEXES = 3


class Nearest(NamedTuple):
    """Rows i64 [k] of the library, the nearest first, and how far they lie f32 [k]; mean and variance over all."""

    rows: Rows
    values: Floats
    mean: float
    variance: float


@dataclass(frozen=True)
class Index:
    """Of a library as it was: `ids` i64 [n], ascending, of its photos."""

    ids: Rows
    mean: Floats
    covariance: Floats
    groups: Any  # faiss.IndexIVF
    seen: dict[str, Rows] = field(default_factory=dict)

    @classmethod
    def of(cls, ids: Rows, vectors: Floats) -> Index:
        import faiss

        count, width = vectors.shape
        number = max(1, int(count**0.5))
        kind, metric = faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
        groups = faiss.IndexIVFScalarQuantizer(faiss.IndexFlatIP(width), width, number, kind, metric)
        groups.cp.niter = 10
        groups.train(vectors[np.random.default_rng(0).permutation(count)[: number * LEARNED_FROM]])
        groups.add_with_ids(vectors, ids)
        groups.nprobe = max(1, round(number * SHARE_LOOKED_AT))
        mean = vectors.mean(axis=0, dtype=np.float64)
        squares = np.zeros((width, width))
        for start in range(0, count, 50_000):
            part = vectors[start : start + 50_000] - mean.astype(np.float32)
            squares += part.T @ part
        return cls(ids, mean.astype(np.float32), (squares / count).astype(np.float32), groups)

    def is_old(self, ids: Rows) -> bool:
        new = self._new_rows(ids)
        gone = len(self.ids) - (len(ids) - len(new))
        return gone + len(new) > OLD_FROM * len(ids)

    def rows_near(self, direction: Floats, ids: Rows, most: int) -> Rows:
        """Rows of the library as it is now (`ids`): what the index finds, and whatever it does not know."""
        _, (found,) = self.groups.search(direction[None], most)
        rows = np.minimum(np.searchsorted(ids, found), len(ids) - 1)
        return np.union1d(rows[ids[rows] == found], self._new_rows(ids))

    def _new_rows(self, ids: Rows) -> Rows:
        """Kept from one search to the next, as long as it is the same library."""
        if self.seen.get("ids") is not ids:
            rows = np.minimum(np.searchsorted(self.ids, ids), len(self.ids) - 1)
            self.seen.update(ids=ids, new=np.flatnonzero(self.ids[rows] != ids))
        return self.seen["new"]


def nearest(ids: Rows, vectors: Floats, direction: Floats, most: int, index: Index | None = None) -> Nearest:
    """Those of the library's unit vectors f32 [n, d] whose product with `direction` f32 [d] is largest."""
    if index is None:
        values = vectors @ direction
        mean, variance = float(values.mean()), float(values.var())
        rows = np.argpartition(-values, most)[:most] if most < len(values) else np.arange(len(values))
        values = values[rows]
    else:
        rows = index.rows_near(direction, ids, most)
        values = vectors[rows] @ direction
        mean, variance = float(index.mean @ direction), max(float(direction @ index.covariance @ direction), 0.0)
    order = np.lexsort((rows, -values))[:most]
    return Nearest(rows[order], values[order], mean, variance)


class Indexes:
    """Those of this process, by owner and backbone."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[tuple[int, str], Index] = {}
        self._being_made: set[tuple[int, str]] = set()
        self._last: tuple[list[int], Rows] = ([], np.empty(0, np.int64))

    def of(self, key: tuple[int, str], ids: Rows, vectors: Floats, *, wanted_from: int) -> Index | None:
        """None for a library that needs none, and until it is made."""
        if not 0 < wanted_from <= len(ids) or not is_installed():
            return None
        with self._lock:
            index = self._kept.get(key)
        if index is None or index.is_old(ids):
            self._make(key, ids, vectors)
        return index

    def as_array(self, ids: list[int]) -> Rows:
        """The same array for the same list: making it anew would take as long as a search."""
        if self._last[0] is not ids:
            self._last = (ids, np.array(ids, np.int64))
        return self._last[1]

    def forget(self, owner_id: int) -> None:
        with self._lock:
            for key in [key for key in (*self._kept, *self._being_made) if key[0] == owner_id]:
                self._kept.pop(key, None)
                self._being_made.discard(key)  # what is being made now is thrown away

    def _make(self, key: tuple[int, str], ids: Rows, vectors: Floats) -> None:
        with self._lock:
            if key in self._being_made:
                return
            self._being_made.add(key)
        threading.Thread(target=self._run, args=(key, ids, vectors), name="index", daemon=True).start()

    def _run(self, key: tuple[int, str], ids: Rows, vectors: Floats) -> None:
        began = time.monotonic()
        try:
            index = Index.of(ids, vectors)
        except Exception:
            log.exception("no index of %s photos; the search looks at all of them", len(ids))
            return  # and is not tried again for this library
        with self._lock:
            if key not in self._being_made:
                return
            self._being_made.remove(key)
            self._kept.pop(key, None)
            self._kept[key] = index
            while len(self._kept) > KEPT_INDEXES:
                del self._kept[next(iter(self._kept))]
        log.info("an index of %s photos in %.1f s", len(ids), time.monotonic() - began)


def is_installed() -> bool:
    return find_spec("faiss") is not None


indexes = Indexes()
