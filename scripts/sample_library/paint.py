"""Painting primitives: noise, gradients, masks, clay shading, compositing.

Pictures are float32 arrays of shape (height, width, 3) in [0, 1]; layers carry a fourth, straight (not premultiplied)
alpha channel. Lengths are pixels of the finished picture. Nothing here draws a random number of its own: whatever
varies comes from the `numpy.random.Generator` that the caller hands in, so that a seed gives one picture.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from scipy import ndimage

Array = NDArray[np.float32]
Colour = tuple[float, float, float]
Point = tuple[float, float]

WIDTH, HEIGHT = 640, 800
SUPERSAMPLE = 3


def hexa(code: str) -> Colour:
    """`'a1b2c3'` as three numbers in [0, 1]."""
    return (int(code[0:2], 16) / 255, int(code[2:4], 16) / 255, int(code[4:6], 16) / 255)


def mix(a: Sequence[float], b: Sequence[float], t: float) -> Colour:
    """The colour a share `t` of the way from `a` to `b`."""
    return (a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t)


def unit(values: NDArray[np.floating]) -> Array:
    """The values, none below 0 or above 1."""
    return np.asarray(np.clip(values, 0, 1), dtype=np.float32)


def vertical_gradient(stops: Sequence[tuple[float, Colour]], height: int = HEIGHT, width: int = WIDTH) -> Array:
    """A (height, width, 3) wash; `stops` are (share of the height, colour), top first."""
    y = np.linspace(0, 1, height, dtype=np.float32)
    at = [s for s, _ in stops]
    columns = [np.interp(y, at, [c[i] for _, c in stops]) for i in range(3)]
    wash = np.stack(columns, axis=1).astype(np.float32)
    return np.repeat(wash[:, None, :], width, axis=1)


def noise(
    rng: np.random.Generator,
    cells: tuple[float, float],
    octaves: int = 5,
    gain: float = 0.5,
    shape: tuple[int, int] = (HEIGHT, WIDTH),
) -> Array:
    """Fractal value noise in [0, 1]; `cells` is the number of coarsest cells down and across."""
    total = np.zeros(shape, dtype=np.float32)
    weight, norm = 1.0, 0.0
    down, across = cells
    for _ in range(octaves):
        grid = rng.random((int(down) + 4, int(across) + 4), dtype=np.float32)
        window = (1.0, 1.0, 1.0 + max(across, 1.0), 1.0 + max(down, 1.0))
        smooth = Image.fromarray(grid).resize((shape[1], shape[0]), Image.Resampling.BICUBIC, box=window)
        total += weight * np.asarray(smooth, dtype=np.float32)
        norm += weight
        weight *= gain
        down, across = min(down * 2, shape[0] / 2), min(across * 2, shape[1] / 2)
    total /= norm
    low, high = float(total.min()), float(total.max())
    return (total - low) / (high - low + 1e-6)


def ridge(rng: np.random.Generator, length: int, rough: float = 0.5, octaves: int = 7, cells: int = 3) -> Array:
    """A fractal skyline of `length` samples in [0, 1]."""
    return unit(noise(rng, (1, cells), octaves=octaves, gain=rough, shape=(2, length))[0])


def polygon(points: Sequence[Point], shape: tuple[int, int] = (HEIGHT, WIDTH)) -> Array:
    """The anti-aliased (height, width) coverage of a polygon."""
    box = _box_around(points, 1, shape)

    def draw(pen: ImageDraw.ImageDraw) -> None:
        pen.polygon([_enlarged(point, box) for point in points], fill=255)

    return _coverage(draw, box, shape)


def ellipse(cx: float, cy: float, rx: float, ry: float, shape: tuple[int, int] = (HEIGHT, WIDTH)) -> Array:
    """The anti-aliased coverage of an upright ellipse."""
    ys, xs = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    distance = np.hypot((xs - cx) / rx, (ys - cy) / ry)
    return unit((1 - distance) * min(rx, ry) + 0.5)


def rectangle(x0: float, y0: float, x1: float, y1: float, radius: float = 0.0) -> Array:
    """The anti-aliased coverage of a rectangle with rounded corners."""
    shape = (HEIGHT, WIDTH)
    box = _box_around([(x0, y0), (x1, y1)], 1, shape)

    def draw(pen: ImageDraw.ImageDraw) -> None:
        corners = (*_enlarged((x0, y0), box), *_enlarged((x1, y1), box))
        pen.rounded_rectangle(corners, radius * SUPERSAMPLE, fill=255)

    return _coverage(draw, box, shape)


def stroke(points: Sequence[Point], widths: Sequence[float], shape: tuple[int, int] = (HEIGHT, WIDTH)) -> Array:
    """The coverage of a round-ended line through `points` whose width runs through `widths`."""
    box = _box_around(points, max(widths), shape)

    def draw(pen: ImageDraw.ImageDraw) -> None:
        for (x0, y0), (x1, y1), w0, w1 in zip(points, points[1:], widths, widths[1:], strict=False):
            for t in np.linspace(0, 1, max(2, int(np.hypot(x1 - x0, y1 - y0) / 1.5))):
                x, y = _enlarged((x0 + (x1 - x0) * t, y0 + (y1 - y0) * t), box)
                r = (w0 + (w1 - w0) * t) / 2 * SUPERSAMPLE
                pen.ellipse([x - r, y - r, x + r, y + r], fill=255)

    return _coverage(draw, box, shape)


def curve(points: Sequence[Point], samples: int = 24) -> list[Point]:
    """A Catmull-Rom curve through `points`, as a list of points."""
    padded = [points[0], *points, points[-1]]
    out: list[Point] = []
    for p0, p1, p2, p3 in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        out += [
            (_catmull(p0[0], p1[0], p2[0], p3[0], t), _catmull(p0[1], p1[1], p2[1], p3[1], t))
            for t in np.linspace(0, 1, samples, endpoint=False)
        ]
    return [*out, points[-1]]


def clay(
    mask: Array,
    colour: Colour | Array,
    roundness: float = 40.0,
    light: tuple[float, float, float] = (-0.45, -0.65, 0.6),
    gloss: float = 0.12,
    shade: Colour = (0.30, 0.22, 0.42),
) -> Array:
    """A mask swollen into a soft solid and lit from `light` (x right, y down, z to the viewer): a (h, w, 4) layer.

    The height follows a circular profile of radius `roundness` from the edge, as on a moulded figure. Shadows lean to
    the colour `shade` rather than to black, which is what makes them look like light that has bounced.
    """
    layer = np.zeros((*mask.shape, 4), dtype=np.float32)
    rows, columns = np.nonzero(mask > 0.01)
    if rows.size == 0:
        return layer
    pad = 4
    box = (
        slice(max(int(rows.min()) - pad, 0), int(rows.max()) + pad + 1),
        slice(max(int(columns.min()) - pad, 0), int(columns.max()) + pad + 1),
    )
    part = mask[box]
    # Padding by the edge's own value keeps a figure that leaves the picture from being rounded off at the frame.
    inside = np.pad(part > 0.5, 60, mode="edge")
    depth = np.minimum(ndimage.distance_transform_edt(inside) / roundness, 1.0)
    height = ndimage.gaussian_filter(np.sqrt(1 - (1 - depth) ** 2) * roundness, roundness * 0.12 + 0.8)
    slope_y, slope_x = np.gradient(height[60:-60, 60:-60])
    length = np.sqrt(slope_x**2 + slope_y**2 + 1)
    lx, ly, lz = np.asarray(light) / np.linalg.norm(light)
    lambert = (-slope_x * lx - slope_y * ly + lz) / length
    lit = np.clip(0.5 + 0.5 * lambert, 0, 1)[..., None] ** 1.3
    base = np.asarray(colour, dtype=np.float32)
    if base.ndim == 3:
        base = base[box]
    dark = base * np.asarray(shade) * 1.1 + 0.1 * base
    body = dark + (base * 1.04 - dark) * np.clip(lit * 1.25, 0, 1.1)
    shine = np.clip(lambert, 0, 1)[..., None] ** 24 * gloss
    rim = (1 - 1 / length)[..., None] * 0.07
    layer[box][..., :3] = np.clip(body + shine + rim, 0, 1)
    layer[box][..., 3] = part
    return layer


def over(canvas: Array, layer: Array, opacity: float = 1.0) -> Array:
    """`layer` (h, w, 4) laid on `canvas` (h, w, 3)."""
    alpha = layer[..., 3:] * opacity
    return (canvas * (1 - alpha) + layer[..., :3] * alpha).astype(np.float32)


def tint(canvas: Array, mask: Array, colour: Colour | Array, opacity: float = 1.0) -> Array:
    """A flat colour (or a picture) laid on `canvas` through `mask`."""
    alpha = mask[..., None] * opacity
    return (canvas * (1 - alpha) + np.asarray(colour, dtype=np.float32) * alpha).astype(np.float32)


def glow(canvas: Array, mask: Array, colour: Colour, strength: float = 1.0) -> Array:
    """Light added through `mask`, never beyond white (a screen blend)."""
    light = mask[..., None] * np.asarray(colour, dtype=np.float32) * strength
    return unit(1 - (1 - unit(canvas)) * (1 - unit(light)))


def soften(picture: Array, sigma: float) -> Array:
    """A Gaussian blur over the two spatial axes."""
    if sigma <= 0:
        return picture
    sigmas = (sigma, sigma, 0) if picture.ndim == 3 else (sigma, sigma)
    return np.asarray(ndimage.gaussian_filter(picture, sigmas, mode="nearest"), dtype=np.float32)


def shadow(canvas: Array, layer: Array, dx: int, dy: int, blur: float, strength: float) -> Array:
    """`canvas` darkened by the soft shadow that `layer` throws on what is behind it."""
    rows, columns = np.nonzero(layer[..., 3] > 0.01)
    if rows.size == 0:
        return canvas
    reach = int(3 * blur + abs(dx) + abs(dy) + 2)
    box = (
        slice(max(int(rows.min()) - reach, 0), int(rows.max()) + reach),
        slice(max(int(columns.min()) - reach, 0), int(columns.max()) + reach),
    )
    cast = soften(np.roll(layer[box][..., 3], (dy, dx), (0, 1)), blur) * strength
    out = canvas.copy()
    out[box] = tint(canvas[box], cast, (0.08, 0.06, 0.14))
    return out


def _catmull(a: float, b: float, c: float, d: float, t: float) -> float:
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)


def _box_around(points: Sequence[Point], margin: float, shape: tuple[int, int]) -> tuple[int, int, int, int]:
    """The part (x0, y0, x1, y1) of a picture that a figure touches: drawing only there is many times faster."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    x0, y0 = int(np.clip(min(xs) - margin - 1, 0, shape[1] - 1)), int(np.clip(min(ys) - margin - 1, 0, shape[0] - 1))
    x1, y1 = int(np.clip(max(xs) + margin + 2, x0 + 1, shape[1])), int(np.clip(max(ys) + margin + 2, y0 + 1, shape[0]))
    return x0, y0, x1, y1


def _enlarged(point: Point, box: tuple[int, int, int, int]) -> Point:
    return ((point[0] - box[0]) * SUPERSAMPLE, (point[1] - box[1]) * SUPERSAMPLE)


def _coverage(
    draw: Callable[[ImageDraw.ImageDraw], None], box: tuple[int, int, int, int], shape: tuple[int, int]
) -> Array:
    wide, tall = box[2] - box[0], box[3] - box[1]
    image = Image.new("L", (wide * SUPERSAMPLE, tall * SUPERSAMPLE))
    draw(ImageDraw.Draw(image))
    out = np.zeros(shape, dtype=np.float32)
    small = image.resize((wide, tall), Image.Resampling.BOX)
    out[box[1] : box[3], box[0] : box[2]] = np.asarray(small, dtype=np.float32) / 255
    return out
