"""Scenes under a roof: library, kitchen, living room, stage."""

import numpy as np
from paint import (
    HEIGHT,
    WIDTH,
    Array,
    Colour,
    clay,
    ellipse,
    glow,
    hexa,
    mix,
    noise,
    over,
    polygon,
    rectangle,
    shadow,
    soften,
    stroke,
    tint,
    unit,
    vertical_gradient,
)
from scenes import Scene, sky

SPINES = [
    "7b2d26",
    "a8442f",
    "c98b3b",
    "d8b26a",
    "3e5c4a",
    "5c7a5e",
    "2f4a6d",
    "4f7390",
    "5a3a5e",
    "86596f",
    "e0d3b8",
    "33302d",
]


def library(rng: np.random.Generator) -> Scene:
    """Shelves of books from floor to ceiling, a lamp's warm light."""
    wood = hexa(str(rng.choice(["6b432a", "7d5233", "523322", "8a6242"])))
    grain = noise(rng, (60, 3), octaves=5)
    picture = np.asarray(wood, np.float32) * (0.45 + 0.2 * grain)[..., None]
    shelf = rng.uniform(118, 150)
    bays = int(rng.integers(2, 4))
    offset = rng.uniform(-60, 0)
    top = rng.uniform(-90, -20)
    ys = np.arange(HEIGHT, dtype=np.float32)[:, None]
    row = 0
    while top < HEIGHT:
        floor = top + shelf
        back = np.clip((ys - top) / shelf, 0, 1).repeat(WIDTH, 1)
        inside = ((ys > top) & (ys < floor)).repeat(WIDTH, 1).astype(np.float32)
        picture = tint(picture, inside, mix(wood, (0.05, 0.03, 0.03), 0.75))
        picture = tint(picture, inside * (1 - back) * 0.6, (0.02, 0.01, 0.02))
        picture = _books(rng, picture, floor - 14, shelf - 14)
        plank = rectangle(-10, floor - 14, WIDTH + 10, floor)
        picture = over(picture, clay(plank, mix(wood, (1, 0.9, 0.75), 0.15), 9))
        top, row = floor, row + 1
    for bay in range(bays + 1):
        x = offset + bay * (WIDTH + 100) / bays
        post = rectangle(x, -10, x + 26, HEIGHT + 10)
        layer = clay(post, mix(wood, (1, 0.9, 0.75), 0.08), 12)
        picture = over(shadow(picture, layer, 8, 2, 6, 0.5), layer)
    lamp_x, lamp_y = rng.uniform(60, WIDTH - 60), rng.uniform(-40, 180)
    picture = glow(picture, soften(ellipse(lamp_x, lamp_y, 120, 120), 110), hexa("ffc26b"), 0.7)
    return Scene(np.clip(picture, 0, 1), (1.02, 0.93, 0.82), 640)


def _books(rng: np.random.Generator, picture: Array, floor: float, room: float) -> Array:
    x = rng.uniform(-20, 0)
    out = picture.copy()
    while x < WIDTH + 10:
        if rng.random() < 0.05:
            x += rng.uniform(16, 40)
            continue
        width, height = rng.uniform(15, 31), room * rng.uniform(0.68, 0.94)
        x0, x1, y0, y1 = (
            int(max(x, 0)),
            int(min(x + width - 1, WIDTH)),
            int(max(floor - height, 0)),
            int(min(floor, HEIGHT)),
        )
        if x1 > x0 and y1 > y0:
            cover = np.asarray(hexa(str(rng.choice(SPINES))), np.float32) * rng.uniform(0.8, 1.1)
            across = np.linspace(-1, 1, x1 - x0, dtype=np.float32)
            curve = (0.62 + 0.48 * np.sqrt(np.clip(1 - (across + 0.25) ** 2 * 0.85, 0, 1)))[None, :, None]
            block = np.repeat(cover * curve, y1 - y0, axis=0)
            gilt = np.asarray(hexa("e8c879"), np.float32) if rng.random() < 0.6 else cover * 0.55
            for band in (0.10, 0.14, 0.82, 0.87):
                at = int((y1 - y0) * band)
                block[at : at + 3] = gilt * curve[0] * 0.95
            if rng.random() < 0.5:
                at = int((y1 - y0) * 0.28)
                block[at : at + int((y1 - y0) * 0.3), 4:-4] = np.clip(
                    block[at : at + int((y1 - y0) * 0.3), 4:-4] * 1.25 + 0.05, 0, 1
                )
            out[y0:y1, x0:x1] = np.clip(block, 0, 1)
        x += width
    return out


