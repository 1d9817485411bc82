"""Stem activations of many photos in one file, for a trainer that reads a few of them at a time."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence

import numpy as np
from django.conf import settings

from training.learn.data import Indices, Stems


class StemFile:
    """Stem activations f16 [n, T, W] in a file without a name, which is gone when the process is.

    20,000 photos have 1.5 GB of ViT-B/32's. They are read when they are needed and not mapped: pages of a mapped file
    count as memory of the process. It lies in the data directory, since /tmp may be in memory. Safe in threads.
    """

    def __init__(self, shape: tuple[int, int]) -> None:
        """`shape` is [T, W] of one photo."""
        self._shape = shape
        self._file = tempfile.TemporaryFile(dir=settings.DATA_DIR)  # noqa: SIM115  (closed with this object)

    def append(self, stems: Sequence[Stems]) -> None:
        """Each f16 [T, W]"""
        for stem in stems:
            self._file.write(np.ascontiguousarray(stem, np.float16).data)
        self._file.flush()

    def read(self, indices: Indices) -> Stems:
        """Those of the photos i64 [k], in the order they were added in: f16 [k, T, W]"""
        stems = np.empty((len(indices), *self._shape), np.float16)
        for stem, index in zip(stems, indices, strict=True):
            if os.preadv(self._file.fileno(), [stem.data], int(index) * stem.nbytes) != stem.nbytes:
                raise OSError("The file of stem activations is cut off.")
        return stems
