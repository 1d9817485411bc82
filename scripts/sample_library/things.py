"""What people have with them: animals, instruments, vehicles, things to hold.

`compose` draws one picture from back to front: what stands behind, the body, the head, arms and what they hold.
"""

from collections.abc import Callable

import numpy as np
from instruments import acoustic_guitar, upright_piano
from paint import HEIGHT, WIDTH, Array, clay, ellipse, over, shadow, soften, tint
from people import Person, draw_arm, draw_body, draw_head
from scenes import Scene
from sprites import lit, placed, skin_of, sprite, turned_hue

DOGS = ("1f415", "1f415", "1f415", "1f415-200d-1f9ba", "1f9ae", "1f436", "1f436", "1f436")
CATS = ("1f408", "1f408", "1f408", "1f408-200d-2b1b")


def _stand(canvas: Array, layer: Array, scene: Scene, foot: float, cx: float, wide: float) -> Array:
    """A layer that stands on the ground, with the dark patch it leaves there."""
    pool = soften(ellipse(cx, min(foot, HEIGHT + 10), wide * 0.46, wide * 0.07), 9)
    canvas = tint(canvas, pool, (0.06, 0.05, 0.10), 0.45)
    return over(shadow(canvas, layer, 6, 8, 12, 0.28), lit(layer, scene.light))


def _side(person: Person) -> int:
    """The side with more room: -1 left of the person, 1 right."""
    return 1 if person.x < WIDTH / 2 else -1


def _nearness(person: Person) -> float:
    """How large things are beside this person, 1 for a head 180 pixels wide."""
    return float(np.clip(person.head / 180, 0.72, 1.1))


def _rest(canvas: Array, person: Person, scene: Scene, sides: tuple[int, ...] = (-1, 1)) -> Array:
    for s in sides:
        canvas = draw_arm(
            canvas, person, scene, person.at(s * 0.58, 0.36), person.at(s * 0.76, 0.95), person.at(s * 0.64, 1.55)
        )
    return canvas


def _hold(canvas: Array, person: Person, scene: Scene, layer: Array, spread: float, drop: float) -> Array:
    """Both hands around something held before the chest."""
    canvas = over(shadow(canvas, layer, 3, 10, 12, 0.35), lit(layer, scene.light))
    for s in (-1, 1):
        elbow, hand = person.at(s * 0.80, 1.02), person.at(s * spread, drop)
        canvas = draw_arm(canvas, person, scene, person.at(s * 0.58, 0.36), elbow, hand)
    return canvas


def _coat_of(rng: np.random.Generator, figure: Array) -> Array:
    """An animal's coat: as drawn, darker, paler or greyer."""
    pick = rng.integers(4)
    saturation, value = ((1.0, 1.0), (0.95, 0.72), (0.45, 1.04), (0.8, 0.86))[int(pick)]
    return turned_hue(figure, float(rng.uniform(-8, 4)), saturation, value)


def animal(codes: tuple[str, ...], size: float) -> Callable[[Array, Person, Scene, np.random.Generator], Array]:
    """Someone with a dog, a cat...: it stands in front on the free side, or is carried if only its face is drawn."""

    def draw(canvas: Array, person: Person, scene: Scene, rng: np.random.Generator) -> Array:
        code = str(rng.choice(codes))
        if code in ("1f436", "1f431"):
            figure = _coat_of(rng, sprite(code))
            wide = person.head * rng.uniform(1.4, 1.6)
            canvas = draw_head(draw_body(canvas, person, scene), person, scene)
            layer = placed(figure, person.x, person.chin + person.head * 0.78, wide, float(rng.normal(0, 5)))
            return _hold(canvas, person, scene, layer, 0.56, 1.24)
        canvas = draw_head(_rest(draw_body(canvas, person, scene), person, scene), person, scene)
        return beside((code,), size, canvas, person, scene, rng)

    return draw


def beside(
    codes: tuple[str, ...], size: float, canvas: Array, person: Person, scene: Scene, rng: np.random.Generator
) -> Array:
    """An animal in front, on the free side, most often looking out of the picture."""
    s = _side(person)
    code = str(rng.choice(codes))
    # The black cat of the set is violet; with most of its colour gone it is black.
    figure = turned_hue(sprite(code), 0, 0.25, 0.75) if "2b1b" in code else _coat_of(rng, sprite(code))
    wide = size * rng.uniform(0.92, 1.05) * _nearness(person)
    tall = wide * figure.shape[0] / figure.shape[1]
    cx = WIDTH / 2 + s * (WIDTH / 2 - wide * 0.53)
    foot = 712 + rng.uniform(-14, 20)
    layer = placed(figure, cx, foot - tall / 2, wide, 0, flip=(s > 0) == bool(rng.random() < 0.75))
    return _stand(canvas, layer, scene, foot, cx, wide)


