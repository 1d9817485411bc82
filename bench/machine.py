"""This machine's own best: what its cores multiply and what its memory moves. All else is measured against it."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

    from bench.table import Row

RUNS = 7
SIDE = 1024  # of the square matrices: large enough for the best rate, small enough for each core's cache
BYTES = 512 * 2**20  # far larger than any cache


def rows() -> Iterator[Row]:
    import torch

    from bench.table import Row

    for dtype in (torch.float32, torch.bfloat16):
        name = str(dtype).removeprefix("torch.")
        yield Row(f"matrix products, {name}, all cores", "GFLOP/s", tuple(rate / 1e9 for rate in product_rates(dtype)))
    yield Row("memory, copied: read and written", "GB/s", tuple(rate / 1e9 for rate in copy_rates()))


def description() -> str:
    """Processor, cores, what it has for bfloat16, memory, Python and PyTorch."""
    import platform

    import torch

    lines = (line.partition(":") for line in Path("/proc/cpuinfo").read_text().splitlines())
    facts = {name.strip(): value.strip() for name, _, value in lines}
    flags = facts.get("flags", "").split()
    fast = next((name for name in ("amx_bf16", "avx512_bf16", "avx_ne_convert") if name in flags), "no bfloat16")
    gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    cores = len(os.sched_getaffinity(0))
    return (
        f"{cores} cores of {facts.get('model name', platform.machine())} ({fast}), {gigabytes:.0f} GB, "
        f"Python {platform.python_version()}, PyTorch {torch.__version__.partition('+')[0]}"
    )


def megabytes(what: str, pid: int | str = "self") -> float:
    """VmRSS (resident now) or VmHWM (at its peak) of a process; 0 of one that has ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return 0.0
    return int(status.partition(f"{what}:")[2].split()[0]) / 1024


def core_seconds(pids: Iterable[int]) -> float:
    """Processor time of the processes so far, and of those children of theirs that have ended."""
    return sum(_ticks(pid) for pid in pids) / os.sysconf("SC_CLK_TCK")


def _ticks(pid: int) -> int:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:  # its parent has it in its own sum now
        return 0
    return sum(int(field) for field in fields[11:15])


@cache
def best_product_rate(dtype: torch.dtype) -> float:
    """FLOP a second, all cores together: the median of several runs, each the best of its products."""
    return statistics.median(product_rates(dtype))


def product_rates(dtype: torch.dtype) -> list[float]:
    """A square product on every core by itself, in the layout that the engine uses; FLOP a second, one a run."""
    import torch

    from classifier.clip.packed import packed_linear

    cores = len(os.sched_getaffinity(0))

    def one_core(_: int) -> float:
        torch.set_num_threads(1)
        with torch.inference_mode():
            x = torch.randn(SIDE, SIDE).to(dtype)
            product = packed_linear(torch.randn(SIDE, SIDE).to(dtype), None)
            return 2 * SIDE**3 / min(_seconds(lambda: product(x)) for _ in range(8))

    threads = torch.get_num_threads()
    try:
        with ThreadPoolExecutor(cores) as pool:
            return [sum(pool.map(one_core, range(cores))) for _ in range(RUNS)]
    finally:
        torch.set_num_threads(threads)


def copy_rates() -> list[float]:
    """Bytes a second, read and written counted both (STREAM's copy), every core on its own part."""
    import numpy as np

    cores = len(os.sched_getaffinity(0))
    sources = [np.ones(BYTES // 8 // cores) for _ in range(cores)]
    targets = [np.empty_like(source) for source in sources]

    def run(pool: ThreadPoolExecutor) -> None:
        list(pool.map(np.copyto, targets, sources))

    with ThreadPoolExecutor(cores) as pool:
        run(pool)  # the pages are made
        return [2 * BYTES / _seconds(lambda: run(pool)) for _ in range(RUNS)]


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
