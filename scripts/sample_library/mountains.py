"""A scene of snow: peaks from a fractal relief lit from the left, fir trees, a white slope."""

import numpy as np
from paint import (
    HEIGHT,
    WIDTH,
    Array,
    Colour,
    ellipse,
    hexa,
    mix,
    noise,
    polygon,
    ridge,
    soften,
    tint,
)
from scenes import SKIES, Scene, below, sky


def mountains(rng: np.random.Generator) -> Scene:
    """Snow-covered peaks, fir trees and a white slope."""
    mood = str(rng.choice(["clear", "noon", "clear", "soft", "morning"]))
    base = rng.uniform(440, 500)
    picture = sky(rng, mood, base, 0.4)
    warm = 0.2 if mood == "morning" else 0.0
    for layer, (height, haze) in enumerate(((350, 0.42), (400, 0.06))):
        picture = _peaks(rng, picture, base + layer * 50, height, haze, warm, hexa(SKIES[mood][1]))
    slope = base + 60 + (ridge(rng, WIDTH, 0.4, 4, 2) - 0.5) * 90
    for x in np.sort(rng.uniform(-20, WIDTH + 20, rng.integers(5, 13))):
        foot = float(slope[int(np.clip(x, 0, WIDTH - 1))]) + rng.uniform(0, 26)
        picture = _fir(rng, picture, float(x), foot + 10, rng.uniform(60, 150), snow=True)
    drift = noise(rng, (10, 3), octaves=5, gain=0.45)
    snow = np.asarray(hexa("eef4fb"), np.float32) * (0.80 + 0.22 * drift)[..., None]
    snow = snow * np.asarray(mix((1, 1, 1), (1.04, 0.94, 0.92), warm * 2), np.float32)
    picture = tint(picture, below(slope + 20), np.clip(snow, 0, 1))
    if rng.random() < 0.25:
        picture = _snowfall(rng, picture)
    return Scene(picture, (0.98, 0.99, 1.03) if not warm else (1.02, 0.97, 0.95), base + 130)


def _peaks(
    rng: np.random.Generator, picture: Array, base: float, height: float, haze: float, warm: float, air: Colour
) -> Array:
    xs = np.arange(WIDTH, dtype=np.float32)
    line = np.full(WIDTH, base, dtype=np.float32)
    for _ in range(int(rng.integers(2, 4))):
        centre, spread = rng.uniform(0, WIDTH), rng.uniform(230, 380)
        peak = rng.uniform(0.65, 1.0) * height * np.clip(1 - np.abs(xs - centre) / spread, 0, 1)
        line = np.minimum(line, base - peak)
    line = line - (ridge(rng, WIDTH, 0.62, 8, 5) - 0.4) * height * 0.24
    relief = noise(rng, (9, 7), octaves=7, gain=0.6)
    ys = np.arange(HEIGHT, dtype=np.float32)[:, None]
    depth = np.clip((ys - line[None]) / height, 0, 1.5)
    # Light from the upper left: the slope of the relief plus that of the skyline, as on a real flank.
    flank = np.gradient(soften(line[None].repeat(3, 0), 6)[0])
    slant = relief - np.roll(relief, (4, 6), (0, 1))
    lit = np.clip(0.55 + 6.0 * slant - 0.35 * np.clip(flank, -1.6, 1.6)[None], 0, 1)
    rock = np.asarray(hexa("5d6b82"), np.float32) * (0.55 + 0.6 * lit)[..., None]
    white = np.asarray(mix((0.97, 0.98, 1.0), (1.0, 0.86, 0.80), warm), np.float32)
    blue = np.asarray(hexa("8fa9cf"), np.float32)
    snow = blue + (white - blue) * lit[..., None]
    cover = np.clip((0.78 - depth + (relief - 0.5) * 0.9) * 5 + (lit - 0.45) * 1.5, 0, 1)[..., None]
    body = rock * (1 - cover) + snow * cover
    body = body * (1 - haze) + np.asarray(air, np.float32) * haze
    return tint(picture, below(line), np.clip(body, 0, 1))


def _fir(rng: np.random.Generator, picture: Array, x: float, foot: float, height: float, snow: bool) -> Array:
    green = mix(hexa("16352f"), hexa("2f5a43"), rng.random())
    tiers = 6
    outline: list[tuple[float, float]] = [(x, foot - height)]
    right: list[tuple[float, float]] = []
    for tier in range(1, tiers + 1):
        y = foot - height + height * 0.92 * tier / tiers
        half = height * 0.24 * tier / tiers * rng.uniform(0.9, 1.1)
        right += [(x + half, y), (x + half * 0.55, y - height * 0.03)]
    outline += right + [(2 * x - px, py) for px, py in reversed(right)]
    mask = polygon(outline)
    picture = tint(picture, mask, green)
    if not snow:
        return picture
    caps = mask * np.clip(np.roll(1 - mask, 7, 0) + np.roll(1 - mask, 3, 1), 0, 1)
    speckle = noise(rng, (60, 50), octaves=3)
    caps = np.maximum(caps, mask * (speckle > 0.62))
    return tint(picture, soften(caps.astype(np.float32), 0.8), (0.95, 0.97, 1.0), 0.85)


def _snowfall(rng: np.random.Generator, picture: Array) -> Array:
    flakes = np.zeros((HEIGHT, WIDTH), np.float32)
    for _ in range(90):
        r = rng.uniform(1.2, 4)
        flakes = np.maximum(flakes, ellipse(rng.uniform(0, WIDTH), rng.uniform(0, HEIGHT), r, r))
    return tint(picture, soften(flakes, 1), (1, 1, 1), 0.8)
