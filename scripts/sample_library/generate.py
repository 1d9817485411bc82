"""Makes the sample library: the pictures, their manifest and nothing else.

    python scripts/sample_library/generate.py [--out classifier/sample] [--only N] [--jobs 2]

See README.md for what must be installed. The same versions give the same set.
"""

import argparse
import json
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import fields
import mountains
import numpy as np
import rooms
import scenes
from paint import HEIGHT, WIDTH, Array, noise, soften, unit
from people import somebody
from PIL import Image
from plan import Shot, shots
from things import compose
from words import bio_for, name_for

PAINTERS = {
    **{name: getattr(scenes, name) for name in ("beach", "sunset", "forest", "city")},
    "mountains": mountains.mountains,
    **{name: getattr(rooms, name) for name in ("library", "kitchen", "lounge", "stage")},
    **{name: getattr(fields, name) for name in ("meadow", "pitch", "court", "street")},
}
QUALITY = 82
# With these, and with nothing, the camera stays back; what is held or petted is shown from near.
NEEDS_ROOM = frozenset({"bicycle", "car", "motorbike", "camera"})


def draw(shot: Shot) -> tuple[Array, str]:
    """The finished picture, (HEIGHT, WIDTH, 3) in [0, 1], and the gender ('m', 'f' or 'x') of the person in it."""
    rng = np.random.default_rng(shot.seed)
    scene = PAINTERS[shot.scene](rng)
    gender = str(rng.choice(["f", "m", "x"], p=[0.45, 0.43, 0.12]))
    person = somebody(rng, shot.scene, gender, near=not NEEDS_ROOM.issuperset(shot.things))
    blurred = soften(scene.picture, float(rng.uniform(0.6, 1.8)))
    return finish(rng, compose(blurred, person, scene, shot.things, rng)), gender


def finish(rng: np.random.Generator, picture: Array) -> Array:
    """What a camera adds: exposure, warmth, a vignette and a little grain."""
    ys, xs = np.mgrid[-1 : 1 : HEIGHT * 1j, -1 : 1 : WIDTH * 1j].astype(np.float32)
    vignette = 1 - 0.16 * np.clip(xs**2 + ys**2 - 0.5, 0, 2)
    warmth = 1 + rng.normal(0, 0.018)
    balance = np.asarray([warmth, 1.0, 2 - warmth], np.float32) * rng.normal(1.0, 0.03)
    grain = (noise(rng, (HEIGHT / 2, WIDTH / 2), octaves=1) - 0.5) * 0.022
    graded = picture * balance * vignette[..., None] + grain[..., None]
    return unit(graded)


def make(job: tuple[Shot, Path]) -> dict[str, Any]:
    """Writes one picture and gives its manifest entry."""
    shot, out = job
    picture, gender = draw(shot)
    Image.fromarray(np.rint(picture * 255).astype(np.uint8)).save(out / shot.file, quality=QUALITY, method=6)
    return {
        "file": shot.file,
        "name": name_for(shot.seed, gender),
        "bio": bio_for(shot.seed, shot.scene, shot.things),
        "attributes": shot.attributes,
        "scene": shot.scene,
        "things": list(shot.things),
        "seed": shot.seed,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("classifier/sample"))
    parser.add_argument("--only", type=int, default=0, help="make only the first so many")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for old in options.out.glob("*.webp"):
        old.unlink()
    wanted = shots()[: options.only or None]
    with ProcessPoolExecutor(options.jobs) as pool:
        photos = list(pool.map(make, [(shot, options.out) for shot in wanted], chunksize=4))
    manifest = {"version": 1, "photos": photos}
    (options.out / "manifest.json").write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n")
    size = sum(file.stat().st_size for file in options.out.glob("*.webp"))
    print(f"{len(photos)} pictures, {size / 1e6:.1f} MB, in {options.out}")


if __name__ == "__main__":
    main()
