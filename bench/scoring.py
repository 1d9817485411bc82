"""Scoring 200 photos end to end with ViT-B/32: this engine against the plain way. Run: python -m
bench.scoring

Both read the same JPEG files of 1080 x 1350 and turn them into vectors; random weights serve, they cost the
same. The plain way is transformers' CLIPModel in float32, one photo at a time, decoded with Pillow. Rounds
alternate, so that what else the machine does falls on all alike; medians over the rounds.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import torch
from PIL import Image
from safetensors.torch import save_file

from bench.pictures import photo_like_jpeg
from classifier.clip.backbones import Backbone, random_backbone, resolve_backbone
from classifier.clip.engine import Engine
from classifier.clip.loading import load_model
from classifier.clip.packed import packed_linear

PHOTOS = 200


def main(arguments: Sequence[str] = ()) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.scoring", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--photos", type=int, default=PHOTOS)
    parser.add_argument("--worker", nargs=2, metavar=("WEIGHTS", "FOLDER"), help="used by the benchmark itself")
    options = parser.parse_args(arguments)
    if options.worker:
        print(json.dumps(_as_a_worker(*map(Path, options.worker))))
        return
    with tempfile.TemporaryDirectory() as folder:
        photos = _make_photos(Path(folder), options.photos)
        kilobytes = statistics.mean(photo.stat().st_size for photo in photos) / 1024
        print(f"{len(photos)} JPEGs of 1080 x 1350, {kilobytes:.0f} KB on average, {torch.get_num_threads()} threads")
        _compare(photos, options.rounds)
        _report_worker(Path(folder))


def _make_photos(folder: Path, count: int) -> list[Path]:
    with ProcessPoolExecutor() as pool:
        paths = [folder / f"{number:03}.jpg" for number in range(count)]
        for path, content in zip(paths, pool.map(photo_like_jpeg, range(count)), strict=True):
            path.write_bytes(content)
    return paths


def _compare(photos: list[Path], rounds: int) -> None:
    backbone = random_backbone("ViT-B-32")
    fast, single = Engine.load(backbone), Engine.load(backbone, dtype="float32")
    ways: dict[str, Callable[[], object]] = {
        "plain (transformers, float32, one at a time)": _plain_way(photos),
        f"this engine, as it runs here ({str(fast.dtype).removeprefix('torch.')})": lambda: _embed(fast, photos),
        "this engine, float32 only": lambda: _embed(single, photos),
    }
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds + 1):
        for name, way in ways.items():
            start = time.perf_counter()
            way()
            if number:  # the first round warms up
                seconds[name].append((time.perf_counter() - start) / len(photos))
    plain = next(iter(seconds.values()))
    for name, times in seconds.items():
        ratios = [slow / quick for slow, quick in zip(plain, times, strict=True)]
        print(
            f"{name:55} {statistics.median(times) * 1e3:6.1f} ms a photo   {statistics.median(ratios):5.2f} x plain"
            f"   (rounds {min(ratios):.2f} to {max(ratios):.2f})"
        )
    limit = _seconds_in_products(fast.dtype)
    ours = statistics.median(list(seconds.values())[1])
    print(f"Matrix products alone, at this processor's best rate: {limit * 1e3:.1f} ms, {limit / ours:.0%} of ours")


def _plain_way(photos: list[Path]) -> Callable[[], object]:
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


def _seconds_in_products(dtype: torch.dtype, photos: int = 32) -> float:
    """Seconds a photo that ViT-B/32's matrix products take by themselves, every core at work on its own."""
    width, tokens, blocks = 768, 50, 12
    # (rows, in, out, how often): patches, then every block; of the last one only keys and values see all
    # tokens.
    shapes = [
        (49 * photos, 3072, width, 1),
        (tokens * photos, width, 3 * width, blocks),
        (tokens * photos, width, width, blocks - 1),
        (tokens * photos, width, 4 * width, blocks - 1),
        (tokens * photos, 4 * width, width, blocks - 1),
    ]
    cores = torch.get_num_threads()

    def one_core(_: int) -> float:
        torch.set_num_threads(1)
        total = 0.0
        for rows, inner, outer, times in shapes:
            x, product = torch.randn(rows, inner).to(dtype), packed_linear(torch.randn(outer, inner).to(dtype), None)
            runs = [_timed(product, x) for _ in range(8)]
            total += times * min(runs)
        return total

    with torch.inference_mode(), ThreadPoolExecutor(cores) as pool:
        return statistics.mean(pool.map(one_core, range(cores))) / photos / cores


def _timed(product: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor) -> float:
    start = time.thread_time()
    product(x)
    return time.thread_time() - start


def _report_worker(folder: Path) -> None:
    """A process of its own, as the score worker is one: real weight file, real load, 200 photos."""
    weights = folder / "vit_b_32.safetensors"
    model = load_model(random_backbone("ViT-B-32"), torch.float32)
    save_file(dict(model.state_dict()), weights, metadata={"architecture": "ViT-B-32"})
    command = [sys.executable, "-m", "bench.scoring", "--worker", str(weights), str(folder)]
    facts = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    print(
        f"A worker with ViT-B/32: {facts['VmRSS']:.0f} MB resident after {facts['photos']} photos"
        f" (peak {facts['VmHWM']:.0f} MB), model loaded in {facts['load']:.1f} s; limit 1600 MB"
    )


def _as_a_worker(weights: Path, folder: Path) -> dict[str, float]:
    start = time.perf_counter()
    backbone: Backbone = resolve_backbone(str(weights), folder)
    engine = Engine.load(backbone)
    load = time.perf_counter() - start
    photos = sorted(folder.glob("*.jpg"))
    _embed(engine, photos)
    engine.encode_phrases(["a dog", "hiking in the mountains"])
    lines = Path("/proc/self/status").read_text().splitlines()
    sizes = {
        name: int(rest.split()[0]) / 1024
        for name, _, rest in (line.partition(":") for line in lines)
        if name.startswith("Vm")
    }
    return {"load": load, "photos": len(photos), "VmRSS": sizes["VmRSS"], "VmHWM": sizes["VmHWM"]}


if __name__ == "__main__":
    main(sys.argv[1:])
