"""The forward pass of a tail that is being trained.

The fused attention of PyTorch 2.14 is slow backwards on a processor: on an AMD EPYC (Zen 5) plain batched
products took a third off a whole training step of the starter, a fifth off that of ViT-B/32.
"""

import torch
from open_clip.transformer import ResidualAttentionBlock
from torch import Tensor, nn
from torch.nn import functional

from classifier.clip.towers import Tail


def forward(tail: Tail, tokens: Tensor) -> Tensor:
    """The same as `tail(tokens)`: tokens [n, T, W] -> unit vectors [n, d]. A block of an unusual kind runs as it is."""
    if not all(type(block) is ResidualAttentionBlock for block in tail.blocks):
        vectors: Tensor = tail(tokens)
        return vectors
    *before, last = tail.blocks
    for block in before:
        tokens = _block(block, tokens)
    return tail.finish(_block(last, tokens, class_only=tail.pool_type == "tok"))


def _block(block: ResidualAttentionBlock, tokens: Tensor, *, class_only: bool = False) -> Tensor:
    """One standard block: tokens [n, T, W] -> [n, T, W], or the class token's [n, 1, W] alone."""
    normed = block.ln_1(tokens)
    asking = normed[:, :1] if class_only else normed
    if class_only:
        tokens = tokens[:, :1]
    tokens = tokens + block.ls_1(_attend(block.attn, asking, normed))
    out: Tensor = tokens + block.ls_2(block.mlp(block.ln_2(tokens)))
    return out


def _attend(attention: nn.MultiheadAttention, asking: Tensor, tokens: Tensor) -> Tensor:
    """Attention of `asking` [n, t, W] over `tokens` [n, T, W] -> [n, t, W]"""
    width, heads = attention.embed_dim, attention.num_heads
    weight, bias = attention.in_proj_weight, attention.in_proj_bias
    query = _by_head(functional.linear(asking, weight[:width], bias[:width]), heads)
    key, value = (
        _by_head(part, heads) for part in functional.linear(tokens, weight[width:], bias[width:]).chunk(2, -1)
    )
    shares = torch.bmm(query * attention.head_dim**-0.5, key.transpose(1, 2)).float().softmax(dim=-1)
    attended = torch.bmm(shares.to(value.dtype), value)
    attended = attended.view(len(tokens), heads, -1, width // heads).transpose(1, 2).flatten(2)
    out: Tensor = attention.out_proj(attended)
    return out


def _by_head(tokens: Tensor, heads: int) -> Tensor:
    """[n, T, W] -> [n * heads, T, W / heads]"""
    n, length, width = tokens.shape
    return tokens.view(n, length, heads, width // heads).transpose(1, 2).reshape(n * heads, length, width // heads)
