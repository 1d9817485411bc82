"""Scenes of open ground: meadow, football pitch, tennis court, street."""

from itertools import pairwise

import numpy as np
from paint import (
    HEIGHT,
    WIDTH,
    Array,
    clay,
    hexa,
    mix,
    noise,
    over,
    polygon,
    rectangle,
    ridge,
    stroke,
    tint,
    unit,
)
from scenes import Scene, sky


def _ground(rng: np.random.Generator, top: float, near: str, far: str, coarse: float = 20) -> Array:
    """A floor that runs to the horizon at the row `top`, its grain finer in the distance."""
    ys, _ = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    depth = np.clip((ys - top) / (HEIGHT - top), 0.02, 1)
    grain = noise(rng, (HEIGHT / 5, WIDTH / 14), octaves=3, gain=0.7)
    patches = noise(rng, (coarse, 5), octaves=4)
    a, b = np.asarray(hexa(far), np.float32), np.asarray(hexa(near), np.float32)
    body = a + (b - a) * depth[..., None]
    return unit(body * (0.74 + 0.32 * grain + 0.2 * patches)[..., None])


def _treeline(rng: np.random.Generator, picture: Array, foot: float, height: float, dark: str, light: str) -> Array:
    line = foot - height * (0.45 + 0.55 * ridge(rng, WIDTH, 0.55, 7, 6))
    ys = np.arange(HEIGHT, dtype=np.float32)[:, None]
    mask = np.clip(ys - line[None] + 0.5, 0, 1) * np.clip(foot + 2 - ys, 0, 1)
    leaves = noise(rng, (60, 46), octaves=4, gain=0.65)
    crown = noise(rng, (16, 12), octaves=3)
    lit = np.clip(0.15 + 0.7 * leaves + 0.8 * (crown - 0.5), 0, 1)[..., None]
    a, b = np.asarray(hexa(dark), np.float32), np.asarray(hexa(light), np.float32)
    return tint(picture, mask.astype(np.float32), a + (b - a) * lit)


def meadow(rng: np.random.Generator) -> Scene:
    """Grass, a line of trees and hundreds of flowers."""
    mood = str(rng.choice(["noon", "clear", "soft", "morning"]))
    horizon = rng.uniform(300, 370)
    picture = sky(rng, mood, horizon, 0.8)
    picture = _treeline(rng, picture, horizon + 8, rng.uniform(60, 130), "35592f", "8fbf5f")
    ys = np.arange(HEIGHT, dtype=np.float32)[:, None]
    picture = tint(picture, np.clip(ys - horizon, 0, 1).repeat(WIDTH, 1), _ground(rng, horizon, "4f8f3a", "a9c767"))
    petals = [
        hexa(c) for c in rng.permutation(["e8465a", "f4c63f", "f7f3ea", "c66bd0", "ff8fb0", "f28a3a", "7f7be0"])[:3]
    ]
    for _ in range(900):
        depth = rng.random() ** 1.6
        x, y, r = (
            rng.uniform(0, WIDTH),
            horizon + 10 + depth * (HEIGHT - horizon),
            1.3 + 8.5 * depth * rng.uniform(0.7, 1.2),
        )
        _dab(picture, x, y, r, petals[int(rng.integers(3))], float(rng.uniform(0.85, 1.1)))
    return Scene(picture, (1.02, 1.0, 0.94), 600)


def _dab(picture: Array, x: float, y: float, r: float, petal: tuple[float, float, float], light: float) -> None:
    """One flower, painted in place: five lobes around a yellow heart."""
    x0, x1, y0, y1 = (
        int(max(x - r - 1, 0)),
        int(min(x + r + 2, WIDTH)),
        int(max(y - r - 1, 0)),
        int(min(y + r + 2, HEIGHT)),
    )
    if x1 <= x0 or y1 <= y0:
        return
    ys, xs = np.mgrid[y0:y1, x0:x1].astype(np.float32)
    distance, angle = np.hypot(xs - x, (ys - y) * 1.25), np.arctan2(ys - y, xs - x)
    edge = r * (0.72 + 0.28 * np.cos(5 * angle))
    cover = np.clip(edge - distance + 0.5, 0, 1)[..., None]
    shade = np.asarray(petal, np.float32) * light * (1.05 - 0.25 * (ys - y + r) / (2 * r))[..., None]
    heart = np.clip(r * 0.28 - distance + 0.5, 0, 1)[..., None]
    block = picture[y0:y1, x0:x1]
    block[:] = np.clip(block * (1 - cover) + shade * cover, 0, 1)
    block[:] = block * (1 - heart) + np.asarray(hexa("f6c945"), np.float32) * heart


