"""bfloat16 or float32: whichever this processor multiplies faster."""

import time
from functools import cache
from typing import Literal

import torch

from classifier.clip.packed import packed_linear

Precision = Literal["auto", "bfloat16", "float32"]
# bfloat16 in hardware is about twice as fast and more (2.0 times by AVX512_BF16, more by AMX), emulated it
# is slower than float32: nothing lies near this line, so the answer does not change from one start to the
# next.
WORTH_IT = 1.3


def dtype_of(precision: Literal["bfloat16", "float32"]) -> torch.dtype:
    return torch.bfloat16 if precision == "bfloat16" else torch.float32


@cache
def fastest_dtype() -> torch.dtype:
    """Measured in some ten milliseconds, once per process, with the operator that the model runs on.

    Call it in a thread that runs torch on one core. Processor flags would not do: they say that bfloat16
    exists, not that this build of PyTorch is quick with it.
    """
    try:
        gain = _seconds(torch.float32) / _seconds(torch.bfloat16)
    except RuntimeError:  # no bfloat16 product at all on this processor
        return torch.float32
    return torch.bfloat16 if gain > WORTH_IT else torch.float32


@torch.inference_mode()
def _seconds(dtype: torch.dtype, rows: int = 256, width: int = 512) -> float:
    """Processor time of this thread, the best of several runs: other processes at work do not count."""
    x, linear = torch.ones(rows, width, dtype=dtype), packed_linear(torch.ones(width, width, dtype=dtype), None)
    best = float("inf")
    for _ in range(8):
        start = time.thread_time()
        linear(x)
        best = min(best, time.thread_time() - start)
    return best
