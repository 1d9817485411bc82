"""Scenes under the sky: sea, woods, a city at night.

Each painter takes a generator and gives a `Scene`: the picture behind the people (height, width, 3), the colour of
its light, and where things can stand.
"""

from dataclasses import dataclass

import numpy as np
from paint import (
    HEIGHT,
    WIDTH,
    Array,
    Colour,
    ellipse,
    glow,
    hexa,
    mix,
    noise,
    polygon,
    rectangle,
    ridge,
    soften,
    tint,
    unit,
    vertical_gradient,
)


@dataclass(frozen=True)
class Scene:
    """A painted background. `light` multiplies whatever stands in it; `ground` is the row where the floor begins."""

    picture: Array
    light: Colour
    ground: float


SKIES: dict[str, list[str]] = {
    "noon": ["3f8fd8", "7fbcec", "c9e6f7"],
    "clear": ["2f7fd0", "5fa9e6", "aed9f5"],
    "soft": ["7fa6cf", "b3cbe2", "e9ecea"],
    "morning": ["6f9fd0", "b5cfe3", "f8dcc0"],
    "sunset": ["4a3f7e", "c9577a", "fb8f4e", "ffd27a"],
    "ember": ["2f2a5c", "8a3a6e", "e8573f", "fdb54a"],
    "rose": ["6d6fb0", "d98bb0", "f9b89a", "ffe3b3"],
}


def sky(rng: np.random.Generator, mood: str, horizon: float, clouds: float = 0.5) -> Array:
    """A sky down to the row `horizon`, with drifting clouds of the given strength."""
    colours = [hexa(c) for c in SKIES[mood]]
    places = np.linspace(0, horizon / HEIGHT, len(colours))
    picture = vertical_gradient(list(zip(places.tolist(), colours, strict=True)))
    drift = noise(rng, (7, 3), octaves=6, gain=0.55)
    cover = np.clip((drift - 0.52) * 3.2, 0, 1) * clouds
    lit = mix((1, 1, 1), colours[-1], 0.35 if len(colours) == 3 else 0.8)
    return tint(picture, soften(cover, 2), lit, 0.85)


def below(line: Array) -> Array:
    """Coverage of what lies below a skyline given as one row per column."""
    ys = np.arange(HEIGHT, dtype=np.float32)[:, None]
    return unit(ys - line[None, :] + 0.5)


def _water(rng: np.random.Generator, picture: Array, top: float, bottom: float, near: Colour, far: Colour) -> Array:
    ys, _ = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    depth = np.clip((ys - top) / (bottom - top), 0, 1)
    body = np.asarray(far, np.float32) + (np.asarray(near, np.float32) - np.asarray(far, np.float32)) * depth[..., None]
    ripple = noise(rng, (90, 4), octaves=3, gain=0.6)
    swell = noise(rng, (26, 2), octaves=4, gain=0.55)
    body = body + ((ripple - 0.5) * 0.14 + (swell - 0.5) * 0.18)[..., None]
    body = glow(body, np.clip((ripple - 0.74) * 5, 0, 1) * (0.35 + 0.4 * depth), (1, 1, 1), 0.7)
    return tint(picture, np.clip(ys - top + 0.5, 0, 1), np.clip(body, 0, 1))


def beach(rng: np.random.Generator) -> Scene:
    """Sand, a line of foam, turquoise sea under a blue sky."""
    mood = str(rng.choice(["noon", "clear", "morning"]))
    horizon = rng.uniform(250, 330)
    shore = horizon + rng.uniform(130, 200)
    picture = sky(rng, mood, horizon, rng.uniform(0.3, 0.9))
    near, far = (hexa("58cfc6"), hexa("1c6fa8")) if mood != "morning" else (hexa("8fd0c8"), hexa("4a86ad"))
    picture = _water(rng, picture, horizon, shore + 40, near, far)
    tilt = rng.uniform(-50, 50)
    xs = np.linspace(0, 1, WIDTH, dtype=np.float32)
    line = shore + (xs - 0.5) * tilt + (ridge(rng, WIDTH, 0.4, 3, 4) - 0.5) * 46
    for step, strength in ((-46, 0.45), (-24, 0.7), (-6, 0.95)):
        wave = line + step + (ridge(rng, WIDTH, 0.5, 6, 8) - 0.5) * 22
        band = below(wave) - below(wave + 9 + 7 * strength)
        picture = tint(picture, soften(np.clip(band, 0, 1), 1.1), (0.98, 1, 1), strength)
    grains = noise(rng, (14, 9), octaves=7, gain=0.72)
    dunes = noise(rng, (16, 3), octaves=3)
    sand = np.asarray(hexa("ecd3a0"), np.float32) * (0.80 + 0.22 * grains + 0.18 * dunes)[..., None]
    picture = tint(picture, below(line), np.clip(sand, 0, 1))
    wet = np.clip(1 - np.abs(np.arange(HEIGHT)[:, None] - line[None] - 16) / 22, 0, 1).astype(np.float32)
    picture = tint(picture, wet, hexa("b99a6c"), 0.6)
    light: Colour = (1.0, 0.99, 0.95) if mood != "morning" else (1.02, 0.95, 0.88)
    return Scene(picture, light, shore + 60)


