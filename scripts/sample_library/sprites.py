"""Rendered figures from Fluent Emoji 3D: heads, animals, vehicles, things.

The files come from the npm package named in package.json (256 x 256 WebP with transparency). A sprite is a straight
RGBA array (h, w, 4) in [0, 1].
"""

from functools import lru_cache
from pathlib import Path

import numpy as np
from paint import HEIGHT, WIDTH, Array, unit
from PIL import Image

ASSETS = Path(__file__).parent / "node_modules" / "@lobehub" / "fluent-emoji-3d" / "assets"


@lru_cache(maxsize=256)
def sprite(code: str) -> Array:
    """The figure with this code-point name, e.g. `'1f415'`, cut to what is visible of it."""
    path = ASSETS / f"{code}.webp"
    with Image.open(path) as image:
        pixels = np.asarray(image.convert("RGBA"), dtype=np.float32) / 255
    rows, columns = np.nonzero(pixels[..., 3] > 0.02)
    return np.array(pixels[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1])


def turned_hue(figure: Array, degrees: float, saturation: float = 1.0, value: float = 1.0) -> Array:
    """The figure with every hue turned, so that one red car gives cars of all colours."""
    y = figure[..., :3] @ np.asarray([0.299, 0.587, 0.114], np.float32)
    angle = np.deg2rad(degrees)
    i = figure[..., :3] @ np.asarray([0.596, -0.274, -0.322], np.float32)
    q = figure[..., :3] @ np.asarray([0.211, -0.523, 0.312], np.float32)
    i, q = (
        (i * np.cos(angle) - q * np.sin(angle)) * saturation,
        (i * np.sin(angle) + q * np.cos(angle)) * saturation,
    )
    out = figure.copy()
    out[..., 0] = y * value + 0.956 * i + 0.621 * q
    out[..., 1] = y * value - 0.272 * i - 0.647 * q
    out[..., 2] = y * value - 1.106 * i + 1.703 * q
    out[..., :3] = np.clip(out[..., :3], 0, 1)
    return out


def placed(figure: Array, cx: float, cy: float, width: float, angle: float = 0.0, flip: bool = False) -> Array:
    """A full (HEIGHT, WIDTH, 4) layer with the figure centred at (cx, cy), `width` wide, turned by `angle` degrees."""
    premultiplied = figure.copy()
    premultiplied[..., :3] *= figure[..., 3:]
    if flip:
        premultiplied = premultiplied[:, ::-1]
    scale = width / figure.shape[1]
    turn = np.deg2rad(angle)
    cos, sin = np.cos(turn) / scale, np.sin(turn) / scale
    middle_x, middle_y = figure.shape[1] / 2, figure.shape[0] / 2
    matrix = (
        cos, sin, middle_x - cos * cx - sin * cy,
        -sin, cos, middle_y + sin * cx - cos * cy,
    )  # fmt: skip
    pad = 3
    source = np.pad(premultiplied, ((pad, pad), (pad, pad), (0, 0)))
    shifted = (matrix[0], matrix[1], matrix[2] + pad, matrix[3], matrix[4], matrix[5] + pad)
    channels = [
        np.asarray(
            Image.fromarray(np.ascontiguousarray(source[..., c])).transform(
                (WIDTH, HEIGHT), Image.Transform.AFFINE, shifted, Image.Resampling.BICUBIC
            )
        )
        for c in range(4)
    ]
    layer = np.clip(np.stack(channels, axis=-1), 0, 1)
    alpha = layer[..., 3:]
    layer[..., :3] = np.where(alpha > 0.004, layer[..., :3] / np.maximum(alpha, 0.004), 0)
    return unit(layer)


def lit(layer: Array, light: tuple[float, float, float]) -> Array:
    """The layer under light of that colour."""
    out = layer.copy()
    out[..., :3] = np.clip(layer[..., :3] * np.asarray(light, np.float32), 0, 1)
    return out


def skin_of(head: Array) -> tuple[float, float, float]:
    """The colour of the cheeks of a head sprite."""
    h, w = head.shape[:2]
    patch = head[int(h * 0.60) : int(h * 0.68), int(w * 0.30) : int(w * 0.38), :3].reshape(-1, 3)
    middle = np.median(patch, axis=0)
    return (float(middle[0]), float(middle[1]), float(middle[2]))
