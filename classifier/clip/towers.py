"""An open_clip VisionTransformer in two parts: the stem, frozen for good, and the tail, which training may
change.

Shapes: n photos, S pixels a side, T tokens (class token first), W width, d embedding.
"""

from collections.abc import Iterable

import torch
from open_clip.transformer import ResidualAttentionBlock, VisionTransformer
from torch import Tensor, nn
from torch.nn import functional

from classifier.clip.backbones import BackboneError
from classifier.clip.packed import Block, packed_block, packed_linear

TAIL_BLOCKS = 2


def check_splittable(visual: nn.Module) -> VisionTransformer:
    """The tower itself when it can be split; raises BackboneError otherwise."""
    if not isinstance(visual, VisionTransformer):
        raise BackboneError(f"Only plain vision transformers are supported, not {type(visual).__name__}.")
    if visual.attn_pool is not None:
        raise BackboneError("A vision tower with attentional pooling is not supported.")
    if visual.pool_type not in ("tok", "avg"):
        raise BackboneError(f"A vision tower with pool type {visual.pool_type!r} is not supported.")
    if visual.image_size[0] != visual.image_size[1]:
        raise BackboneError("A vision tower for pictures that are not square is not supported.")
    if len(visual.transformer.resblocks) <= TAIL_BLOCKS:
        raise BackboneError(f"A vision tower needs more than {TAIL_BLOCKS} blocks to be split.")
    return visual


class Stem(nn.Module):
    """Everything before the last two blocks: RGB pixels uint8 [n, S, S, 3] -> tokens [n, T, W] in `dtype`.

    For inference only. The pixel normalisation is folded into the patch projection, which runs as one
    matrix product: whole numbers up to 256 are exact in bfloat16, so the pixels enter unrounded.
    """

    def __init__(self, visual: VisionTransformer, mean: Tensor, std: Tensor, dtype: torch.dtype) -> None:
        """`mean` and `std`, f32[3], normalise pixels in [0, 1]. `visual` is left as it was."""
        super().__init__()
        self.patch_height, self.patch_width = visual.patch_size
        self.dtype = dtype
        area = self.patch_height * self.patch_width
        centre = (mean * 255).round()
        self.centre = centre.repeat(area).to(dtype)  # whole numbers below 256: exact in bfloat16 too
        kernel = visual.conv1.weight.detach().float() / (255 * std).reshape(1, 3, 1, 1)
        kernel = kernel.permute(0, 2, 3, 1).reshape(kernel.shape[0], -1).to(dtype)
        # The offset belongs to the rounded kernel: a patch of the mean colour must come out as exactly
        # nothing.
        offset = (mean * 255 - centre).repeat(area)
        positions = visual.positional_embedding.detach().float()
        self.first = (visual.class_embedding.detach().float() + positions[0]).to(dtype)
        self.positions = (positions[1:] - kernel.float() @ offset).to(dtype)
        self.project = packed_linear(kernel, None)
        self.ln_pre = visual.ln_pre
        self.blocks = [packed_block(block, dtype) for block in visual.transformer.resblocks[:-TAIL_BLOCKS]]

    def forward(self, pixels: Tensor) -> Tensor:
        count, height, width, _ = pixels.shape
        rows, columns = height // self.patch_height, width // self.patch_width
        pixels = pixels[:, : rows * self.patch_height, : columns * self.patch_width]
        patches = pixels.reshape(count, rows, self.patch_height, columns, self.patch_width, 3).transpose(2, 3)
        patches = patches.reshape(count * rows * columns, -1).to(self.dtype).sub_(self.centre)
        tokens = self.project(patches).reshape(count, rows * columns, -1) + self.positions
        tokens = torch.cat([self.first.expand(count, 1, -1), tokens], dim=1)
        return _through([self.ln_pre, *self.blocks], tokens)


class Tail(nn.Module):
    """Last two blocks, final norm, pooling, projection: tokens [n, T, W] -> unit vectors [n, d].

    Plain and trainable: `copy.deepcopy(tail).float()` is what a trainer fine-tunes. Its parameters keep the
    names of open_clip's modules.
    """

    def __init__(self, visual: VisionTransformer) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(visual.transformer.resblocks[-TAIL_BLOCKS:])
        self.ln_post = visual.ln_post
        self.proj = visual.proj
        self.pool_type = visual.pool_type
        self.final_ln_after_pool = visual.final_ln_after_pool

    def forward(self, tokens: Tensor) -> Tensor:
        return self.finish(self._last_block(_through(self.blocks[:-1], tokens)))

    def _last_block(self, tokens: Tensor) -> Tensor:
        """The last block; for a class token pool only of that token, since nothing reads the others."""
        block = self.blocks[-1]
        if self.pool_type != "tok" or not isinstance(block, ResidualAttentionBlock):
            return _through([block], tokens)
        normed = block.ln_1(tokens)
        attended = block.attn(normed[:, :1], normed, normed, need_weights=False)[0]
        first = tokens[:, :1] + block.ls_1(attended)
        out: Tensor = first + block.ls_2(block.mlp(block.ln_2(first)))
        return out

    def finish(self, tokens: Tensor) -> Tensor:
        """Norm, pooling and projection of the last block's output, as VisionTransformer does them."""
        if not self.final_ln_after_pool:
            tokens = self.ln_post(tokens)
        pooled = tokens[:, 0] if self.pool_type == "tok" else tokens[:, 1:].mean(dim=1)
        if self.final_ln_after_pool:
            pooled = self.ln_post(pooled)
        if self.proj is not None:
            pooled = pooled @ self.proj
        return functional.normalize(pooled.float(), dim=-1)


class PackedTail:
    """A `Tail` made ready for speed: the same function, its blocks packed for inference in `dtype`."""

    def __init__(self, tail: Tail, dtype: torch.dtype) -> None:
        self.tail = tail
        class_only = tail.pool_type == "tok"
        *before, last = tail.blocks
        self.blocks = [packed_block(block, dtype) for block in before]
        self.blocks.append(packed_block(last, dtype, class_only=class_only))

    def __call__(self, tokens: Tensor) -> Tensor:
        return self.tail.finish(_through(self.blocks, tokens))


def _through(steps: Iterable[Block], tokens: Tensor) -> Tensor:
    for step in steps:
        tokens = step(tokens)
    return tokens