def kitchen(rng: np.random.Generator) -> Scene:
    """Wall cupboards, tiles, a window, a worktop with pots and a hob."""
    front = hexa(str(rng.choice(["f1ece2", "d9e4e2", "e9e3f0", "c9d8c4", "b9cdd9", "f3dcc4"])))
    tile = hexa(str(rng.choice(["fbfaf5", "eef3f2", "f7efe2", "dfeae8"])))
    top = hexa(str(rng.choice(["b98a5a", "c9a06c", "6b6f75", "a87448"])))
    picture = np.repeat(np.repeat(np.asarray(tile, np.float32)[None, None], HEIGHT, 0), WIDTH, 1)
    ys, xs = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    wide, tall = 62.0, 31.0
    row = np.floor(ys / tall)
    joint = ((ys % tall) < 2.5) | (((xs + (row % 2) * wide / 2) % wide) < 2.5)
    picture = tint(picture, joint.astype(np.float32), mix(tile, (0.45, 0.45, 0.48), 0.45))
    cell = rng.random((40, 20), dtype=np.float32)[
        row.astype(int) % 40, np.floor((xs + (row % 2) * wide / 2) / wide).astype(int) % 20
    ]
    picture *= (0.95 + 0.07 * cell)[..., None]
    counter = rng.uniform(470, 520)
    hung = rng.uniform(200, 240)
    window = rng.uniform(180, 330)
    picture = _window(rng, picture, window, 60, window + 190, hung + 130)
    for x0, x1 in ((-60, 50), (56, window - 14), (window + 206, window + 320), (window + 326, WIDTH + 80)):
        if x1 - x0 > 40:
            picture = _door(picture, x0, -30, x1, hung, front)
    rail = hung + 40
    picture = over(picture, clay(rectangle(20, rail, window - 20, rail + 7, 3), hexa("8a8f96"), 4, gloss=0.5))
    for x in np.arange(50, window - 50, 52):
        picture = _hanging(rng, picture, float(x + rng.uniform(-6, 6)), rail + 6)
    slab = clay(rectangle(-20, counter, WIDTH + 20, counter + 26, 4), top, 12)
    picture = over(shadow(picture, slab, 0, -10, 10, 0.25), slab)
    for x in range(-40, WIDTH + 40, 150):
        picture = _door(picture, x, counter + 32, x + 144, HEIGHT + 40, front)
    for x in (rng.uniform(20, 90), rng.uniform(WIDTH - 110, WIDTH - 50)):
        picture = _pot(rng, picture, float(x), counter + 4)
    return Scene(np.clip(picture, 0, 1), (1.02, 0.99, 0.94), 640)


def _door(picture: Array, x0: float, y0: float, x1: float, y1: float, colour: Colour) -> Array:
    layer = clay(rectangle(x0, y0, x1, y1, 5), colour, 6)
    picture = over(shadow(picture, layer, 3, 8, 7, 0.35), layer)
    inner = clay(rectangle(x0 + 15, y0 + 15, x1 - 15, y1 - 15, 3), mix(colour, (0.55, 0.5, 0.5), 0.10), 5)
    picture = over(shadow(picture, inner, -1, -1, 3, 0.3), inner)
    knob_y = y1 - 34 if y0 < 200 else y0 + 34
    knob = clay(ellipse(x1 - 20, knob_y, 6, 6), hexa("c8a25c"), 6, gloss=0.7)
    return over(shadow(picture, knob, 2, 4, 3, 0.5), knob)


