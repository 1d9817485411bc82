"""Pixels as open_clip would have them, quickly; what cannot be read harms nothing else."""

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from torchvision.transforms import CenterCrop, Compose, InterpolationMode, Resize

from bench.tastes import PHOTOS
from classifier.clip.images import Source, centred, load_pixels
from classifier.tests.clip_helpers import engine_for, jpeg_of, needs_photos, painted_picture, starter

SIZES = [(320, 400), (401, 299), (112, 112), (60, 500), (500, 60), (1080, 1350)]


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("side", [112, 224])
def test_pixels_equal_torchvisions_to_the_last_bit(size: tuple[int, int], side: int) -> None:
    picture = painted_picture(1, *size)
    theirs = Compose([Resize(side, interpolation=InterpolationMode.BICUBIC), CenterCrop(side)])(picture)
    np.testing.assert_array_equal(centred(picture, side), np.asarray(theirs))


def cosines_of_scaled_decoding(photos: list[Image.Image]) -> np.ndarray:
    """Between vectors of JPEGs decoded at a fraction of their size and of the same JPEGs decoded in full."""
    engine = engine_for(starter())
    files = [jpeg_of(photo) for photo in photos]
    quick = np.stack([load_pixels(file, engine.side) for file in files])
    full = np.stack([centred(Image.open(BytesIO(file)), engine.side) for file in files])
    assert (quick != full).any()
    cosines: np.ndarray = (engine.embed_pixels(quick)[0] * engine.embed_pixels(full)[0]).sum(axis=1)
    return cosines


def test_scaled_decoding_hardly_changes_a_vector() -> None:
    pictures = [painted_picture(seed, *size) for seed, size in enumerate([(1080, 1350), (900, 700), (460, 500)])]
    assert cosines_of_scaled_decoding(pictures).min() > 0.99


@needs_photos
def test_scaled_decoding_hardly_changes_the_vector_of_a_real_photo() -> None:
    paths = sorted(PHOTOS.glob("*/*/*.jpg"))[::150]
    photos = [Image.open(path).convert("RGB") for path in paths]
    photos = [photo.resize((photo.width * 8, photo.height * 8), Image.Resampling.LANCZOS) for photo in photos]
    assert cosines_of_scaled_decoding(photos).min() > 0.99


@pytest.mark.parametrize("mode", ["L", "LA", "RGBA", "P", "CMYK", "I;16", "1"])
def test_every_kind_of_picture_gives_rgb(mode: str) -> None:
    picture = Image.new("I;16", (50, 70), 30000) if mode == "I;16" else painted_picture(2, 50, 70).convert(mode)
    buffer = BytesIO()
    picture.save(buffer, "TIFF")
    assert load_pixels(buffer.getvalue(), 112).shape == (112, 112, 3)


def test_a_photo_that_cannot_be_read_gets_its_reason_and_the_others_their_vectors(tmp_path: Path) -> None:
    good = jpeg_of(painted_picture(3))
    (tmp_path / "good.jpg").write_bytes(good)
    (tmp_path / "cut.jpg").write_bytes(good[: len(good) // 2])
    sources: dict[str, Source] = {
        "bytes": good,
        "empty": b"",
        "path": tmp_path / "good.jpg",
        "cut": tmp_path / "cut.jpg",
        "missing": tmp_path / "missing.jpg",
        "opener": lambda: BytesIO(good),
        "opener that fails": lambda: (tmp_path / "nowhere").open("rb"),
    }
    answers = list(engine_for(starter()).embed(sources.items()))
    assert [answer.key for answer in answers] == list(sources)
    readable = [answer.vector for answer in answers if answer.vector is not None]
    assert [answer.key for answer in answers if answer.error is None] == ["bytes", "path", "opener"]
    np.testing.assert_allclose(readable[0], readable[1], atol=1e-6)
    assert {answer.error for answer in answers if answer.error} == {
        "The file is missing.",
        "The file is not a picture that can be read.",
    }


def test_many_photos_come_back_in_the_order_they_went_in() -> None:
    files = [jpeg_of(painted_picture(seed, 60, 50)) for seed in range(5)]
    engine = engine_for(starter())
    each = np.stack([answer.vector for answer in engine.embed(enumerate(files)) if answer.vector is not None])
    answers = list(engine.embed((number, files[number % 5]) for number in range(203)))
    assert [answer.key for answer in answers] == list(range(203))
    for answer in answers:
        assert answer.vector is not None
        np.testing.assert_allclose(answer.vector, each[answer.key % 5], atol=1e-5)
    assert list(engine.embed([])) == []
