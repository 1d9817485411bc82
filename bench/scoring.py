"""Scoring 200 photos end to end with ViT-B/32: this engine against the plain way. Run: python -m bench scoring

Both read the same JPEG files of 1080 x 1350 and turn them into vectors; random weights serve, they cost the
same. The plain way is transformers' CLIPModel in float32, one photo at a time, decoded with Pillow. Rounds
alternate, so that what else the machine does falls on all alike; medians over the rounds.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from bench import machine
from bench.pictures import photo_like_jpeg
from bench.table import Row
from bench.weights import random_weights
from classifier.clip.backbones import Backbone, random_backbone, resolve_backbone
from classifier.clip.engine import Engine

BATCHES = (1, 4, 16, 64)
PHOTOS = 200


def rows(rounds: int = 3) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        photos = make_photos(Path(folder), PHOTOS)
        yield from _compare(photos, rounds)
        yield from _by_batch(rounds)
        yield from _worker(Path(folder), rounds)


def make_photos(folder: Path, count: int) -> list[Path]:
    with ProcessPoolExecutor() as pool:
        paths = [folder / f"{number:03}.jpg" for number in range(count)]
        for path, content in zip(paths, pool.map(photo_like_jpeg, range(count)), strict=True):
            path.write_bytes(content)
    return paths


def _compare(photos: list[Path], rounds: int) -> Iterator[Row]:
    backbone = random_backbone("ViT-B-32")
    fast, single = Engine.load(backbone), Engine.load(backbone, dtype="float32")
    ways: dict[str, Callable[[], object]] = {
        "plain": plain_way(photos),
        "this engine": lambda: _embed(fast, photos),
        "float32": lambda: _embed(single, photos),
    }
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds + 1):
        for name, way in ways.items():
            start = time.perf_counter()
            way()
            if number:  # the first round warms up
                seconds[name].append((time.perf_counter() - start) / len(photos))
    plain, ours, ours_single = ([1000 * each for each in times] for times in seconds.values())
    for what, times, dtype, promised in (
        ("a photo, from JPEG to vector", ours, fast.dtype, 8.0),
        ("a photo, from JPEG to vector, float32 only", ours_single, torch.float32, None),
    ):
        limit = 1000 * products_of_tower() / machine.best_product_rate(dtype)
        yield Row(what, "ms", tuple(times), statistics.median(plain), limit, promised_ratio=promised)


def _by_batch(rounds: int) -> Iterator[Row]:
    """The tower alone, on pixels that are there already; every core on batches of its own."""
    cores = torch.get_num_threads()
    engine = Engine.load(random_backbone("ViT-B-32"))
    pixels = np.random.default_rng(0).integers(0, 256, (64, engine.side, engine.side, 3), np.uint8)
    limit = machine.best_product_rate(engine.dtype) / products_of_tower()

    def run(batch: int) -> float:
        parts = [pixels[:batch]] * max(cores, PHOTOS // batch)
        start = time.perf_counter()
        list(engine.in_threads(parts, lambda some: [engine.embed_pixels(each) for each in some]))
        return len(parts) * batch / (time.perf_counter() - start)

    for batch in BATCHES:
        run(batch)
        rates = tuple(run(batch) for _ in range(rounds))
        yield Row(f"the tower alone, batches of {batch} a core", "a second", rates, limit=limit)


def products_of_tower() -> float:
    """Floating-point operations of ViT-B/32's matrix products for one photo, attention included: 2 a multiply-add.

    As this engine runs it: of the last block's tokens only the first comes out.
    """
    width, tokens, blocks = 768, 50, 12
    block = 12 * width * width * tokens + 2 * tokens * tokens * width
    last = 2 * width * width * tokens + 10 * width * width + 2 * tokens * width
    return 2.0 * (49 * 3072 * width + (blocks - 1) * block + last + width * 512)


def plain_way(photos: list[Path]) -> Callable[[], object]:
    from transformers import CLIPConfig, CLIPImageProcessor, CLIPModel

    model, processor = CLIPModel(CLIPConfig()).eval(), CLIPImageProcessor()

    @torch.inference_mode()
    def run() -> None:
        for photo in photos:
            with Image.open(photo) as image:
                model.get_image_features(**processor(images=image.convert("RGB"), return_tensors="pt"))

    return run


def _embed(engine: Engine, photos: list[Path]) -> None:
    for answer in engine.embed((str(photo), photo) for photo in photos):
        assert answer.error is None


def _worker(folder: Path, rounds: int) -> Iterator[Row]:
    """A process of its own, as the score worker is one: real weight file, real load, 200 photos."""
    weights = random_weights(folder)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn"), max_tasks_per_child=1) as pool:
        facts = [pool.submit(_as_a_worker, weights, folder).result() for _ in range(rounds)]
    load, resident, peak = zip(*facts, strict=True)
    yield Row("the model loaded in a new process", "s", load)
    yield Row("that process after 200 photos, resident", "MB", resident, promised=1600)
    yield Row("that process, at its peak", "MB", peak)


def _as_a_worker(weights: Path, folder: Path) -> tuple[float, float, float]:
    """Seconds to load, megabytes resident and at the peak."""
    start = time.perf_counter()
    backbone: Backbone = resolve_backbone(str(weights), folder)
    engine = Engine.load(backbone)
    load = time.perf_counter() - start
    _embed(engine, sorted(folder.glob("*.jpg")))
    engine.encode_phrases(["a dog", "hiking in the mountains"])
    return load, machine.megabytes("VmRSS"), machine.megabytes("VmHWM")
