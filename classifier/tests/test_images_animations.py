"""Of an animation whose first frame is empty, the frame that shows most is kept."""

from __future__ import annotations

import pytest
from PIL import Image

from classifier import animations
from classifier.images import clean_image
from classifier.tests.colour_samples import fields
from classifier.tests.fault_samples import fading_in, out_of_nothing
from classifier.tests.image_samples import cleaned, encoded, halves, near
from classifier.tests.test_images_colours import assert_seen

KINDS = ["GIF", "WEBP", "PNG", "AVIF"]


@pytest.mark.parametrize("kind", KINDS)
def test_one_that_fades_in_is_kept_at_its_brightest(kind: str) -> None:
    assert_seen(fading_in(kind))


@pytest.mark.parametrize("colour", ["white", "red", "grey"])
def test_the_empty_frame_may_have_any_colour(colour: str) -> None:
    assert_seen(fading_in("GIF", Image.new("RGB", fields().size, colour)))


@pytest.mark.parametrize("kind", ["GIF", "WEBP"])
def test_the_empty_frame_may_be_see_through(kind: str) -> None:
    assert_seen(out_of_nothing(kind))


@pytest.mark.parametrize("kind", KINDS)
def test_a_first_frame_that_shows_something_is_kept(kind: str) -> None:
    faint = Image.blend(Image.new("RGB", (64, 48), "grey"), halves(), 0.2)
    image = cleaned(encoded(faint, kind, save_all=True, append_images=[halves()]))
    assert near(image.getpixel((8, 8)), faint.getpixel((8, 8)))  # type: ignore[arg-type]  # of RGB it is a tuple


def test_an_animation_that_stays_empty_is_kept_as_it_is() -> None:
    black, grey = Image.new("RGB", (64, 48)), Image.new("RGB", (64, 48), (9, 9, 9))
    assert near(cleaned(encoded(black, "GIF", save_all=True, append_images=[grey])).getpixel((8, 8)), (0, 0, 0), 3)


def test_only_some_frames_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(animations, "_FRAMES", 3)
    data = fading_in("GIF", steps=10)
    image = cleaned(data)
    assert clean_image(data).format == "GIF"
    assert near(image.getpixel((20, 20)), (40, 8, 8), 12)  # the third of eleven
