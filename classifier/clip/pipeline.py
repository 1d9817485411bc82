"""Decoding in threads, ahead of the model, in order."""

from collections import deque
from collections.abc import Hashable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import Generic, TypeVar

from PIL import Image

from classifier.clip.images import Pixels, Source, load_pixels

Key = TypeVar("Key", bound=Hashable)

DECODERS = 2


@dataclass(frozen=True)
class Decoded(Generic[Key]):
    """A photo's pixels, uint8 [S, S, 3], or the reason there are none."""

    key: Key
    pixels: Pixels | None
    error: str | None


def decoded_batches(
    sources: Iterable[tuple[Key, Source]], side: int, size: int
) -> Iterator[list[Decoded[Key]]]:
    """Batches of up to `size` photos, in order; the next one is decoded while the caller uses one."""
    remaining = iter(sources)
    with ThreadPoolExecutor(DECODERS, thread_name_prefix="decode") as pool:
        waiting: deque[Future[Decoded[Key]]] = deque()
        while True:
            for key, source in islice(remaining, 2 * size - len(waiting)):
                waiting.append(pool.submit(_decode, key, source, side))
            if not waiting:
                return
            yield [waiting.popleft().result() for _ in range(min(size, len(waiting)))]


def _decode(key: Key, source: Source, side: int) -> Decoded[Key]:
    """Whatever is wrong with a file stays with that file."""
    try:
        return Decoded(key, load_pixels(source, side), None)
    except FileNotFoundError:
        return Decoded(key, None, "The file is missing.")
    except Image.DecompressionBombError:
        return Decoded(key, None, "The picture has too many pixels.")
    except (OSError, ValueError, SyntaxError, EOFError, ZeroDivisionError, OverflowError):
        return Decoded(key, None, "The file is not a picture that can be read.")
