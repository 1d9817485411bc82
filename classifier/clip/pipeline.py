"""Work on photos in parallel: every thread decodes its own batch and runs the model on it, on one core.

Two other arrangements lost. A model that spreads each product over all cores waits at a barrier some 250
times a batch, and whenever another process (training, the web) holds one core, all wait for that one:
measured beside such a process, twice the processor time and up to three times the waiting. Decoding threads
beside the model fight with it for the same cores.
"""

from collections import deque
from collections.abc import Callable, Hashable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import Generic, TypeVar

import torch
from PIL import Image

from classifier.clip.images import Pixels, Source, load_pixels

Key = TypeVar("Key", bound=Hashable)
Item = TypeVar("Item")
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Decoded(Generic[Key]):
    """A photo's RGB pixels, uint8 [S, S, 3], or the reason there are none."""

    key: Key
    pixels: Pixels | None
    error: str | None


def decode(key: Key, source: Source, side: int) -> Decoded[Key]:
    """Whatever is wrong with a file stays with that file."""
    try:
        return Decoded(key, load_pixels(source, side), None)
    except ConnectionError:  # where files are kept is away: no fault of the file's
        raise
    except FileNotFoundError:
        return Decoded(key, None, "The file is missing.")
    except (Image.DecompressionBombError, MemoryError):
        return Decoded(key, None, "The picture has too many pixels.")
    except Exception:  # decoders raise nearly anything for a broken file, and the queue must go on
        return Decoded(key, None, "The file is not a picture that can be read.")


class SingleCoreThreads:
    """A pool whose threads run torch on one core each; the calling thread keeps its own number of threads."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._pool = ThreadPoolExecutor(count, "clip", initializer=torch.set_num_threads, initargs=(1,))

    def run(self, work: Callable[[], Answer]) -> Answer:
        return self._pool.submit(work).result()

    def batches(self, items: Iterable[Item], most: int, work: Callable[[list[Item]], list[Answer]]) -> Iterator[Answer]:
        """`work` on batches of up to `most` items; answers one by one, in order.

        Items are taken one batch per thread at a time and divided evenly, so that no thread waits at the end for
        another's full batch; no more than two batches a thread are taken ahead of what has been given out.
        """
        remaining = iter(items)
        waiting: deque[Future[list[Answer]]] = deque()
        try:
            while True:
                while len(waiting) <= self.count and (taken := list(islice(remaining, most * self.count))):
                    size = -(-len(taken) // self.count)
                    for start in range(0, len(taken), size):
                        waiting.append(self._pool.submit(work, taken[start : start + size]))
                if not waiting:
                    return
                yield from waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
