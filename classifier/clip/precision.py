"""bfloat16 or float32: whichever this processor multiplies faster."""

import time
from functools import cache
from typing import Literal

import torch

from classifier.clip.packed import packed_linear

Precision = Literal["auto", "bfloat16", "float32"]
# Hardware bfloat16 is 1.8 times as fast and more, emulated bfloat16 slower than float32; nothing lies near
# this line, so the answer does not change from one start to the next.
WORTH_IT = 1.3


def dtype_for(precision: Precision) -> torch.dtype:
    return fastest_dtype() if precision == "auto" else getattr(torch, precision)


@cache
def fastest_dtype() -> torch.dtype:
    """Measured in a few milliseconds, once per process, with the very operator that the model runs on.

    Processor flags would not do: they say that bfloat16 exists, not that this build of PyTorch is quick
    with it.
    """
    try:
        gain = _seconds(torch.float32) / _seconds(torch.bfloat16)
    except RuntimeError:  # no bfloat16 product at all on this processor
        return torch.float32
    return torch.bfloat16 if gain > WORTH_IT else torch.float32


@torch.inference_mode()
def _seconds(dtype: torch.dtype, rows: int = 256, width: int = 512) -> float:
    """The best of several runs: a loaded machine only ever makes a run slower."""
    x, linear = (
        torch.ones(rows, width, dtype=dtype),
        packed_linear(torch.ones(width, width, dtype=dtype), None),
    )
    best = float("inf")
    for _ in range(8):
        start = time.perf_counter()
        linear(x)
        best = min(best, time.perf_counter() - start)
    return best