def guitar(canvas: Array, person: Person, scene: Scene, rng: np.random.Generator) -> Array:
    """A guitar across the chest, one hand on the neck and one over the strings."""
    canvas = draw_head(draw_body(canvas, person, scene), person, scene)
    s = 1 if rng.random() < 0.7 else -1
    electric = rng.random() < 0.12
    wide = person.head * (2.5 if electric else 3.3)
    cx, cy = person.at(s * 0.10, 0.92)
    if electric:
        figure = turned_hue(sprite("1f3b8"), float(rng.uniform(-60, 60)))
        layer = placed(figure, cx, cy, wide, -16 * s, flip=s < 0)
        fret, strum = person.at(s * 0.72, 0.30), person.at(-s * 0.24, 1.10)
    else:
        layer = placed(acoustic_guitar(rng), cx, cy, wide, -22 * s, flip=s < 0)
        fret, strum = person.at(s * 0.62, 0.72), person.at(-s * 0.30, 1.12)
    canvas = draw_arm(canvas, person, scene, person.at(s * 0.58, 0.36), person.at(s * 0.92, 0.95), fret)
    canvas = over(shadow(canvas, layer, 4, 10, 12, 0.35), lit(layer, scene.light))
    fingers = ellipse(*fret, person.head * 0.085, person.head * 0.10)
    canvas = _fingers(canvas, person, scene, fingers)
    return draw_arm(canvas, person, scene, person.at(-s * 0.58, 0.36), person.at(-s * 0.86, 1.05), strum)


def _fingers(canvas: Array, person: Person, scene: Scene, mask: Array) -> Array:
    return over(canvas, lit(clay(mask, skin_of(sprite(person.code)), 14), scene.light))


def piano(canvas: Array, person: Person, scene: Scene, rng: np.random.Generator) -> Array:
    """Beside an upright piano, its keys to the viewer."""
    s = _side(person)
    layer = upright_piano(rng)
    canvas = draw_head(_rest(draw_body(canvas, person, scene), person, scene, (-s,)), person, scene)
    wide = 470.0
    cx = WIDTH / 2 + s * (WIDTH / 2 - wide * 0.40)
    tall = wide * layer.shape[0] / layer.shape[1]
    placed_layer = placed(layer, cx, 735 - tall / 2, wide, 0, flip=s < 0)
    canvas = _stand(canvas, placed_layer, scene, 735, cx, wide)
    elbow, hand = person.at(s * 0.82, 0.80), (cx - s * wide * 0.24, 735 - tall * 0.46)
    return draw_arm(canvas, person, scene, person.at(s * 0.58, 0.36), elbow, hand)


def vehicle(codes: tuple[str, ...], size: float) -> Callable[[Array, Person, Scene, np.random.Generator], Array]:
    """Someone behind a bicycle, a car, a motorbike, in any colour."""

    def draw(canvas: Array, person: Person, scene: Scene, rng: np.random.Generator) -> Array:
        canvas = draw_head(_rest(draw_body(canvas, person, scene), person, scene), person, scene)
        figure = turned_hue(sprite(str(rng.choice(codes))), float(rng.choice([0, 0, 40, 100, 150, 200, 260, 310])))
        wide = size * rng.uniform(0.94, 1.06) * _nearness(person)
        tall = wide * figure.shape[0] / figure.shape[1]
        cx = WIDTH / 2 + _side(person) * max(WIDTH / 2 - wide * 0.52, rng.uniform(10, 60))
        foot = 722 + rng.uniform(-10, 26)
        layer = placed(figure, cx, foot - tall / 2, wide, 0, flip=bool(rng.random() < 0.5))
        return _stand(canvas, layer, scene, foot, cx, wide)

    return draw


def held(
    codes: tuple[str, ...], size: float, spread: float, drop: float, turn_hues: bool = False
) -> Callable[[Array, Person, Scene, np.random.Generator], Array]:
    """Something carried in both hands before the chest; `size` in heads."""

    def draw(canvas: Array, person: Person, scene: Scene, rng: np.random.Generator) -> Array:
        canvas = draw_head(draw_body(canvas, person, scene), person, scene)
        figure = sprite(str(rng.choice(codes)))
        if turn_hues:
            figure = turned_hue(figure, float(rng.uniform(0, 360)))
        wide = person.head * size * rng.uniform(0.95, 1.08)
        layer = placed(figure, *person.at(0, drop - 0.28), wide, float(rng.normal(0, 5)), flip=bool(rng.random() < 0.5))
        return _hold(canvas, person, scene, layer, spread, drop)

    return draw