def _window(rng: np.random.Generator, picture: Array, x0: float, y0: float, x1: float, y1: float) -> Array:
    outside = sky(rng, str(rng.choice(["noon", "soft", "morning"])), y1, 0.6)
    leaves = np.clip((noise(rng, (20, 16), octaves=4) - 0.45) * 5, 0, 1) * (
        np.mgrid[0:HEIGHT, 0:WIDTH][0] > y0 + (y1 - y0) * 0.55
    )
    outside = tint(outside, leaves.astype(np.float32), hexa("7fae62"), 0.9)
    frame = clay(rectangle(x0 - 14, y0 - 14, x1 + 14, y1 + 14, 4), hexa("fbf8f2"), 8)
    picture = over(shadow(picture, frame, 2, 6, 8, 0.3), frame)
    picture = tint(picture, rectangle(x0, y0, x1, y1), soften(outside, 3))
    for bar in (
        rectangle((x0 + x1) / 2 - 4, y0, (x0 + x1) / 2 + 4, y1),
        rectangle(x0, (y0 + y1) / 2 - 4, x1, (y0 + y1) / 2 + 4),
    ):
        picture = over(picture, clay(bar, hexa("fbf8f2"), 5))
    return glow(picture, soften(rectangle(x0, y0, x1, y1), 60), (1, 0.98, 0.9), 0.22)


def _hanging(rng: np.random.Generator, picture: Array, x: float, y: float) -> Array:
    metal = hexa(str(rng.choice(["b9bec4", "c98a52", "3a3d42", "d9b26a"])))
    drop, radius = rng.uniform(34, 54), rng.uniform(14, 24)
    layer = clay(
        np.maximum(stroke([(x, y), (x, y + drop)], [5, 6]), ellipse(x, y + drop + radius * 0.7, radius, radius)),
        metal,
        10,
        gloss=0.5,
    )
    return over(shadow(picture, layer, 7, 6, 5, 0.35), layer)


def _pot(rng: np.random.Generator, picture: Array, x: float, foot: float) -> Array:
    metal = hexa(str(rng.choice(["c7ccd1", "d0543f", "3f6f78", "e3b04b", "5f6570"])))
    w, h = rng.uniform(50, 64), rng.uniform(62, 84)
    body = clay(rectangle(x - w, foot - h, x + w, foot, 14), metal, 34, gloss=0.45)
    handles = clay(
        np.maximum(
            stroke([(x - w - 14, foot - h * 0.72), (x - w, foot - h * 0.72)], [10, 10]),
            stroke([(x + w, foot - h * 0.72), (x + w + 14, foot - h * 0.72)], [10, 10]),
        ),
        (0.2, 0.2, 0.22),
        6,
    )
    lid = clay(
        polygon(
            [(x - w - 4, foot - h), (x - w * 0.5, foot - h - 17), (x + w * 0.5, foot - h - 17), (x + w + 4, foot - h)]
        ),
        mix(metal, (1, 1, 1), 0.2),
        14,
        gloss=0.5,
    )
    knob = clay(ellipse(x, foot - h - 22, 8, 8), (0.2, 0.2, 0.22), 8)
    for layer in (handles, body, lid, knob):
        picture = over(shadow(picture, layer, 5, 2, 6, 0.3), layer)
    return picture


