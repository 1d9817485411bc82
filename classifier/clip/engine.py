"""The CLIP engine: photos and phrases to unit vectors in one space. Imports torch: for worker code alone."""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

from classifier.clip.backbones import Backbone
from classifier.clip.images import Source
from classifier.clip.loading import load_model, normalisation_of
from classifier.clip.pipeline import decoded_batches
from classifier.clip.precision import Precision, dtype_for
from classifier.clip.prompts import NEUTRAL, prompts_for
from classifier.clip.text import TextEncoder
from classifier.clip.towers import PackedTail, Stem, Tail, check_splittable

Key = TypeVar("Key", bound=Hashable)
Vectors = NDArray[np.float32]
Stems = NDArray[np.float16]

BATCH = 32
PHRASES_KEPT = 2048


@dataclass(frozen=True)
class Embedded(Generic[Key]):
    """One photo's unit vector f32 [d] and stem activations f16 [T, W], or the reason there are none."""

    key: Key
    vector: Vectors | None
    stem: Stems | None
    error: str | None


class Engine:
    """One backbone in memory. Not safe for two threads at once; load it after a fork, never before."""

    def __init__(self, backbone: Backbone, dtype: torch.dtype) -> None:
        model = load_model(backbone, dtype)
        visual = check_splittable(model.visual)
        self.backbone, self.dtype = backbone, dtype
        self.side = int(visual.image_size[0])
        self.tokens = int(visual.positional_embedding.shape[0])
        self.width = int(visual.positional_embedding.shape[1])
        self.embed_dim = int(visual.output_dim)
        self.stem_module = Stem(visual, *normalisation_of(backbone), dtype)
        self.tail_module = Tail(visual)
        self._tail = PackedTail(self.tail_module, dtype)
        model.visual = None  # what the packed stem replaced is freed here
        self._text = TextEncoder(model)
        self._phrase = lru_cache(maxsize=PHRASES_KEPT)(self._encode_phrase)
        self.neutral = self._mean_of(NEUTRAL)

    @classmethod
    def load(cls, backbone: Backbone, *, threads: int | None = None, dtype: Precision = "auto") -> "Engine":
        """Reads the weights and makes them ready. Raises BackboneError in one sentence.

        `threads` is torch's number of threads (None leaves it); `dtype` auto is what the processor does
        faster.
        """
        if threads is not None:
            torch.set_num_threads(threads)
        return cls(backbone, dtype_for(dtype))

    def encode_phrases(self, phrases: Sequence[str]) -> Vectors:
        """Unit vectors f32 [n, d], each the mean of its phrase in every template. Remembered per phrase."""
        if not phrases:
            return np.empty((0, self.embed_dim), np.float32)
        return np.stack([self._phrase(" ".join(phrase.split())) for phrase in phrases])

    def embed(self, sources: Iterable[tuple[Key, Source]]) -> Iterator[Embedded[Key]]:
        """Every photo's vector and stem activations, in the order given.

        A source is a path, the bytes of a file, or a function that opens one. Files are decoded in threads
        while the model runs. What cannot be read comes back with `error` set and disturbs nothing else.
        """
        for batch in decoded_batches(sources, self.side, BATCH):
            readable = [photo.pixels for photo in batch if photo.pixels is not None]
            vectors, stems = self.embed_pixels(np.stack(readable)) if readable else (None, None)
            rows = iter(range(len(readable)))
            for photo in batch:
                if photo.pixels is None or vectors is None or stems is None:
                    yield Embedded(photo.key, None, None, photo.error)
                else:
                    row = next(rows)
                    yield Embedded(photo.key, vectors[row], stems[row], None)

    @torch.inference_mode()
    def embed_pixels(self, pixels: NDArray[np.uint8]) -> tuple[Vectors, Stems]:
        """RGB uint8 [n, S, S, 3], from `load_pixels` -> unit vectors f32 [n, d], stems f16 [n, T, W]."""
        tokens = self.stem_module(torch.from_numpy(pixels))
        # From the halves, not from `tokens`: a vector must be the same whether it was made now or from the
        # kept stem.
        stems = tokens.half()
        return self._tail(stems.to(self.dtype)).numpy(), stems.numpy()

    @torch.inference_mode()
    def tail(self, stem: NDArray[np.float16] | NDArray[np.float32]) -> Vectors:
        """Kept stem activations f16 or f32 [n, T, W] -> unit vectors f32 [n, d]."""
        if not len(stem):
            return np.empty((0, self.embed_dim), np.float32)
        parts = torch.from_numpy(np.ascontiguousarray(stem)).split(4 * BATCH)
        return np.concatenate([self._tail(part.to(self.dtype)).numpy() for part in parts])

    def _encode_phrase(self, phrase: str) -> Vectors:
        return self._mean_of(prompts_for(phrase))

    def _mean_of(self, prompts: Sequence[str]) -> Vectors:
        mean = self._text.encode(prompts).mean(dim=0)
        return torch.nn.functional.normalize(mean, dim=0).numpy()
