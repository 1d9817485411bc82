"""People: a head from Fluent Emoji on a body modelled here, in clothes that fit the scene."""

from dataclasses import dataclass

import numpy as np
from paint import (
    HEIGHT,
    WIDTH,
    Array,
    Colour,
    Point,
    clay,
    curve,
    ellipse,
    hexa,
    mix,
    over,
    polygon,
    shadow,
    stroke,
)
from scenes import Scene
from sprites import lit, placed, skin_of, sprite

SKINS = ("1f3fb", "1f3fc", "1f3fd", "1f3fe", "1f3ff")
MEN = ("1f468-{}", "1f468-{}-200d-1f9b1", "1f468-{}-200d-1f9b0", "1f468-{}-200d-1f9b2", "1f471-{}-200d-2642-fe0f",
       "1f9d4-{}-200d-2642-fe0f", "1f9d4-{}-200d-2642-fe0f", "1f468-{}", "1f473-{}-200d-2642-fe0f")  # fmt: skip
WOMEN = ("1f469-{}", "1f469-{}-200d-1f9b1", "1f469-{}-200d-1f9b0", "1f471-{}-200d-2640-fe0f", "1f469-{}",
         "1f469-{}-200d-1f9b1", "1f469-{}-200d-1f9b3")  # fmt: skip
ANYONE = ("1f9d1-{}", "1f9d1-{}-200d-1f9b1", "1f9d1-{}-200d-1f9b0")
CLOTHES = ("e9e4da", "2f3a4f", "c8553d", "3f6f78", "e0a73f", "7a8b5b", "8c4a6b", "5577a8", "d98a9a", "3a3634",
           "a9c4c9", "6a4f9a", "f0d5a8", "b23a48", "4d7f5a")  # fmt: skip


@dataclass(frozen=True)
class Person:
    """Where a person stands and what they look like. Lengths in pixels; `head` is the width of the head."""

    x: float
    top: float
    head: float
    code: str
    flip: bool
    tilt: float
    wear: str
    cloth: Colour
    under: Colour
    legs: Colour
    glasses: str
    beanie: bool

    @property
    def chin(self) -> float:
        return self.top + self.head * 1.06

    def at(self, dx: float, dy: float) -> Point:
        """The point `dx` heads to the right of the middle and `dy` heads below the chin."""
        return (self.x + dx * self.head, self.chin + dy * self.head)


# How near the camera is: the range of a head's width in each scene. In the open the place needs room to be seen.
FRAMES = {"mountains": (98, 126), "forest": (112, 140), "street": (118, 146), "city": (124, 160), "sunset": (124, 176),
          "meadow": (136, 180), "beach": (140, 190), "court": (136, 166)}  # fmt: skip
INDOORS = (158, 204)


def somebody(rng: np.random.Generator, scene: str, gender: str, near: bool) -> Person:
    """A person drawn by lot, dressed for the scene; `near` brings one who shows something to the camera closer."""
    low, high = INDOORS if near else FRAMES.get(scene, INDOORS)
    head = float(rng.uniform(low, high))
    # The nearer, the higher in the picture and the closer to its middle.
    far = float(np.clip((190 - head) / 90, 0, 1))
    side = float(rng.choice([-1, 1]))
    x = WIDTH / 2 + side * (rng.uniform(45, 100) + 95 * far if near else rng.uniform(10, 90) * (1 - far) + 175 * far)
    pool = {"m": MEN, "f": WOMEN, "x": ANYONE}[gender]
    skin = str(rng.choice(SKINS, p=[0.24, 0.24, 0.22, 0.17, 0.13]))
    code = str(rng.choice(pool)).format(skin)
    if skin in ("1f3fe", "1f3ff") and ("1f471" in code or "1f9b0" in code):
        code = str(rng.choice([pool[0], pool[1]])).format(skin)
    wear = str(rng.choice(["tee", "vneck", "shirt", "hoodie", "jacket", "stripes", "turtleneck"]))
    if scene == "mountains":
        wear = str(rng.choice(["coat", "coat", "turtleneck", "hoodie"]))
    elif scene in ("beach", "pitch", "court"):
        wear = str(rng.choice(["tee", "vneck", "stripes", "shirt"] if scene == "beach" else ["tee", "vneck"]))
    cloth, under = (hexa(c) for c in rng.choice(CLOTHES, 2, replace=False))
    sunny = {"beach": 0.3, "sunset": 0.15, "pitch": 0.05, "court": 0.1, "mountains": 0.2, "street": 0.15}.get(
        scene, 0.0
    )
    draw = rng.random()
    glasses = "sun" if draw < sunny else "clear" if draw > 0.86 else ""
    return Person(
        x=x,
        top=float(rng.uniform(120, 170) + 190 * far),
        head=head,
        code=code,
        flip=bool(rng.random() < 0.5),
        tilt=float(rng.normal(0, 4.5)),
        wear=wear,
        cloth=cloth,
        under=under,
        legs=hexa(str(rng.choice(["34465f", "2b2a2e", "5a6f8c", "8a7656", "4a4038"]))),
        glasses=glasses,
        beanie=scene == "mountains" and "1f473" not in code and rng.random() < 0.6,
    )