def sunset(rng: np.random.Generator) -> Scene:
    """A low sun over the sea and its path on the water."""
    mood = str(rng.choice(["sunset", "ember", "rose"]))
    horizon = rng.uniform(400, 500)
    sun_x, sun_y = rng.uniform(90, WIDTH - 90), horizon - rng.uniform(30, 100)
    picture = sky(rng, mood, horizon, 0.75)
    radius = rng.uniform(42, 60)
    disc = ellipse(sun_x, sun_y, radius, radius)
    for spread, strength in ((120, 0.75), (50, 0.6), (14, 0.7)):
        picture = glow(
            picture, soften(ellipse(sun_x, sun_y, radius * 1.2, radius * 1.2), spread), hexa("ffb65c"), strength
        )
    picture = tint(picture, disc, hexa("fff3c4"))
    near, far = mix(hexa("2a2350"), hexa("7a3a5c"), rng.random()), mix(hexa("b4566a"), hexa("e88a5a"), rng.random())
    picture = _water(rng, picture, horizon, HEIGHT, near, far)
    ys, xs = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    depth = np.clip((ys - horizon) / (HEIGHT - horizon), 0, 1)
    width = 22 + 110 * depth
    sparkle = noise(rng, (110, 5), octaves=3, gain=0.7)
    path = np.exp(-(((xs - sun_x) / width) ** 2)) * (ys > horizon) * np.clip((sparkle - 0.36) * 3.4, 0, 1)
    picture = glow(picture, path.astype(np.float32), hexa("ffcf86"), 0.95)
    return Scene(picture, (1.03, 0.83, 0.74), horizon + 140)


def forest(rng: np.random.Generator) -> Scene:
    """Tall trunks, a canopy with light falling through, a path of moss."""
    warm = rng.random() < 0.4
    far, near = (hexa("dfe58a"), hexa("2d4a1c")) if warm else (hexa("b9dca0"), hexa("1d4527"))
    picture = vertical_gradient([(0, mix(near, far, 0.5)), (0.42, far), (0.62, mix(near, far, 0.55)), (1, near)])
    leaves = noise(rng, (26, 20), octaves=5, gain=0.65)
    canopy = noise(rng, (6, 5), octaves=3)
    picture = tint(picture, np.clip((leaves - 0.5) * 4, 0, 1), mix(near, far, 0.3), 0.7)
    floor = rng.uniform(500, 560)
    for depth in np.linspace(0, 1, 5):
        bark = mix(mix(far, near, 0.35), hexa("3a2a1c"), depth * 0.9)
        for _ in range(int(5 - 2.2 * depth)):
            x, width = rng.uniform(-20, WIDTH + 20), (8 + 52 * depth) * rng.uniform(0.8, 1.2)
            foot = floor + 10 + 120 * depth
            lean = rng.uniform(-25, 25)
            mask = polygon(
                [
                    (x + lean - width * 0.35, -10),
                    (x + lean + width * 0.35, -10),
                    (x + width * 0.6, foot),
                    (x - width * 0.6, foot),
                ]
            )
            grain = noise(rng, (12, 90), octaves=4, gain=0.7)
            side = np.clip((np.arange(WIDTH, dtype=np.float32)[None] - x) / width + 0.5, 0, 1)
            shade = (1.25 - 0.7 * side + 0.5 * (grain - 0.5))[..., None]
            picture = tint(picture, mask, np.clip(np.asarray(bark, np.float32) * shade, 0, 1))
        clump = np.clip((noise(rng, (22, 17), octaves=5, gain=0.62) - 0.5) * 5 + (canopy - 0.45) * 3, 0, 1)
        ys = np.linspace(0, 1, HEIGHT, dtype=np.float32)[:, None]
        edge = np.clip((0.36 - 0.10 * depth - ys) * 5, 0, 1) + np.clip((ys - 0.64 - 0.05 * depth) * 6, 0, 1)
        colour = mix(far, near, 0.25 + 0.6 * depth)
        shade = (0.75 + 0.6 * noise(rng, (50, 40), octaves=3, gain=0.7))[..., None]
        picture = tint(
            picture, clump * np.clip(edge, 0, 1), np.clip(np.asarray(colour, np.float32) * shade, 0, 1), 0.95
        )
    for _ in range(4):
        x, slant = rng.uniform(0, WIDTH), rng.uniform(60, 190)
        beam = polygon([(x, -10), (x + 40, -10), (x + slant + 110, HEIGHT), (x + slant, HEIGHT)])
        picture = glow(picture, soften(beam, 16), hexa("fff2b0"), 0.16)
    return Scene(picture, (1.0, 1.0, 0.92) if warm else (0.95, 1.0, 0.93), floor + 90)