def racket(canvas: Array, person: Person, scene: Scene, rng: np.random.Generator) -> Array:
    """A tennis racket raised on the free side, the ball in the air."""
    s = _side(person)
    canvas = draw_head(_rest(draw_body(canvas, person, scene), person, scene, (-s,)), person, scene)
    figure = sprite("1f3be")
    hand = person.at(s * 0.98, 0.66)
    wide = person.head * rng.uniform(1.75, 2.0)
    # The grip of the sprite is at its lower left.
    cx, cy = hand[0] + s * wide * 0.20, hand[1] - wide * 0.42
    layer = placed(figure, cx, cy, wide, 0, flip=s < 0)
    canvas = over(shadow(canvas, layer, 5, 8, 10, 0.28), lit(layer, scene.light))
    return draw_arm(canvas, person, scene, person.at(s * 0.58, 0.38), person.at(s * 0.94, 1.10), hand)


def umbrella(canvas: Array, person: Person, scene: Scene, rng: np.random.Generator) -> Array:
    """Under a large umbrella, its handle in one hand."""
    s = _side(person)
    wide = person.head * rng.uniform(2.5, 2.8)
    figure = turned_hue(sprite("2602-fe0f"), float(rng.uniform(0, 360)), 1.5, 1.35)
    tall = wide * figure.shape[0] / figure.shape[1]
    hand = person.at(s * 0.70, 0.72)
    layer = placed(figure, hand[0] - s * wide * 0.02, hand[1] - tall * 0.40, wide)
    canvas = over(shadow(canvas, layer, 4, 10, 14, 0.25), lit(layer, scene.light))
    canvas = draw_head(_rest(draw_body(canvas, person, scene), person, scene, (-s,)), person, scene)
    shaft = layer.copy()
    shaft[: int(person.chin), :, 3] = 0
    canvas = over(canvas, lit(shaft, scene.light))
    return draw_arm(canvas, person, scene, person.at(s * 0.58, 0.36), person.at(s * 0.98, 1.0), hand)


def ball(code: str) -> Callable[[Array, Person, Scene, np.random.Generator], Array]:
    """A large ball under both hands."""
    return held((code,), 1.45, 0.64, 1.10)


def flowers(canvas: Array, person: Person, scene: Scene, rng: np.random.Generator) -> Array:
    """A big bunch of flowers before the chest, its blossoms in several colours."""
    canvas = draw_head(draw_body(canvas, person, scene), person, scene)
    kinds = ["1f33b", "1f337", "1f339", "1f33c", "1f33a"]
    chosen = rng.choice(kinds, 2 if rng.random() < 0.6 else 1, replace=False)
    layer = np.zeros((HEIGHT, WIDTH, 4), np.float32)
    spots = [
        (-0.36, 0.62),
        (0.36, 0.62),
        (0.0, 0.50),
        (-0.52, 0.86),
        (0.52, 0.86),
        (-0.2, 0.80),
        (0.2, 0.80),
        (0.0, 1.02),
    ]
    for dx, dy in spots:
        code = str(rng.choice(chosen))
        figure = turned_hue(sprite(code), float(rng.normal(0, 16)))
        x, y = person.at(1.25 * dx + rng.normal(0, 0.03), dy + rng.normal(0, 0.03))
        one = placed(figure, x, y, person.head * rng.uniform(0.58, 0.72), float(dx * 50 + rng.normal(0, 8)))
        alpha = one[..., 3:]
        layer[..., :3] = layer[..., :3] * (1 - alpha) + one[..., :3] * alpha
        layer[..., 3:] = np.maximum(layer[..., 3:], alpha)
    return _hold(canvas, person, scene, layer, 0.22, 1.26)


def alone(canvas: Array, person: Person, scene: Scene, rng: np.random.Generator) -> Array:
    """The person with nothing."""
    return draw_head(_rest(draw_body(canvas, person, scene), person, scene), person, scene)


THINGS: dict[str, Callable[[Array, Person, Scene, np.random.Generator], Array]] = {
    "dog": animal(DOGS, 470),
    "cat": animal(CATS, 400),
    "guitar": guitar,
    "piano": piano,
    "bicycle": vehicle(("1f6b2",), 620),
    "car": vehicle(("1f697", "1f699"), 560),
    "motorbike": vehicle(("1f3cd-fe0f",), 540),
    "flowers": flowers,
    "book": held(("1f4d6",), 1.55, 0.66, 1.05, True),
    "cake": held(("1f382",), 1.45, 0.52, 1.25),
    "tennis": racket,
    "football": ball("26bd"),
    "camera": held(("1f4f7",), 1.5, 0.66, 0.90),
    "laptop": held(("1f4bb",), 2.1, 0.84, 1.30),
    "umbrella": umbrella,
}


def compose(canvas: Array, person: Person, scene: Scene, things: tuple[str, ...], rng: np.random.Generator) -> Array:
    """The whole picture: the person with the last of `things`, and an animal beside them if there are two."""
    if not things:
        return alone(canvas, person, scene, rng)
    canvas = THINGS[things[-1]](canvas, person, scene, rng)
    if len(things) == 2:
        codes, size = {"dog": (DOGS[:4], 390), "cat": (CATS, 340)}[things[0]]
        canvas = beside(codes, size, canvas, person, scene, rng)
    return canvas
