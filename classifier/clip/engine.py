"""The CLIP engine: photos and phrases to unit vectors in one space. Imports torch: for worker code alone."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

from classifier.clip.backbones import Backbone
from classifier.clip.images import Source
from classifier.clip.loading import give_back_memory, load_model, normalisation_of
from classifier.clip.pipeline import SingleCoreThreads, decode
from classifier.clip.precision import Precision, dtype_of, fastest_dtype
from classifier.clip.prompts import NEUTRAL, prompts_for
from classifier.clip.text import TextEncoder
from classifier.clip.towers import PackedTail, Stem, Tail, check_splittable

Key = TypeVar("Key", bound=Hashable)
Item = TypeVar("Item")
Answer = TypeVar("Answer")
Vectors = NDArray[np.float32]
Stems = NDArray[np.float16]

BATCH = 16  # photos a thread; the time a photo takes is flat from 4 to 64, and small batches spread evenly
PHRASES_KEPT = 2048


@dataclass(frozen=True)
class Embedded(Generic[Key]):
    """One photo's unit vector f32 [d] and stem activations f16 [T, W], or the reason there are none."""

    key: Key
    vector: Vectors | None
    stem: Stems | None
    error: str | None


class Engine:
    """One backbone in memory. Load it after a fork, never before: threads do not survive one."""

    def __init__(self, backbone: Backbone, threads: int, precision: Precision) -> None:
        self._threads = SingleCoreThreads(threads)
        dtype = self._threads.run(fastest_dtype) if precision == "auto" else dtype_of(precision)
        model = load_model(backbone, dtype)
        visual = check_splittable(model.visual)
        self.backbone, self.dtype = backbone, dtype
        self.side = int(visual.image_size[0])
        self.tokens, self.width = (int(size) for size in visual.positional_embedding.shape)
        self.embed_dim = int(visual.output_dim)
        self.stem_module = Stem(visual, *normalisation_of(backbone), dtype)
        self.tail_module = Tail(visual)
        self._tail = PackedTail(self.tail_module, dtype)
        model.visual = None  # frees the weights that the packed stem holds in its own layout
        self._text = TextEncoder(model)
        self._phrase = lru_cache(maxsize=PHRASES_KEPT)(self._encode_phrase)
        self.neutral = self._mean_of(NEUTRAL)

    @classmethod
    def load(cls, backbone: Backbone, *, threads: int | None = None, dtype: Precision = "auto") -> "Engine":
        """Reads the weights and makes them ready. Raises BackboneError in one sentence.

        `threads` is how many cores to use (None: as many as torch would); it sets torch's own number too.
        `dtype` auto is what the processor multiplies faster.
        """
        if threads is not None:
            torch.set_num_threads(threads)
        engine = cls(backbone, torch.get_num_threads(), dtype)
        give_back_memory()
        return engine

    def encode_phrases(self, phrases: Sequence[str]) -> Vectors:
        """Unit vectors f32 [n, d], each the mean of its phrase in every template. Remembered per phrase."""
        if not phrases:
            return np.empty((0, self.embed_dim), np.float32)
        return np.stack([self._phrase(" ".join(phrase.split())) for phrase in phrases])

    def embed(self, sources: Iterable[tuple[Key, Source]]) -> Iterator[Embedded[Key]]:
        """Every photo's vector and stem activations, in the order given.

        A source is a path, the bytes of a file, or a function that opens one; it is read in a thread. What
        cannot be read comes back with `error` set and disturbs nothing else.
        """
        return self.in_threads(sources, self._embed_batch)

    def in_threads(self, items: Iterable[Item], work: Callable[[list[Item]], list[Answer]]) -> Iterator[Answer]:
        """The answers of `work` on batches of the items, in their order, each batch on one core, some ahead."""
        return self._threads.batches(items, BATCH, work)

    @torch.inference_mode()
    def embed_pixels(self, pixels: NDArray[np.uint8]) -> tuple[Vectors, Stems]:
        """RGB uint8 [n, S, S, 3], from `load_pixels` -> unit vectors f32 [n, d], stems f16 [n, T, W]."""
        # From the halves on, so that a vector is the same whether it was made now or from the kept stem.
        stems = self.stem_module(torch.from_numpy(pixels)).half()
        return self._tail(stems.to(self.dtype)).numpy(), stems.numpy()

    def _embed_batch(self, sources: list[tuple[Key, Source]]) -> list[Embedded[Key]]:
        photos = [decode(key, source, self.side) for key, source in sources]
        readable = [photo.pixels for photo in photos if photo.pixels is not None]
        if not readable:
            return [Embedded(photo.key, None, None, photo.error) for photo in photos]
        answers = zip(*self.embed_pixels(np.stack(readable)), strict=True)
        return [
            Embedded(photo.key, None, None, photo.error)
            if photo.pixels is None
            else self._answer(photo.key, *next(answers))
            for photo in photos
        ]

    @staticmethod
    def _answer(key: Key, vector: Vectors, stem: Stems) -> Embedded[Key]:
        """With copies: a view would keep its whole batch in memory for as long as one photo of it."""
        return Embedded(key, vector.copy(), stem.copy(), None)

    def _encode_phrase(self, phrase: str) -> Vectors:
        return self._mean_of(prompts_for(phrase))

    @torch.inference_mode()
    def _mean_of(self, prompts: Sequence[str]) -> Vectors:
        mean = self._text.encode(prompts).mean(dim=0)
        vector: Vectors = torch.nn.functional.normalize(mean, dim=0).numpy()
        return vector
