"""Pictures that cost what photos cost: shapes with edges and shading, detail at every scale, sensor noise."""

from concurrent.futures import ProcessPoolExecutor
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from classifier.tests.image_samples import retouched

Plane = NDArray[np.float32]


def photo_like_jpeg(seed: int, width: int = 1080, height: int = 1350, quality: int = 85) -> bytes:
    """A JPEG of about 0.3 MB at 1080 x 1350, which is what a phone's photo of that size and quality has."""
    draw = np.random.default_rng(seed)
    plane = np.asarray(_scene(draw, width, height), np.float32)
    plane += 26 * _texture(draw, width, height)[..., None]
    plane += 9 * np.stack([_texture(draw, width, height) for _ in range(3)], axis=-1)
    plane += draw.normal(0, 1.5, plane.shape).astype(np.float32)
    buffer = BytesIO()
    Image.fromarray(np.clip(plane, 0, 255).astype(np.uint8)).save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def photo_like_jpegs(count: int, drawn: int = 32) -> list[bytes]:
    """So many different files. Drawing one takes longer than all that is done with it, so some are drawn and copied."""
    with ProcessPoolExecutor() as pool:
        some = list(pool.map(photo_like_jpeg, range(min(count, drawn))))
    copies = (retouched(some[number % drawn], number // drawn) for number in range(drawn, count))
    return [*some, *copies]


def _scene(draw: np.random.Generator, width: int, height: int) -> Image.Image:
    """Overlapping shapes, some sharp and some out of focus, over a shaded ground."""
    image = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    for blur in (12, 3, 1):
        pen = ImageDraw.Draw(image)
        for _ in range(25):
            x, y = int(draw.integers(width)), int(draw.integers(height))
            across, down = (int(side) for side in draw.integers(20, width // 3, size=2))
            colour = tuple(int(part) for part in draw.integers(30, 226, size=3))
            pen.ellipse((x, y, x + across, y + down), fill=colour)
        image = image.filter(ImageFilter.GaussianBlur(blur))
    return image


def _texture(draw: np.random.Generator, width: int, height: int) -> Plane:
    """Noise whose amplitude falls with frequency, as in natural scenes; mean 0, deviation 1."""
    spectrum = np.fft.rfft2(draw.standard_normal((height, width), dtype=np.float32))
    frequency = np.hypot(np.fft.rfftfreq(width)[None, :], np.fft.fftfreq(height)[:, None])
    plane = np.fft.irfft2(spectrum / np.maximum(frequency, 2 / width) ** 1.2, s=(height, width))
    texture: Plane = ((plane - plane.mean()) / plane.std()).astype(np.float32)
    return texture
