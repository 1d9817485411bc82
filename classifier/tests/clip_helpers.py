"""What the tests of the engine share: backbones, pictures, and open_clip's own answer to compare with."""

from functools import cache
from io import BytesIO
from pathlib import Path

import numpy as np
import open_clip
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image

from bench.tastes import PHOTOS
from classifier.clip.backbones import Backbone, resolve_backbone
from classifier.clip.engine import Engine
from classifier.clip.loading import load_model, normalisation_of
from classifier.clip.precision import Precision

needs_photos = pytest.mark.skipif(not PHOTOS.is_dir(), reason=f"needs the real photos in {PHOTOS}")


def starter() -> Backbone:
    return resolve_backbone("starter", Path("no-weights-here"))


@cache
def engine_for(backbone: Backbone, dtype: Precision = "float32") -> Engine:
    return Engine.load(backbone, dtype=dtype)


def painted_picture(seed: int, width: int = 320, height: int = 400) -> Image.Image:
    """A picture with detail at every scale, as photos have: amplitude falls with frequency."""
    noise = np.random.default_rng(seed).standard_normal((height, width, 3))
    across, down = np.fft.fftfreq(width)[None, :], np.fft.fftfreq(height)[:, None]
    falling = 1 / np.maximum(np.hypot(across, down), 1 / max(width, height))
    plane = np.fft.ifft2(np.fft.fft2(noise, axes=(0, 1)) * falling[..., None], axes=(0, 1)).real
    plane = (plane - plane.mean()) / plane.std()
    return Image.fromarray(np.clip(128 + 60 * plane, 0, 255).astype(np.uint8))


def jpeg_of(image: Image.Image, quality: int = 90) -> bytes:
    buffer = BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def png_of(image: Image.Image) -> bytes:
    buffer = BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


@torch.inference_mode()
def open_clips_answer(backbone: Backbone, images: list[Image.Image]) -> NDArray[np.float32]:
    """open_clip's preprocessing and `encode_image`, in float32, normalised: f32 [n, d]."""
    model = load_model(backbone, torch.float32)
    mean, std = (tuple(part.tolist()) for part in normalisation_of(backbone))
    transform = open_clip.image_transform(model.visual.image_size, is_train=False, mean=mean, std=std)
    pixels = torch.stack([transform(image) for image in images])
    answer: NDArray[np.float32] = model.encode_image(pixels, normalize=True).numpy()
    return answer
