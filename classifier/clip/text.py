"""Phrases to vectors: tokenising, the text tower, and the mean over an ensemble of prompts."""

from collections.abc import Sequence

import open_clip
import torch
from open_clip.tokenizer import SimpleTokenizer
from torch import Tensor
from torch.nn import functional

PROMPTS_AT_ONCE = 64


class TextEncoder:
    """The text tower of an open_clip CLIP and its tokeniser, whose vocabulary comes with open_clip."""

    def __init__(self, model: open_clip.CLIP) -> None:
        self.model = model
        self.tokenise = SimpleTokenizer(context_length=model.context_length)
        # A causal tower that reads the end token sees nothing behind it, so the padding need not be computed.
        self.can_trim = model.attn_mask is not None and model.text_pool_type == "argmax"

    @torch.inference_mode()
    def encode(self, prompts: Sequence[str]) -> Tensor:
        """Sentences -> unit vectors f32 [n, d]. A sentence that is too long is cut."""
        tokens = self.tokenise(list(prompts))
        if self.can_trim:
            tokens = tokens[:, : int(tokens.argmax(dim=-1).max()) + 1]
        parts = [self._features(part) for part in tokens.split(PROMPTS_AT_ONCE)]
        return functional.normalize(torch.cat(parts).float(), dim=-1)

    def _features(self, tokens: Tensor) -> Tensor:
        model, length = self.model, tokens.shape[1]
        x: Tensor
        if not self.can_trim:
            x = model.encode_text(tokens)
            return x
        x = model.token_embedding(tokens) + model.positional_embedding[:length]
        x = model.transformer(x, attn_mask=model.attn_mask[:length, :length])
        x = model.ln_final(x)[torch.arange(len(tokens)), tokens.argmax(dim=-1)]
        if model.text_projection is None:
            return x
        by_layer = isinstance(model.text_projection, torch.nn.Linear)
        x = model.text_projection(x) if by_layer else x @ model.text_projection
        return x