def city(rng: np.random.Generator) -> Scene:
    """A skyline at night: lit windows, street lamps out of focus."""
    picture = vertical_gradient(
        [(0, hexa("0b1030")), (0.4, hexa("232a5e")), (0.62, hexa("5a3f78")), (1, hexa("1a1630"))]
    )
    stars = np.zeros((HEIGHT, WIDTH), np.float32)
    stars[rng.integers(0, 300, 70), rng.integers(0, WIDTH, 70)] = 1
    picture = glow(picture, soften(stars, 0.8) * 4, (0.9, 0.95, 1), 0.9)
    for depth in (0.0, 0.5, 1.0):
        x = -30.0
        while x < WIDTH:
            width, top = rng.uniform(55, 120), rng.uniform(90, 330) + 70 * depth
            picture = _tower(rng, picture, x, x + width, top, depth)
            x += width + rng.uniform(-4, 14)
    street = rng.uniform(600, 660)
    ys = np.arange(HEIGHT, dtype=np.float32)[:, None].repeat(WIDTH, 1)
    wet = np.flip(picture, 0)
    wet = np.roll(wet, int(2 * street - HEIGHT), 0)
    wet = soften(wet, 5) * 0.45
    picture = tint(picture, np.clip((ys - street) / 6, 0, 1), wet + np.asarray(hexa("14121f"), np.float32) * 0.6)
    for _ in range(int(rng.integers(14, 26))):
        r = rng.uniform(9, 30)
        lamp = ellipse(rng.uniform(0, WIDTH), rng.uniform(430, 700), r, r)
        colour = hexa(str(rng.choice(["ffb347", "ffd27a", "ff6b5a", "8fd0ff", "ff9fd0", "fff0c0"])))
        picture = glow(picture, soften(lamp, 1.5), colour, rng.uniform(0.25, 0.7))
    return Scene(picture, (0.80, 0.78, 0.98), street)


def _tower(rng: np.random.Generator, picture: Array, x0: float, x1: float, top: float, depth: float) -> Array:
    body = mix(hexa("2f3566"), hexa("0e1026"), depth)
    picture = tint(picture, rectangle(x0, top, x1, HEIGHT), body)
    pitch_x, pitch_y = rng.uniform(11, 17), rng.uniform(15, 24)
    lit_share = rng.uniform(0.35, 0.65)
    ys, xs = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    column, row = np.floor((xs - x0 - 5) / pitch_x).astype(int), np.floor((ys - top - 8) / pitch_y).astype(int)
    inside = (xs > x0 + 5) & (xs < x1 - 6) & (ys > top + 8)
    pane = ((xs - x0 - 5) % pitch_x < pitch_x * 0.6) & ((ys - top - 8) % pitch_y < pitch_y * 0.6)
    chance = rng.random((80, 80), dtype=np.float32)[np.clip(row, 0, 79), np.clip(column, 0, 79)]
    glowing = (inside & pane & (chance < lit_share)).astype(np.float32)
    warm = hexa(str(rng.choice(["ffd98a", "ffe9b8", "ffc66b", "cfe6ff"])))
    picture = tint(picture, soften(glowing, 0.6), warm, 0.9 - 0.25 * (1 - depth))
    return glow(picture, soften(glowing, 5), warm, 0.35)
