"""What the library holds: how many pictures of each scene, and with what in them."""

from dataclasses import dataclass

SEED = 20_240

# Pictures taken again with another seed, because what they are for could hardly be seen: number -> take.
RETAKES: dict[int, int] = {
    2: 2,
    8: 3,
    25: 2,
    32: 1,
    33: 3,
    47: 3,
    49: 3,
    52: 1,
    64: 2,
    82: 3,
    90: 2,
    113: 2,
    151: 3,
    155: 1,
    168: 3,
    170: 3,
    183: 1,
    195: 1,
    196: 1,
    208: 1,
    217: 1,
}

# scene -> {thing or things joined by "+", or "" for nobody but the person: how many pictures}
PLAN: dict[str, dict[str, int]] = {
    "beach": {"": 10, "umbrella": 6, "dog": 2, "camera": 2, "guitar": 1, "book": 1, "football": 1},
    "sunset": {"": 12, "camera": 1, "guitar": 1, "flowers": 1},
    "mountains": {"": 16, "camera": 2, "dog": 1},
    "forest": {"": 10, "guitar": 4, "bicycle": 5, "dog": 1},
    "city": {"": 8, "motorbike": 2, "camera": 1},
    "library": {"": 4, "book": 6, "laptop": 3, "dog": 2, "guitar": 2, "cat": 1, "cat+book": 1, "dog+book": 1},
    "kitchen": {"": 4, "cake": 6, "dog": 4, "cat": 3, "guitar": 2, "flowers": 1, "cat+cake": 1, "dog+cake": 1},
    "lounge": {"dog": 6, "cat": 5, "laptop": 4, "guitar": 4, "piano": 3, "dog+flowers": 2, "cat+book": 1,
               "dog+laptop": 1, "cat+laptop": 1, "cat+piano": 1},
    "stage": {"guitar": 2, "piano": 5},
    "meadow": {"": 4, "flowers": 8, "umbrella": 2},
    "pitch": {"football": 10, "dog+football": 1},
    "court": {"tennis": 13},
    "street": {"": 5, "bicycle": 5, "car": 2, "motorbike": 1, "dog": 1, "dog+bicycle": 1},
}  # fmt: skip


@dataclass(frozen=True)
class Shot:
    """One picture to make; `seed` decides everything that the plan leaves open."""

    number: int
    scene: str
    things: tuple[str, ...]
    seed: int

    @property
    def file(self) -> str:
        return f"{self.number:03d}-{'-'.join((self.scene, *self.things))}.webp"

    @property
    def attributes(self) -> list[str]:
        return [self.scene, *self.things]


def shots() -> list[Shot]:
    """Every picture of the plan, numbered so that neighbours in the library differ."""
    wanted = [
        (scene, tuple(things.split("+")) if things else ())
        for scene, row in PLAN.items()
        for things, count in row.items()
        for _ in range(count)
    ]
    # A step that shares no divisor with the count visits each picture once and keeps scenes apart.
    step = next(s for s in range(61, len(wanted)) if len(wanted) % s and _coprime(s, len(wanted)))
    order = [wanted[(k * step) % len(wanted)] for k in range(len(wanted))]
    return [
        Shot(k + 1, scene, things, SEED + k + 1 + 1000 * RETAKES.get(k + 1, 0))
        for k, (scene, things) in enumerate(order)
    ]


def _coprime(a: int, b: int) -> bool:
    while b:
        a, b = b, a % b
    return a == 1
