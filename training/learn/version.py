"""What was learned: enough, with its backbone, to say how much a photo will be liked."""

import copy
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import torch
from torch import Tensor

from classifier.clip.precision import fastest_dtype
from classifier.clip.towers import PackedTail, Tail
from training.learn.calibration import Calibration
from training.learn.data import Floats, Stems, Vectors
from training.learn.head import Head, KernelHead

SCORED_AT_ONCE = 32


@dataclass(frozen=True)
class Version:
    """One trained state of the model. Its weights are the rounded ones of its file, so a file changes nothing.

    tail         f16 tensors by the names of `Tail.state_dict()`; empty for alpha 0, the backbone's own tail
    fingerprint  `TrainingData.fingerprint` of the answers it was trained on
    figures      `Figures.as_dict()` of the photos it was trained on, out of fold, and what else was measured; JSON only
    """

    backbone_id: str
    tail: dict[str, Tensor]
    head: Head
    kernel: KernelHead
    calibration: Calibration
    alpha: float
    epochs: int
    fingerprint: str
    figures: dict[str, Any] = field(default_factory=dict)

    @property
    def is_frozen(self) -> bool:
        """True when the backbone's own vectors serve: no stem need be read to score a photo."""
        return not self.tail


class Scorer:
    """A version made ready to score photos. Safe in threads."""

    def __init__(self, version: Version, tail: Tail, dtype: torch.dtype | None = None) -> None:
        """`tail` is the backbone's own, and stays as it is; `dtype` None is what the processor does faster."""
        self.version = version
        self.dtype = dtype or fastest_dtype()
        self._plain = tail
        self._tuned = None if version.is_frozen else _packed(tail, version.tail, self.dtype)

    def __call__(self, stems: Stems, vectors: Vectors | None = None) -> Floats:
        """Kept stem activations f16 [n, T, W] -> P(like) f64 [n] in (0, 1)

        `vectors` f32 [n, d], by the backbone's own tail, spare their computation where they are kept.
        """
        if vectors is None:
            vectors = self._through(self._frozen, stems)
        if self._tuned is None:
            return self.score_vectors(vectors)
        return self._probability(vectors, self._through(self._tuned, stems))

    @cached_property
    def _frozen(self) -> PackedTail:
        return _packed(self._plain, {}, self.dtype)

    def score_vectors(self, vectors: Vectors) -> Floats:
        """For a frozen version: unit vectors f32 [n, d] by the backbone's own tail -> P(like) f64 [n]"""
        return self._probability(vectors, vectors)

    def _probability(self, frozen: Vectors, tuned: Vectors) -> Floats:
        version = self.version
        kernel = version.kernel.logits(frozen)
        tail = kernel if version.is_frozen else version.head.logits(tuned)
        return version.calibration.probability(np.column_stack([kernel, tail]))

    @torch.inference_mode()
    def _through(self, tail: PackedTail, stems: Stems) -> Vectors:
        parts = [
            tail(torch.from_numpy(np.asarray(stems[start : start + SCORED_AT_ONCE])).to(self.dtype)).numpy()
            for start in range(0, len(stems), SCORED_AT_ONCE)
        ]
        return np.concatenate(parts) if parts else np.empty((0, len(self.version.head.weight)), np.float32)


def _packed(tail: Tail, weights: dict[str, Tensor], dtype: torch.dtype) -> PackedTail:
    plain = copy.deepcopy(tail).float()
    if weights:
        plain.load_state_dict(weights)
    packed = PackedTail(plain, dtype)
    plain.to(dtype)  # after packing, which rounds only what it has multiplied in float32
    return packed


def predict(version: Version, stems: Stems, *, tail: Tail, dtype: torch.dtype | None = None) -> Floats:
    """P(like) f64 [n] in (0, 1) for stem activations f16 [n, T, W]; for many calls keep a `Scorer`."""
    return Scorer(version, tail, dtype)(stems)
