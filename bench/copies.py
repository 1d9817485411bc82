"""Copies of one picture: do they leak between folds, and which photos are grouped wrongly? Run: python -m bench copies

Pictures get variants (crops, mirrored, turned, darker), and all variants of a picture one answer, drawn by chance:
there is nothing to learn. A training that sees a picture's copies on both sides of a fold says that it learned all the
same. The real photos of `bench/tastes.py`; without them the drawn sample library, whose pictures have fewer details.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageEnhance, ImageOps

from bench.table import Row
from bench.tastes import PHOTOS
from classifier.clip.backbones import resolve_backbone
from classifier.clip.engine import Engine
from classifier.sample import sample_photos
from training.learn.copies import find_copies
from training.learn.data import TrainConfig, TrainingData
from training.learn.folds import near_duplicate_groups
from training.learn.gate import Verdict, compare
from training.learn.recipe import TrainResult, train

PICTURES, COPIES, SEEDS = 30, 5, 5
QUICK = TrainConfig(epochs=2)
Variant = Callable[[Image.Image, np.random.Generator], Image.Image]


def _crop(share: float) -> Variant:
    """Takes so much of the area away, anywhere."""

    def crop(picture: Image.Image, chance: np.random.Generator) -> Image.Image:
        width, height = (round(side * (1 - share) ** 0.5) for side in picture.size)
        left, top = int(chance.integers(picture.width - width + 1)), int(chance.integers(picture.height - height + 1))
        return picture.crop((left, top, left + width, top + height))

    return crop


VARIANTS: dict[str, Variant] = {
    "9 % crop": _crop(0.09),
    "20 % crop": _crop(0.20),
    "mirrored": lambda picture, _: ImageOps.mirror(picture),
    "turned by 4 degrees": lambda picture, _: picture.rotate(4, resample=Image.Resampling.BICUBIC),
    "darker": lambda picture, _: ImageEnhance.Brightness(picture).enhance(0.55),
}
MIXES: dict[str, tuple[str, ...]] = {
    "one of each": tuple(VARIANTS),
    "mild crops": ("9 % crop",) * COPIES,
    "crops": ("9 % crop", "20 % crop", "20 % crop", "9 % crop", "20 % crop"),
    "crops and mirrored": ("20 % crop", "mirrored", "9 % crop", "mirrored", "20 % crop"),
    "two mild crops": ("9 % crop", "9 % crop"),
}


def rows() -> Iterator[Row]:
    engine = Engine.load(resolve_backbone("starter", Path("no-weights-here")))
    files = picture_files()
    for mix, kinds in MIXES.items():
        trials = [trial(engine, files, kinds, seed) for seed in range(SEEDS)]
        fair = [float(result.figures.accuracy.low <= 0.5 <= result.figures.accuracy.high) for result, _ in trials]
        kept = [float(not verdict.better) for _, verdict in trials]
        found = [len(np.unique(result.groups)) / PICTURES for result, _ in trials]
        yield Row(f"{mix}: pictures counted, of those there are", "times", tuple(found))
        yield Row(f"{mix}: trainings whose accuracy may be 50 %", "share", (float(np.mean(fair)),), promised=1)
        yield Row(f"{mix}: trainings that are not activated", "share", (float(np.mean(kept)),), promised=1)
    yield from grouped_wrongly(engine, files)


def picture_files() -> list[Path]:
    return sorted(PHOTOS.glob("*/*/*.jpg")) or [photo.file for photo in sample_photos()]


def trial(
    engine: Engine, files: Sequence[Path], kinds: Sequence[str], seed: int, config: TrainConfig = QUICK
) -> tuple[TrainResult, Verdict]:
    """What a training says that has nothing to learn, and whether its version would take over from the base."""
    chance = np.random.default_rng(seed)
    chosen = chance.choice(len(files), PICTURES, replace=False)
    pictures = [variant for number in chosen for variant in variants_of(files[number], kinds, chance)]
    answers = np.repeat(chance.permutation(np.arange(PICTURES) % 2), len(kinds))
    data = data_of(engine, pictures, answers)
    result = train(
        data,
        config,
        tail=engine.tail_module,
        backbone_id=engine.backbone.id,
        on_progress=lambda progress: None,
        is_cancelled=lambda: False,
        dtype=torch.float32,
    )
    return result, compare(data.labels, result.out_of_fold, None, result.groups, folds=result.folds)


def variants_of(file: Path, kinds: Sequence[str], chance: np.random.Generator) -> list[bytes]:
    """JPEGs, as they are kept."""
    with Image.open(file) as opened:
        picture = opened.convert("RGB")
    found = []
    for kind in kinds:
        out = io.BytesIO()
        VARIANTS[kind](picture, chance).save(out, "JPEG", quality=88)
        found.append(out.getvalue())
    return found


def data_of(engine: Engine, pictures: Sequence[bytes], answers: np.ndarray) -> TrainingData:
    found = list(engine.embed(enumerate(pictures)))
    vectors = np.stack([each.vector for each in found if each.vector is not None])
    stems = np.stack([each.stem for each in found if each.stem is not None])
    links = find_copies(vectors, pictures.__getitem__, lambda: None)
    names = tuple(f"{number:064x}" for number in range(len(pictures)))
    return TrainingData(vectors, stems, answers.astype(np.int64), np.ones(len(pictures)), names, links)


def grouped_wrongly(engine: Engine, files: Sequence[Path]) -> Iterator[Row]:
    """No two of these photos are known to be of one picture: every photo in a group counts, also real copies."""
    vectors = np.stack(
        [each.vector for each in engine.embed((file, file) for file in files) if each.vector is not None]
    )
    began = time.perf_counter()
    links = find_copies(vectors, lambda photo: files[photo].read_bytes(), lambda: None)
    seconds = time.perf_counter() - began
    sizes = np.bincount(near_duplicate_groups(vectors, links))
    share = float(sizes[sizes > 1].sum() / len(files))
    yield Row(f"of {len(files):,} different photos, grouped", "share of photos", (share,), promised=0.02)
    yield Row("copies looked for, a photo", "ms", (1000 * seconds / len(files),))
