"""One fine-tune of ViT-B/32 and one whole job, against the plain way. Run: python -m bench training

The plain way decodes, preprocesses and runs the whole tower in float32 every epoch, and trains the last two blocks
and a head with AdamW; one of its epochs is measured and multiplied. Ours begins with stem activations that were
kept when the photos came in. Random weights serve: they cost the same.
"""

from __future__ import annotations

import resource
import statistics
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import chain
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import open_clip
import torch
from PIL import Image
from torch.nn import functional

from bench.pictures import photo_like_jpeg
from bench.table import Row
from classifier.clip.backbones import Backbone, random_backbone
from classifier.clip.engine import Engine
from classifier.clip.loading import give_back_memory, load_model
from classifier.clip.precision import fastest_dtype
from classifier.clip.towers import Tail
from training.learn.data import TrainConfig, TrainingData
from training.learn.folds import near_duplicate_groups
from training.learn.head import fit_head
from training.learn.recipe import train
from training.learn.tuning import fine_tune

BACKBONE = random_backbone("ViT-B-32")
LABELS, LARGE, ROUNDS = 200, 2000, 3
CONFIG = TrainConfig()


def rows() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as name, ProcessPoolExecutor() as pool:
        folder = Path(name)
        photos = [folder / f"{number:03}.jpg" for number in range(LABELS)]
        for path, content in zip(photos, pool.map(photo_like_jpeg, range(LABELS)), strict=True):
            path.write_bytes(content)
        keep_stems(BACKBONE, photos, folder)
        # Each in a process of its own: the peak of memory is its own too.
        plain, tuned = [], []
        for _ in range(ROUNDS):
            plain.append(CONFIG.epochs * alone(_plain_epoch, photos)[0])
            tuned.append(alone(_fine_tune, folder)[0])
        what = f"one fine-tune: {LABELS} answers, {CONFIG.epochs} epochs, batches of {CONFIG.batch_size}"
        yield Row(what, "s", tuple(tuned), statistics.median(plain), promised_ratio=12)
        seconds, peaks = zip(*(alone(whole_job, BACKBONE, folder, LABELS) for _ in range(ROUNDS)), strict=True)
        yield Row(f"a whole job, {LABELS} answers", "s", seconds, promised=180)
        yield Row("that process, at its peak", "MB", peaks, promised=2000)
        large, _ = alone(whole_job, BACKBONE, folder, LARGE)
        yield Row(f"a whole job, {LARGE:,} answers", "s", (large,), promised=900)


def alone(work: object, *arguments: object) -> tuple[float, float]:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_measured, work, *arguments).result()


def _measured(work: object, *arguments: object) -> tuple[float, float]:
    """Seconds as `work` tells them, and the peak of this process's memory in megabytes."""
    assert callable(work)
    seconds = work(*arguments)
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def keep_stems(backbone: Backbone, photos: list[Path], folder: Path) -> None:
    answers = list(Engine.load(backbone).embed((path, path) for path in photos))
    np.save(folder / "vectors.npy", np.stack([answer.vector for answer in answers if answer.vector is not None]))
    np.save(folder / "stems.npy", np.stack([answer.stem for answer in answers if answer.stem is not None]))


def _data(folder: Path, labels: int) -> TrainingData:
    """The photos again and again, each copy with a little noise on its vector: near-duplicates would be one photo."""
    vectors = np.load(folder / "vectors.npy")
    stems = np.load(folder / "stems.npy", mmap_mode="r")
    generator = np.random.default_rng(0)
    which = np.arange(labels) % len(vectors)
    noisy = vectors[which] - vectors.mean(axis=0) + 0.03 * generator.standard_normal((labels, vectors.shape[1]))
    noisy /= np.linalg.norm(noisy, axis=1, keepdims=True)
    answers = generator.permutation(np.arange(labels) % 2)
    names = tuple(f"{number:064x}" for number in range(labels))
    return TrainingData(
        noisy.astype(np.float32), lambda rows: np.asarray(stems[which[rows]]), answers, np.ones(labels), names
    )


def _plain_epoch(photos: list[Path]) -> float:
    model = load_model(BACKBONE, torch.float32)
    transform = open_clip.image_transform(model.visual.image_size, is_train=False)
    visual = model.visual
    for part in (*visual.transformer.resblocks[-2:], visual.ln_post):
        part.requires_grad_(True)
    visual.proj.requires_grad_(True)
    head = torch.nn.Linear(visual.output_dim, 1)
    trained = [parameter for parameter in visual.parameters() if parameter.requires_grad]
    optimiser = torch.optim.AdamW(chain(trained, head.parameters()), lr=1e-4)
    labels = torch.arange(len(photos)) % 2
    began = time.perf_counter()
    for start in range(0, len(photos), CONFIG.batch_size):
        pixels = []
        for path in photos[start : start + CONFIG.batch_size]:
            with Image.open(path) as image:
                pixels.append(transform(image))
        vectors = functional.normalize(visual(torch.stack(pixels)), dim=-1)
        wanted = labels[start : start + CONFIG.batch_size].float()
        loss = functional.binary_cross_entropy_with_logits(head(vectors)[:, 0], wanted)
        optimiser.zero_grad()
        torch.autograd.backward(loss)
        optimiser.step()
    return time.perf_counter() - began


def _fine_tune(folder: Path) -> float:
    data, tail = _data(folder, LABELS), Tail(load_model(BACKBONE, torch.float32).visual)
    weights = data.balanced_weights()
    groups = near_duplicate_groups(data.vectors)
    dtype = fastest_dtype()
    began = time.perf_counter()
    head = fit_head(data.vectors, data.labels, weights, groups, folds=5, seed=0)
    everyone = np.arange(len(data))
    fine_tune(data, weights, everyone, head, CONFIG, tail=tail, dtype=dtype, seed=0, on_step=lambda *_: None)
    return time.perf_counter() - began


def whole_job(backbone: Backbone, folder: Path, labels: int) -> float:
    tail = Tail(load_model(backbone, torch.float32).visual)
    give_back_memory()
    result = train(
        _data(folder, labels),
        CONFIG,
        tail=tail,
        backbone_id=backbone.id,
        on_progress=lambda progress: None,
        is_cancelled=lambda: False,
    )
    return result.seconds
