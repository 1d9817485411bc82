from io import BytesIO

import pytest
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from classifier.images import CleanImage, clean_image
from classifier.tests.image_samples import cleaned, encoded, exif, halves, near

XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF>secret-place</rdf:RDF></x:xmpmeta>'
HARMLESS = {"jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi", "loop", "background", "timestamp", "duration"}
TRACES = (b"Exif", b"SecretPhone", b"xmpmeta", b"secret", b"ICC_PROFILE", b"acsp", b"Photoshop")


def assert_no_trace(clean: CleanImage) -> None:
    for output in (clean.image, clean.thumbnail):
        assert not [trace for trace in TRACES if trace in output]
        image = Image.open(BytesIO(output))
        assert not image.getexif()
        assert set(image.info) <= HARMLESS


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "HEIF"])
def test_place_maker_and_profile_are_gone(kind: str) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = encoded(halves(), kind, exif=exif(), icc_profile=profile, xmp=XMP)
    assert b"SecretPhone" in data
    assert_no_trace(clean_image(data))


def test_comments_are_gone() -> None:
    notes = PngInfo()
    notes.add_text("Comment", "secret")
    assert_no_trace(clean_image(encoded(halves(), comment=b"secret")))
    assert_no_trace(clean_image(encoded(halves(), "GIF", comment=b"secret")))
    assert_no_trace(clean_image(encoded(halves(), "PNG", pnginfo=notes)))


def test_what_was_appended_is_gone() -> None:
    assert_no_trace(clean_image(encoded(halves()) + b"\0" * 64 + b"secret" * 100))


def linear_profile() -> bytes:
    """An RGB profile that differs from sRGB visibly: its grey 128 is sRGB's 188.

    It is lcms's own sRGB with the shared tone curve (a `para` of type 3, g a b c d) set to the identity.
    """
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    curve = data.index(b"para\0\0\0\0\0\x03")
    for place, value in enumerate((1.0, 1.0, 0.0, 1.0, 0.0)):
        at = curve + 12 + 4 * place
        data[at : at + 4] = round(value * 65536).to_bytes(4, "big")
    name = "sRGB".encode("utf-16-be")
    return bytes(data).replace(name, "Test".encode("utf-16-be"))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "HEIF"])
def test_colours_go_through_the_embedded_profile(kind: str) -> None:
    grey = Image.new("RGB", (40, 30), (128, 128, 128))
    assert near(cleaned(encoded(grey, kind)).getpixel((5, 5)), (128, 128, 128), 4)
    seen = cleaned(encoded(grey, kind, icc_profile=linear_profile())).getpixel((5, 5))
    assert near(seen, (188, 188, 188), 4)


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_broken_profile_is_ignored(kind: str) -> None:
    grey = Image.new("RGB", (40, 30), (128, 128, 128))
    for profile in (b"nonsense" * 20, linear_profile()[:300], b""):
        assert near(cleaned(encoded(grey, kind, icc_profile=profile)).getpixel((5, 5)), (128, 128, 128), 4)


def test_a_profile_for_another_kind_of_picture_is_ignored() -> None:
    grey = Image.new("L", (40, 30), 128)
    assert near(cleaned(encoded(grey, icc_profile=linear_profile())).getpixel((5, 5)), (128, 128, 128), 4)
