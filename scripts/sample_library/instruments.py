"""Two instruments modelled here, because they must be recognised at a glance: an acoustic guitar, an upright piano."""

import numpy as np
from paint import Array, clay, ellipse, hexa, mix, noise, over, polygon, stroke, unit
from scipy import ndimage

WOODS = ("c98b4a", "b5652f", "d9a765", "8a4a2a", "e0b878")


def acoustic_guitar(rng: np.random.Generator) -> Array:
    """A guitar lying level, neck to the right: an (h, w, 4) sprite."""
    shape = (260, 640)
    wood = hexa(str(rng.choice(WOODS)))
    grain = noise(rng, (70, 2), octaves=4, shape=shape)
    top = (np.asarray(wood, np.float32) * (0.86 + 0.26 * grain)[..., None]).astype(np.float32)
    cy = 130.0
    body = np.maximum.reduce(
        [
            ellipse(118, cy, 112, 122, shape),
            ellipse(262, cy, 84, 94, shape),
            polygon([(120, cy - 100), (262, cy - 76), (262, cy + 76), (120, cy + 100)], shape),
        ]
    )
    waist = np.maximum(ellipse(206, cy - 128, 44, 40, shape), ellipse(206, cy + 128, 44, 40, shape))
    body = np.clip(body - waist, 0, 1)
    canvas = np.zeros((*shape, 3), np.float32)
    coverage = body.copy()
    canvas = over(canvas, clay(body, mix(wood, (0.12, 0.05, 0.03), 0.6), 12))
    canvas = over(canvas, clay(_inset(body, 7), np.clip(top, 0, 1), 10, gloss=0.25))
    for radius, colour in ((46, "2a1a12"), (42, "e9d3a0"), (38, "120a08")):
        canvas = over(canvas, clay(ellipse(236, cy, radius, radius, shape), hexa(colour), 3, gloss=0.05))
    neck = polygon([(250, cy - 17), (560, cy - 13), (560, cy + 13), (250, cy + 17)], shape)
    head = polygon(
        [(556, cy - 15), (575, cy - 26), (632, cy - 24), (636, cy + 24), (575, cy + 26), (556, cy + 15)], shape
    )
    canvas = over(canvas, clay(neck, hexa("2e1d16"), 8, gloss=0.2))
    canvas = over(canvas, clay(head, mix(wood, (0.15, 0.08, 0.05), 0.5), 8))
    coverage = np.maximum.reduce([coverage, neck, head])
    for k in range(14):
        x = 556 - 320 * (1 - 0.944 ** (k + 1))
        canvas = over(canvas, clay(stroke([(x, cy - 13), (x, cy + 13)], [2.4, 2.4], shape), hexa("d8d2c4"), 2))
    canvas = over(
        canvas, clay(polygon([(88, cy - 42), (104, cy - 42), (104, cy + 42), (88, cy + 42)], shape), hexa("2a1a12"), 5)
    )
    for k in range(6):
        y0, y1 = cy - 13 + 5.2 * k, cy - 10 + 4.0 * k
        canvas = over(canvas, clay(stroke([(96, y0), (570, y1)], [1.5, 1.3], shape), hexa("f2ead8"), 1))
    for x in (586, 604, 622):
        for y in (cy - 32, cy + 32):
            peg = ellipse(x, y, 6, 9, shape)
            canvas = over(canvas, clay(peg, hexa("e6dcc8"), 5, gloss=0.6))
            coverage = np.maximum(coverage, peg)
    return np.concatenate([np.clip(canvas, 0, 1), coverage[..., None]], axis=-1).astype(np.float32)


def upright_piano(rng: np.random.Generator) -> Array:
    """An upright piano from the front: music desk, keys, case. An (h, w, 4) sprite."""
    shape = (480, 620)
    case = hexa(str(rng.choice(["17151a", "1b1714", "5a2f1c", "6b3a22"])))
    canvas = np.zeros((*shape, 3), np.float32)
    coverage = np.zeros(shape, np.float32)

    def add(mask: Array, colour: tuple[float, float, float], roundness: float, gloss: float = 0.35) -> None:
        nonlocal canvas, coverage
        canvas = over(canvas, clay(mask, colour, roundness, gloss=gloss))
        coverage = np.maximum(coverage, mask)

    def box(x0: float, y0: float, x1: float, y1: float) -> Array:
        return polygon([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], shape)

    add(box(14, 14, 606, 480), mix(case, (1, 1, 1), 0.06), 12)
    add(box(4, 4, 616, 26), mix(case, (1, 1, 1), 0.16), 8)
    add(box(50, 50, 570, 172), mix(case, (1, 1, 1), 0.11), 6)
    add(polygon([(200, 70), (420, 70), (436, 182), (184, 182)], shape), hexa("f5f1e6"), 4, 0.0)
    for page in (204, 318):
        for staff in range(3):
            for line in range(5):
                y = 84 + staff * 32 + line * 4.5
                add(stroke([(page, y), (page + 98, y)], [1.1, 1.1], shape), hexa("6f6a62"), 1, 0.0)
            for _ in range(7):
                x, y = page + rng.uniform(6, 92), 84 + staff * 32 + rng.uniform(0, 18)
                add(ellipse(float(x), float(y), 3.2, 2.6, shape), hexa("26231f"), 2, 0.0)
    add(polygon([(20, 190), (600, 190), (616, 300), (4, 300)], shape), mix(case, (1, 1, 1), 0.03), 6)
    first, last, count = 34.0, 586.0, 21
    step = (last - first) / count
    for k in range(count):
        x0, x1 = first + step * k, first + step * (k + 1)
        lean = (x0 - 310) * 0.035
        add(
            polygon([(x0 + 1, 200), (x1 - 1, 200), (x1 - 1 + lean, 286), (x0 + 1 + lean, 286)], shape),
            hexa("fbf8f0"),
            3,
            0.2,
        )
    for k in range(count - 1):
        if k % 7 in (2, 6):
            continue
        x = first + step * (k + 1)
        lean = (x - 310) * 0.02
        add(
            polygon([(x - 8, 198), (x + 8, 198), (x + 8 + lean, 254), (x - 8 + lean, 254)], shape),
            hexa("141216"),
            5,
            0.6,
        )
    add(box(2, 288, 618, 312), mix(case, (1, 1, 1), 0.14), 8)
    add(box(50, 330, 570, 470), mix(case, (1, 1, 1), 0.09), 6)
    return np.concatenate([np.clip(canvas, 0, 1), coverage[..., None]], axis=-1).astype(np.float32)


def _inset(mask: Array, pixels: float) -> Array:
    inside = ndimage.distance_transform_edt(mask > 0.5)
    return unit(inside - pixels)
