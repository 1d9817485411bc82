"""Which picture of an animation to keep. Plain Python and Pillow."""

from __future__ import annotations

from PIL import Image, ImageStat

_FLAT = 8.0
"""A picture whose every channel spreads over fewer levels than this shows nothing: black, white, or see-through."""
_FRAMES, _PIXELS = 40, 400_000_000
"""The frames that are looked at, and the pixels of all of them; decoding costs time for each."""
_SAMPLE = (48, 48)


def seek_content(image: Image.Image) -> None:
    """Move an animation whose first frame is empty to the one that shows most; other pictures stay as they are.

    An animation that fades in is faint for some frames, so the first frame that is not empty would not do.
    """
    frames = min(getattr(image, "n_frames", 1), _FRAMES, 1 + _PIXELS // (image.width * image.height))
    if frames < 2 or not getattr(image, "is_animated", False) or image.format == "MPO":
        return
    sample = _sampled(image)
    if max(high - low for low, high in ImageStat.Stat(sample).extrema) >= _FLAT:
        return
    best, most = 0, _contrast(sample)
    for frame in range(1, frames):
        image.seek(frame)
        contrast = _contrast(_sampled(image))
        if contrast > most:
            best, most = frame, contrast
    image.seek(best)


def _sampled(image: Image.Image) -> Image.Image:
    """Some of its pixels, on white as they are shown."""
    image.load()
    sample = image.resize(_SAMPLE, Image.Resampling.NEAREST)
    sample.info = image.info.copy()
    sample = sample.convert("RGBA")
    canvas = Image.new("RGB", _SAMPLE, "white")
    canvas.paste(sample, mask=sample.getchannel("A"))
    return canvas


def _contrast(sample: Image.Image) -> float:
    return sum(ImageStat.Stat(sample).var)