def lounge(rng: np.random.Generator) -> Scene:
    """A living room: sofa, framed pictures, a lamp, a plant."""
    wall = hexa(str(rng.choice(["d9cdbd", "b9c7bf", "c7b3a6", "aebccb", "d8c3c0", "e3d9c6", "8fa59c"])))
    picture = vertical_gradient([(0, mix(wall, (1, 1, 1), 0.1)), (1, mix(wall, (0.4, 0.3, 0.3), 0.2))])
    picture *= (0.97 + 0.05 * noise(rng, (80, 60), octaves=3))[..., None]
    floor = 640.0
    boards = noise(rng, (12, 1), octaves=1)
    picture = tint(
        picture,
        rectangle(-10, floor, WIDTH + 10, HEIGHT + 10),
        np.asarray(hexa("a8784c"), np.float32) * (0.8 + 0.3 * boards)[..., None],
    )
    x = rng.uniform(30, 90)
    while x < WIDTH - 90:
        w, h, y = rng.uniform(80, 130), rng.uniform(90, 150), rng.uniform(50, 130)
        frame = clay(rectangle(x, y, x + w, y + h, 3), hexa(str(rng.choice(["2f2a26", "8a5f3a", "f4efe6"]))), 6)
        picture = over(shadow(picture, frame, 5, 8, 8, 0.4), frame)
        art = sky(rng, str(rng.choice(["sunset", "rose", "noon", "soft"])), HEIGHT, 1.0)
        picture = tint(
            picture, rectangle(x + 12, y + 12, x + w - 12, y + h - 12), np.roll(art, int(rng.integers(0, 500)), 0)
        )
        x += w + rng.uniform(40, 110)
    fabric = hexa(str(rng.choice(["3f6f78", "b5603f", "55698f", "7d8f5a", "8f5a6f", "d0a24b"])))
    weave = (0.94 + 0.1 * noise(rng, (200, 160), octaves=2))[..., None]
    seat_y = rng.uniform(360, 400)
    for (x0, y0, x1, y1), radius, light in (
        ((30, seat_y, WIDTH / 2 - 3, floor - 40), 36, 1.0),
        ((WIDTH / 2 + 3, seat_y, WIDTH - 30, floor - 40), 36, 1.0),
        ((40, floor - 130, WIDTH - 40, floor + 30), 30, 1.08),
        ((-40, seat_y + 70, 62, floor + 60), 40, 0.95),
        ((WIDTH - 62, seat_y + 70, WIDTH + 40, floor + 60), 40, 0.95),
    ):
        cloth = unit(np.asarray(fabric, np.float32) * light * weave)
        layer = clay(rectangle(x0, y0, x1, y1, radius), cloth, 34, gloss=0.02)
        picture = over(shadow(picture, layer, 0, 6, 12, 0.4), layer)
    for x, y in ((110, seat_y + 130), (WIDTH - 110, seat_y + 130)):
        cushion = clay(
            rectangle(x - 52, y - 52, x + 52, y + 52, 22),
            hexa(str(rng.choice(["f0d9a8", "e9e3d6", "c9603f", "5f8f8a"]))),
            40,
            gloss=0.02,
        )
        picture = over(shadow(picture, cushion, 0, 5, 8, 0.4), cushion)
    picture = _lamp(rng, picture, float(rng.choice([70, WIDTH - 70])), floor)
    return Scene(np.clip(picture, 0, 1), (1.03, 0.95, 0.86), floor)


def _lamp(rng: np.random.Generator, picture: Array, x: float, floor: float) -> Array:
    top = rng.uniform(150, 200)
    pole = clay(rectangle(x - 4, top + 80, x + 4, floor, 2), hexa("3a332e"), 4)
    shade = polygon([(x - 42, top), (x + 42, top), (x + 66, top + 95), (x - 66, top + 95)])
    picture = over(picture, pole)
    picture = glow(picture, soften(ellipse(x, top + 60, 130, 130), 70), hexa("ffd08a"), 0.55)
    return over(picture, clay(shade, hexa("ffe6b0"), 46, shade=(0.85, 0.7, 0.5)))


def stage(rng: np.random.Generator) -> Scene:
    """A dark stage with coloured beams and haze."""
    hue = hexa(str(rng.choice(["3a1f6b", "1f3a6b", "6b1f4a", "1f5a5a"])))
    picture = vertical_gradient(
        [(0, mix(hue, (0, 0, 0), 0.6)), (0.6, mix(hue, (0, 0, 0), 0.25)), (1, mix(hue, (0, 0, 0), 0.75))]
    )
    haze = noise(rng, (5, 4), octaves=5)
    for _ in range(int(rng.integers(4, 7))):
        x, aim = rng.uniform(0, WIDTH), rng.uniform(-120, WIDTH + 120)
        spread = rng.uniform(50, 110)
        beam = polygon([(x - 6, -10), (x + 6, -10), (aim + spread, 720), (aim - spread, 720)])
        colour = hexa(str(rng.choice(["ff5fa2", "ffb347", "6fd0ff", "b98aff", "ffe08a"])))
        picture = glow(picture, soften(beam, 7) * (0.5 + 0.8 * haze), colour, 0.42)
        picture = glow(picture, soften(ellipse(x, 8, 20, 20), 10), (1, 0.97, 0.9), 1.0)
    floor = 650.0
    picture = tint(
        picture, soften(rectangle(-20, floor, WIDTH + 20, HEIGHT + 20), 3), mix(hue, (0.02, 0.01, 0.03), 0.7), 0.9
    )
    return Scene(np.clip(picture, 0, 1), (0.95, 0.85, 0.95), floor)