def pitch(rng: np.random.Generator) -> Scene:
    """A football ground: mown stripes, white lines, a goal, a stand."""
    horizon = rng.uniform(300, 350)
    picture = sky(rng, str(rng.choice(["noon", "clear", "soft"])), horizon, 0.7)
    picture = _treeline(rng, picture, horizon + 4, rng.uniform(40, 90), "2c4a32", "6f9f58")
    ground = _ground(rng, horizon, "3f9a3c", "6fb552")
    ys, _ = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    depth = np.clip((ys - horizon) / (HEIGHT - horizon), 0.001, 1)
    band = np.floor(2.4 / (depth + 0.14)).astype(int) % 2
    ground = ground * (0.92 + 0.16 * band)[..., None]
    picture = tint(picture, np.clip(ys - horizon, 0, 1), np.clip(ground, 0, 1))
    for y, w in ((horizon + 26, 3.0), (horizon + 150, 6.0)):
        picture = tint(picture, rectangle(-10, y, WIDTH + 10, y + w), (0.97, 0.98, 0.96), 0.9)
    goal_x, wide, tall = rng.uniform(60, 260), rng.uniform(240, 290), rng.uniform(110, 135)
    foot = horizon + 34
    net = np.zeros((HEIGHT, WIDTH), np.float32)
    for k in np.linspace(0, 1, 20):
        net = np.maximum(net, stroke([(goal_x + wide * k, foot - tall), (goal_x + wide * k, foot)], [1.3, 1.3]))
    for k in np.linspace(0, 1, 10):
        net = np.maximum(net, stroke([(goal_x, foot - tall * k), (goal_x + wide, foot - tall * k)], [1.3, 1.3]))
    picture = tint(picture, net, (1, 1, 1), 0.55)
    frame = stroke(
        [(goal_x, foot), (goal_x, foot - tall), (goal_x + wide, foot - tall), (goal_x + wide, foot)], [8, 8, 8, 8]
    )
    return Scene(over(picture, clay(frame, (0.98, 0.98, 0.98), 5)), (1.0, 1.0, 0.96), 620)


def court(rng: np.random.Generator) -> Scene:
    """A tennis court: a net, white lines, a fence with trees behind it."""
    horizon = rng.uniform(280, 330)
    picture = sky(rng, str(rng.choice(["noon", "clear"])), horizon, 0.6)
    picture = _treeline(rng, picture, horizon + 6, 110, "2f5238", "7fae62")
    fence = rectangle(-10, horizon - 60, WIDTH + 10, horizon + 4)
    picture = tint(picture, fence, hexa("2f5d4a"), 0.75)
    surface = str(rng.choice(["3f78b0", "4a8f5f", "3a6ea8", "3f78b0"]))
    ground = _ground(rng, horizon, surface, surface)
    ys, _ = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    picture = tint(
        picture, np.clip(ys - horizon, 0, 1), np.clip(ground * 0.55 + np.asarray(hexa(surface), np.float32) * 0.5, 0, 1)
    )
    centre = WIDTH / 2 + rng.uniform(-70, 70)
    lines = np.zeros((HEIGHT, WIDTH), np.float32)
    for foot in (-520, -330, 0, 330, 520):
        top = (centre + foot * 0.42, horizon + 20)
        lines = np.maximum(lines, stroke([top, (centre + foot * 1.9, HEIGHT + 20)], [3, 11]))
    for y, w in ((horizon + 20, 3), (horizon + 92, 4), (horizon + 330, 9)):
        lines = np.maximum(lines, rectangle(-10, y, WIDTH + 10, y + w))
    picture = tint(picture, lines, (0.98, 0.98, 0.98), 0.95)
    net_top, net_foot = horizon + 78, horizon + 168
    ys, xs = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    mesh = (((xs % 9) < 1.8) | ((ys % 9) < 1.8)) & (ys > net_top) & (ys < net_foot)
    picture = tint(picture, ((ys > net_top) & (ys < net_foot)).astype(np.float32), (0.05, 0.06, 0.08), 0.32)
    picture = tint(picture, mesh.astype(np.float32), (0.06, 0.07, 0.09), 0.75)
    picture = over(picture, clay(rectangle(-10, net_top - 8, WIDTH + 10, net_top + 6, 3), (0.98, 0.98, 0.98), 6))
    return Scene(picture, (1.0, 1.0, 0.97), 620)