def draw_body(canvas: Array, person: Person, scene: Scene) -> Array:
    """The torso, with its clothes, standing in front of `canvas`."""
    skin = skin_of(sprite(person.code))
    out: list[Point] = [
        person.at(-0.17, -0.16), person.at(-0.20, 0.03), person.at(-0.46, 0.12), person.at(-0.64, 0.28),
        person.at(-0.67, 0.62), person.at(-0.61, 1.10), person.at(-0.62, 1.74), person.at(-0.60, 1.86),
        person.at(-0.2, 1.90),
    ]  # fmt: skip
    left = curve(out)
    right = [(2 * person.x - x, y) for x, y in reversed(left)]
    torso = polygon(left + right)
    neck = stroke([person.at(0, -0.25), person.at(0, 0.14)], [person.head * 0.40, person.head * 0.46])
    for s in (-1, 1):
        leg = stroke([person.at(s * 0.30, 1.75), person.at(s * 0.34, 4.2)], [person.head * 0.60, person.head * 0.52])
        canvas = over(canvas, lit(clay(leg, person.legs, person.head * 0.26, gloss=0.0), scene.light))
    layers: list[Array] = []
    if person.wear == "hoodie":
        hood = ellipse(*person.at(0, 0.10), person.head * 0.52, person.head * 0.24)
        layers.append(clay(hood, mix(person.cloth, (0, 0, 0), 0.12), 30, gloss=0.0))
    layers.append(clay(torso, _fabric(person), person.head * 0.30, gloss=0.02))
    layers.append(
        clay(neck * (_neckline(person) > 0.5), mix(skin, (0.45, 0.2, 0.2), 0.10), person.head * 0.18, gloss=0.03)
    )
    layers += _trimmings(person, torso)
    for k, layer in enumerate(layers):
        lit_layer = lit(layer, scene.light)
        canvas = over(shadow(canvas, lit_layer, 4, 6, 12, 0.35) if k == 0 else canvas, lit_layer)
    return canvas


def draw_head(canvas: Array, person: Person, scene: Scene) -> Array:
    """The head and what is worn on it."""
    head = sprite(person.code)
    tall = person.head * head.shape[0] / head.shape[1]
    cy = person.chin - tall / 2 + person.head * 0.02
    layer = lit(placed(head, person.x, cy, person.head, person.tilt, person.flip), scene.light)
    canvas = over(shadow(canvas, layer, 3, 13, 11, 0.30), layer)
    if person.beanie:
        canvas = _draw_beanie(canvas, person, scene)
    face_y = person.chin - person.head * (0.53 if "1f473" not in person.code else 0.45)
    wide = person.head * (0.66 if "1f469" in person.code or "2640" in person.code else 0.74)
    if person.glasses:
        lens = sprite("1f576-fe0f" if person.glasses == "sun" else "1f453").copy()
        if person.glasses == "clear":
            pane = lens[..., 2] > lens[..., 0] + 0.2
            lens[..., 3] = np.where(pane, lens[..., 3] * 0.18, lens[..., 3])
        layer = lit(placed(lens, person.x, face_y, wide, person.tilt), scene.light)
        canvas = over(shadow(canvas, layer, 1, 4, 4, 0.25), layer)
    return canvas


def _draw_beanie(canvas: Array, person: Person, scene: Scene) -> Array:
    """A knitted cap down to the eyebrows, with a bobble, in the second colour of the clothes."""
    crown = ellipse(*person.at(0, -0.72), person.head * 0.50, person.head * 0.44)
    crown = crown * polygon([person.at(-1, -2), person.at(1, -2), person.at(1, -0.74), person.at(-1, -0.74)])
    band = stroke([person.at(-0.40, -0.76), person.at(0, -0.79), person.at(0.40, -0.76)], [person.head * 0.17] * 3)
    bobble = ellipse(*person.at(0, -1.17), person.head * 0.13, person.head * 0.13)
    pale = mix(person.under, (1, 1, 1), 0.3)
    for mask, colour, roundness in ((bobble, pale, 16.0), (crown, person.under, 26.0), (band, pale, 9.0)):
        layer = lit(clay(mask, colour, roundness, gloss=0.0), scene.light)
        canvas = over(shadow(canvas, layer, 1, 4, 4, 0.25), layer)
    return canvas


def draw_arm(canvas: Array, person: Person, scene: Scene, shoulder: Point, elbow: Point, hand: Point) -> Array:
    """One arm from shoulder over elbow to hand; points as given by `Person.at`."""
    skin = skin_of(sprite(person.code))
    wide = person.head * 0.27
    path = curve([shoulder, elbow, hand], 12)
    bare = person.wear in ("tee", "vneck", "stripes")
    cut = int(len(path) * (0.42 if bare else 0.90))
    taper = np.linspace(wide, wide * 0.68, len(path)).tolist()
    fist = ellipse(hand[0], hand[1], person.head * 0.125, person.head * 0.125)
    forearm = np.maximum(stroke(path[max(cut - 4, 0) :], taper[max(cut - 4, 0) :]) if bare else fist, fist)
    sleeve = stroke(path[:cut], [w * (1.12 if bare else 1.0) for w in taper[:cut]])
    sleeve_colour = mix(person.cloth, (0, 0, 0), 0.03)
    for mask, colour, gloss in ((forearm, skin, 0.04), (sleeve, sleeve_colour, 0.02)):
        layer = lit(clay(mask, colour, wide * 0.5, gloss=gloss), scene.light)
        canvas = over(shadow(canvas, layer, 2, 6, 8, 0.30), layer)
    return canvas


