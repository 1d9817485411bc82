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
    if class_only:
        tokens = tokens[:, :1] + block.ls_1(_attend_once(block.attn, normed))
    else:
        tokens = tokens + block.ls_1(_attend(block.attn, normed))
    out: Tensor = tokens + block.ls_2(block.mlp(block.ln_2(tokens)))
    return out


def _attend(attention: nn.MultiheadAttention, tokens: Tensor) -> Tensor:
    """Attention of tokens [n, T, W] over one another -> [n, T, W]"""
    width, heads = attention.embed_dim, attention.num_heads
    parts = functional.linear(tokens, attention.in_proj_weight, attention.in_proj_bias).chunk(3, -1)
    query, key, value = (_by_head(part, heads) for part in parts)
    shares = torch.bmm(query * attention.head_dim**-0.5, key.transpose(1, 2)).float().softmax(dim=-1)
    attended = torch.bmm(shares.to(value.dtype), value)
    attended = attended.view(len(tokens), heads, -1, width // heads).transpose(1, 2).flatten(2)
    out: Tensor = attention.out_proj(attended)
    return out


def _attend_once(attention: nn.MultiheadAttention, tokens: Tensor) -> Tensor:
    """Attention of the class token alone over tokens [n, T, W] -> [n, 1, W]

    Its products are in another order, so that no token is projected to a key or a value: see
    `classifier.clip.packed.ClassBlock`, which does the same for inference. The keys' bias has no part in the result.
    """
    (count, _, width), heads = tokens.shape, attention.num_heads
    of_query, of_key, of_value = attention.in_proj_weight.chunk(3)
    query_bias, _, value_bias = attention.in_proj_bias.chunk(3)
    query = functional.linear(tokens[:, 0], of_query, query_bias) * attention.head_dim**-0.5
    query = query.view(count, heads, -1).transpose(0, 1)
    asked = torch.bmm(query, of_key.view(heads, -1, width)).transpose(0, 1)  # [n, heads, W]
    shares = torch.bmm(asked, tokens.transpose(1, 2)).float().softmax(dim=-1)
    pooled = torch.bmm(shares.to(tokens.dtype), tokens).transpose(0, 1)  # [heads, n, W]
    by_head = of_value.view(heads, -1, width).transpose(1, 2)
    attended = torch.baddbmm(value_bias.view(heads, 1, -1), pooled, by_head)
    out: Tensor = attention.out_proj(attended.transpose(0, 1).reshape(count, 1, width))
    return out


def _by_head(tokens: Tensor, heads: int) -> Tensor:
    """[n, T, W] -> [n * heads, T, W / heads]"""
    n, length, width = tokens.shape
    return tokens.view(n, length, heads, width // heads).transpose(1, 2).reshape(n * heads, length, width // heads)