def street(rng: np.random.Generator) -> Scene:
    """A road between old houses by day."""
    vanish_x, vanish_y = WIDTH / 2 + rng.uniform(-80, 80), rng.uniform(330, 380)
    picture = sky(rng, str(rng.choice(["noon", "soft", "morning"])), vanish_y, 0.7)
    for side in (-1, 1):
        far = 0.12
        steps = [far * (1 / far) ** (k / 5) for k in range(6)]
        walls = rng.permutation(["d9a878", "c9785a", "e3cfa6", "a9b8b0", "d8b4a0", "b58f7a", "e6dcc8"])
        for k, (a, b) in enumerate(pairwise(steps)):
            picture = _house(rng, picture, vanish_x, vanish_y, side, a, b, hexa(str(walls[k])), rng.uniform(300, 430))
    road = polygon(
        [
            (vanish_x - 26, vanish_y + 14),
            (vanish_x + 26, vanish_y + 14),
            (WIDTH + 240, HEIGHT + 60),
            (-240, HEIGHT + 60),
        ]
    )
    walk = polygon(
        [
            (vanish_x - 44, vanish_y + 14),
            (vanish_x + 44, vanish_y + 14),
            (WIDTH + 520, HEIGHT + 60),
            (-520, HEIGHT + 60),
        ]
    )
    grain = noise(rng, (120, 90), octaves=4, gain=0.75)
    picture = tint(picture, walk, np.asarray(hexa("c9c0b2"), np.float32) * (0.85 + 0.2 * grain)[..., None])
    picture = tint(picture, road, np.asarray(hexa("6f6e70"), np.float32) * (0.8 + 0.3 * grain)[..., None])
    for k in range(7):
        t0, t1 = 0.06 * 1.55**k, 0.06 * 1.55**k * 1.25
        y0, y1 = vanish_y + 14 + (HEIGHT - vanish_y) * t0, vanish_y + 14 + (HEIGHT - vanish_y) * t1
        dash = polygon(
            [
                (vanish_x - 5 * t0 * 3, y0),
                (vanish_x + 5 * t0 * 3, y0),
                (vanish_x + 15 * t1, y1),
                (vanish_x - 15 * t1, y1),
            ]
        )
        picture = tint(picture, dash, (0.95, 0.94, 0.88), 0.9)
    return Scene(np.clip(picture, 0, 1), (1.02, 0.98, 0.92), 620)


def _house(
    rng: np.random.Generator,
    picture: Array,
    vx: float,
    vy: float,
    side: int,
    near_a: float,
    near_b: float,
    wall: tuple[float, float, float],
    tall: float,
) -> Array:
    """One facade between the depths `near_a` (farther) and `near_b` (nearer), drawn towards the vanishing point."""

    def at(t: float, v: float) -> tuple[float, float]:
        reach = side * (60 + 330 * t)
        return (vx + reach, vy + (150 - tall * 1.35 * v) * t * 1.25 + 10)

    mask = polygon([at(near_a, 0), at(near_b, 0), at(near_b, 1), at(near_a, 1)])
    grain = noise(rng, (50, 40), octaves=4)
    shade = (0.78 if side > 0 else 1.0) * (0.9 + 0.15 * grain)
    picture = tint(picture, mask, np.clip(np.asarray(wall, np.float32) * shade[..., None], 0, 1))
    roof = polygon([at(near_a, 1), at(near_b, 1), at(near_b, 1.06), at(near_a, 1.06)])
    picture = tint(picture, roof, mix(hexa("8a4a3a"), (0.2, 0.15, 0.15), 0.3))
    for row in (0.12, 0.36, 0.58, 0.8):
        for column in (0.18, 0.58):
            a, b = near_a + (near_b - near_a) * column, near_a + (near_b - near_a) * (column + 0.24)
            pane = polygon([at(a, row), at(b, row), at(b, row + 0.13), at(a, row + 0.13)])
            trim = polygon(
                [
                    at(a * 0.99, row - 0.015),
                    at(b * 1.01, row - 0.015),
                    at(b * 1.01, row + 0.15),
                    at(a * 0.99, row + 0.15),
                ]
            )
            picture = tint(picture, trim, mix(wall, (1, 1, 1), 0.55))
            picture = tint(picture, pane, mix(hexa("3a4a5a"), hexa("9fc0d8"), float(rng.random()) * 0.7))
    return picture