def _neckline(person: Person) -> Array:
    """Where the neck and chest show above the clothes."""
    if person.wear in ("turtleneck", "coat"):
        return polygon([(0, 0), (WIDTH, 0), person.at(3, -0.06), person.at(-3, -0.06)])
    if person.wear in ("vneck", "shirt", "jacket"):
        return polygon([(0, 0), (WIDTH, 0), person.at(0.9, 0.02), person.at(0.22, 0.06), person.at(0, 0.36),
                        person.at(-0.22, 0.06), person.at(-0.9, 0.02)])  # fmt: skip
    return np.maximum(
        ellipse(*person.at(0, 0.04), person.head * 0.26, person.head * 0.16),
        polygon([(0, 0), (WIDTH, 0), person.at(3, 0), person.at(-3, 0)]),
    )


def _fabric(person: Person) -> Colour | Array:
    if person.wear != "stripes":
        return person.cloth
    ys = np.arange(HEIGHT, dtype=np.float32)[:, None, None]
    band = ((ys - person.chin) % (person.head * 0.16)) < person.head * 0.08
    pale = mix(person.under, (1, 1, 1), 0.65)
    cloth = np.where(band, np.asarray(person.cloth, np.float32), np.asarray(pale, np.float32))
    return np.broadcast_to(cloth, (HEIGHT, WIDTH, 3)).astype(np.float32)


def _trimmings(person: Person, torso: Array) -> list[Array]:
    """Collars, lapels, zips: what tells one garment from another."""
    head, dark = person.head, mix(person.cloth, (0, 0, 0), 0.25)
    pale = mix(person.cloth, (1, 1, 1), 0.22)
    if person.wear in ("turtleneck", "coat"):
        collar = stroke([person.at(-0.13, 0.0), person.at(0.13, 0.0)], [head * 0.25, head * 0.25])
        parts = [clay(collar, pale, head * 0.1, gloss=0.0)]
        if person.wear == "coat":
            zipper = stroke([person.at(0, 0.1), person.at(0, 1.84)], [head * 0.03] * 2)
            seams = [
                stroke([person.at(-0.72, y), person.at(0.72, y)], [head * 0.022] * 2) * torso
                for y in (0.5, 0.78, 1.06, 1.34)
            ]
            parts += [clay(s, dark, 4, gloss=0.0) for s in seams] + [clay(zipper, hexa("e8e3d8"), 4, gloss=0.3)]
        return parts
    if person.wear == "shirt":
        flaps = [
            polygon(
                [
                    person.at(s * 0.03, 0.40),
                    person.at(s * 0.26, 0.02),
                    person.at(s * 0.36, 0.16),
                    person.at(s * 0.20, 0.38),
                ]
            )
            for s in (-1, 1)
        ]
        placket = stroke([person.at(0, 0.38), person.at(0, 1.84)], [head * 0.018] * 2)
        buttons = [ellipse(*person.at(0.045, y), head * 0.020, head * 0.020) for y in (0.56, 0.80, 1.04)]
        return (
            [clay(f, pale, 10, gloss=0.0) for f in flaps]
            + [clay(placket, dark, 3, gloss=0.0)]
            + [clay(b, mix(pale, (1, 1, 1), 0.5), 4) for b in buttons]
        )
    if person.wear == "jacket":
        tee = polygon([person.at(-0.24, 0.06), person.at(-0.14, 0.22), person.at(0.14, 0.22), person.at(0.24, 0.06),
                       person.at(0.17, 1.86), person.at(-0.17, 1.86)])  # fmt: skip
        lapels = [
            polygon(
                [
                    person.at(s * 0.20, 0.02),
                    person.at(s * 0.40, 0.14),
                    person.at(s * 0.42, 0.42),
                    person.at(s * 0.15, 0.90),
                    person.at(s * 0.15, 0.3),
                ]
            )
            for s in (-1, 1)
        ]
        return [clay(tee * torso, mix(person.under, (1, 1, 1), 0.3), 20, gloss=0.0)] + [
            clay(p, pale, 10, gloss=0.0) for p in lapels
        ]
    if person.wear == "hoodie":
        cords = [stroke([person.at(s * 0.12, 0.20), person.at(s * 0.15, 0.56)], [head * 0.025] * 2) for s in (-1, 1)]
        pocket = polygon([person.at(-0.34, 0.86), person.at(0.34, 0.86), person.at(0.46, 1.3), person.at(-0.46, 1.3)])
        return [clay(pocket, mix(person.cloth, (0, 0, 0), 0.06), 10, gloss=0.0)] + [
            clay(c, hexa("f2eee6"), 4) for c in cords
        ]
    return []
