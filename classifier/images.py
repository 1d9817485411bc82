"""One uploaded file in, one clean picture out. Plain Python and Pillow: no Django, no torch.

A stranger's file is recognised by its first bytes (never by its name), bounded before anything is decoded,
decoded once by the one decoder that fits, shrunk, turned upright, brought to sRGB and encoded afresh. Nothing
of the upload but its pixels is kept: no EXIF, GPS, XMP, colour profile, comment, thumbnail or appended file.

Memory: pictures that are read at the same time share a fixed room (classifier/room.py), so that any number of
uploads takes no more than one that just fits; HEIC and AVIF are decoded in a process of their own. glibc keeps what
several threads free after decoding (measured: 314 MB after the largest pictures in four threads). With
`MALLOC_MMAP_THRESHOLD_=262144` in the process's environment it goes back to 37 MB.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import NamedTuple

# The plugins register themselves when imported. Without them, Image.open(formats=["WEBP"]) would import all
# forty others, with their parsers, into a process that never wants them.
from PIL import (
    AvifImagePlugin,  # noqa: F401
    GifImagePlugin,  # noqa: F401
    Image,
    JpegImagePlugin,  # noqa: F401
    PngImagePlugin,  # noqa: F401
    WebPImagePlugin,  # noqa: F401
)

from classifier import room
from classifier.animations import seek_content
from classifier.colour import Colour, colour_of_numbers, in_srgb
from classifier.containers import colour_in_boxes, is_turned_by_boxes, png_colour
from classifier.decode_alone import Sacrificed, decoded_alone
from classifier.file_kinds import picture_kind, unsupported_kind
from classifier.mending import has_all_pixels, with_its_end
from classifier.modes import eight_bits, is_grey, on_white, tell_transparency
from classifier.polyglots import MalformedError, disguise, outline
from classifier.wording import gettext_noop

MAX_BYTES = 20 * 2**20
MAX_SIDE = 2048
THUMBNAIL_SIDE = 640
"""Long side of a thumbnail. A 4:5 portrait keeps 512 px across: a 256 px tile on a doubled screen."""
IMAGE_TYPE, THUMBNAIL_TYPE = "image/jpeg", "image/webp"
"""A library is a page of many thumbnails, so theirs is the smaller format; WebP at 2048 px would cost 100 ms."""

_SCALED_SIDE = 1920
"""A JPEG is decoded at 1/2, 1/4 or 1/8 if that leaves at least this long side. With 2048, the commonest photo
of all (12 megapixels, 4032 wide) would miss the half scale by 64 pixels and cost several times as much."""
_ALONE = {"HEIF", "AVIF"}
_OWN_HERE = 64 * 2**20  # bytes for the picture as it is kept, and for encoding it
_NAMES = {"WEBP": "WebP", "HEIF": "HEIC"}

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_ORIENTATION_TAG = 0x0112


class ImageRefused(Exception):
    """The file cannot be taken. `str()` is one sentence for its owner; `code` is for programs.

    Codes: empty, too_large, not_an_image, unsupported_type, svg, truncated, damaged, too_many_pixels,
    polyglot; and, where it is stored, account_deleted, storage_away.
    """

    def __init__(self, code: str, sentence: str, **values: str | int) -> None:
        """`sentence` is kept in English with its `values` apart: it may be said in a process that knows no language."""
        super().__init__(sentence)
        self.code, self.sentence, self.values = code, sentence, values

    def __str__(self) -> str:
        from django.utils.translation import gettext  # only where somebody reads it

        said = gettext(self.sentence)
        values = {name: gettext(value) if isinstance(value, str) else value for name, value in self.values.items()}
        return said % values if values else said


class Picture(NamedTuple):
    """A picture encoded afresh, with its thumbnail."""

    image: bytes
    thumbnail: bytes
    width: int
    height: int


@dataclass(frozen=True)
class CleanImage:
    """A picture that is safe to keep and to serve."""

    image: bytes
    """JPEG, sRGB, upright, long side <= MAX_SIDE, without any metadata."""
    thumbnail: bytes
    """WebP of the same picture and shape, long side <= THUMBNAIL_SIDE."""
    width: int
    """Of `image`, in pixels, as seen (after turning)."""
    height: int
    sha256: str
    """Hex digest of the uploaded bytes."""
    format: str
    """What was uploaded: JPEG, PNG, GIF, WEBP, HEIF or AVIF."""

    @property
    def picture_sha256(self) -> str:
        """Hex digest of `image`: the same for uploads that differ in metadata alone."""
        return hashlib.sha256(self.image).hexdigest()


def clean_image(data: bytes) -> CleanImage:
    """Verify and re-encode one upload; of an animation or a burst, the first picture that is not empty.

    Raises `ImageRefused`, and no other exception, whatever the bytes are.
    """
    kind = _accepted_kind(data)
    try:
        found = outline(kind, data)
    except MalformedError:
        raise _damaged() from None
    if other := disguise(kind, data, found):
        raise ImageRefused(
            "polyglot",
            gettext_noop("This picture is also %(other)s; open it in a photo app, save a fresh copy and add that."),
            other=other,
        )
    readable = with_its_end(kind, data, is_whole=found.whole)
    if readable is None:
        raise _truncated()
    if kind in _ALONE:
        picture = _picture_alone(kind, readable)
    else:
        picture = picture_of(kind, readable, is_mended=not found.whole)
    return CleanImage(*picture, sha256=hashlib.sha256(data).hexdigest(), format=kind)


def _picture_alone(kind: str, data: bytes) -> Picture:
    pixels, most = room.declared_pixels(data), room.most_pixels(room.bytes_a_pixel(kind))
    if pixels > most:
        raise _too_many_pixels(kind, most)
    needed = room.OWN + int((pixels or most) * room.bytes_a_pixel(kind))
    with room.taking(needed):
        try:
            return decoded_alone(kind, data, most_bytes=needed)
        except Sacrificed:
            raise _damaged() from None


def picture_of(kind: str, data: bytes, *, is_mended: bool = False) -> Picture:
    """Decode a file in this process. Raises `ImageRefused`, and no other exception.

    `is_mended` says that its end mark was missing. Only then pixels may be missing that a decoder makes up.
    """
    with _decoding():
        image = _open(kind, data)
        a_pixel = room.bytes_a_pixel(kind, image)
        pixels, most = image.width * image.height, room.most_pixels(a_pixel)
        if pixels > most:
            raise _too_many_pixels(kind, most)
        with room.taking(_OWN_HERE + int(pixels * a_pixel)):
            if is_mended and kind == "JPEG" and not has_all_pixels(data, _fitted(image.size, _SCALED_SIDE)):
                raise _truncated()
            image = _decoded(image, kind, data)
            thumbnail = _shrunk(image, THUMBNAIL_SIDE, reducing_gap=1.0)
            return Picture(
                image=_encoded(image, "JPEG", quality=88),
                thumbnail=_encoded(thumbnail, "WEBP", quality=80, method=0),
                width=image.width,
                height=image.height,
            )


def _accepted_kind(data: bytes) -> str:
    if not data:
        raise ImageRefused(
            "empty", gettext_noop("This file is empty; check that it opens on your device and add it again.")
        )
    if len(data) > MAX_BYTES:
        raise too_large()
    if kind := picture_kind(data):
        return kind
    other = unsupported_kind(data)
    if other == "SVG":
        raise ImageRefused("svg", gettext_noop("SVG is a drawing format, not a photo; export it as PNG or JPEG first."))
    if other:
        raise ImageRefused(
            "unsupported_type",
            gettext_noop("%(kind)s files are not supported; add a JPEG, PNG, WebP, HEIC, AVIF or GIF."),
            kind=other,
        )
    raise ImageRefused(
        "not_an_image", gettext_noop("This file is not a picture; add a JPEG, PNG, WebP, HEIC, AVIF or GIF.")
    )


@contextmanager
def _decoding() -> Iterator[None]:
    """Turn whatever a decoder raises into a refusal.

    Decoders report a bad file by a dozen unrelated types (OSError, SyntaxError, struct.error, zlib.error,
    MemoryError, IndexError, ...) and promise none of them, so a list would be wrong by the next release. The
    guard is wide in type and narrow in place: only the work on the file's pixels is inside it.
    """
    try:
        yield
    except ImageRefused:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels("", room.MOST_PIXELS) from None
    except Exception as error:
        cut = isinstance(error, EOFError) or "truncated" in str(error)
        raise (_truncated() if cut else _damaged()) from None


def _open(kind: str, data: bytes) -> Image.Image:
    """Read the header only."""
    if kind == "HEIF":
        # Here and not above: its libraries cost the process 6 MB, and most people never bring a HEIC.
        from pillow_heif import HeifImageFile

        heif: Image.Image = HeifImageFile(BytesIO(data))  # type: ignore[no-untyped-call]  # the library has no types
        return heif
    return Image.open(BytesIO(data), formats=[kind])


def _decoded(image: Image.Image, kind: str, data: bytes) -> Image.Image:
    """Decode, shrink, turn and colour: an RGB image in sRGB with an empty `info`."""
    if kind == "JPEG":
        image.draft(None, _fitted(image.size, _SCALED_SIDE))
    seek_content(image)
    was_grey = is_grey(image)
    image.load()
    orientation = _heif_orientation(image, data) if kind == "HEIF" else _orientation(image.info.get("exif"))
    colour = _colour(image, kind, data)
    if kind == "PNG" and image.mode in ("L", "RGB"):
        tell_transparency(image, depth=data[24])
    image = _shrunk(eight_bits(image, is_grey=was_grey), MAX_SIDE, reducing_gap=2.0)
    if orientation in _TURNS:
        image = image.transpose(_TURNS[orientation])
    image = on_white(in_srgb(image, colour))
    image.info = {}  # savers look there for comments and profiles
    return image


def _colour(image: Image.Image, kind: str, data: bytes) -> Colour:
    """What the file says of its colours; a profile counts more than numbers, except in a PNG's cICP."""
    profile: bytes | None = image.info.get("icc_profile")
    if kind == "PNG":
        return png_colour(data, profile)
    if profile or kind not in ("HEIF", "AVIF"):
        return profile
    if kind == "AVIF":
        return colour_in_boxes(data)
    numbers = image.info.get("nclx_profile") or {}
    return colour_of_numbers(numbers.get("color_primaries", 2), numbers.get("transfer_characteristics", 2))


def _orientation(exif: bytes | None) -> int:
    """By EXIF alone. XMP may tell one too, which is often stale: no browser follows it, and `getexif()` does."""
    try:
        tags = Image.Exif()
        tags.load(exif or b"")
        return int(tags.get(_ORIENTATION_TAG, 1))
    except Exception:  # broken EXIF is common and says nothing against the pixels
        return 1


def _heif_orientation(image: Image.Image, data: bytes) -> int:
    """libheif follows the boxes that turn a picture. Some phones write none, and only EXIF says how it was held."""
    if image.info.get("original_orientation") in (None, 1) or is_turned_by_boxes(data):
        return 1
    from pillow_heif import open_heif

    return _orientation(open_heif(BytesIO(data)).info.get("exif"))  # `image` was given 1 in its EXIF


def _fitted(size: tuple[int, int], side: int) -> tuple[int, int]:
    scale = min(1.0, side / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _shrunk(image: Image.Image, side: int, *, reducing_gap: float) -> Image.Image:
    """The image at a long side of at most `side`: averaged to `reducing_gap` times that, then Lanczos."""
    if max(image.size) <= side:
        return image
    return image.resize(_fitted(image.size, side), Image.Resampling.LANCZOS, reducing_gap=reducing_gap)


def _encoded(image: Image.Image, kind: str, **options: int) -> bytes:
    buffer = BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def too_large() -> ImageRefused:
    """For a file whose size is known before it is read, too."""
    return ImageRefused(
        "too_large", gettext_noop("This file is over %(most)s MB; add a smaller copy."), most=MAX_BYTES // 2**20
    )


def _truncated() -> ImageRefused:
    return ImageRefused(
        "truncated", gettext_noop("This picture is cut short, its end is missing; copy it again from its source.")
    )


def _damaged() -> ImageRefused:
    return ImageRefused("damaged", gettext_noop("This picture is damaged and cannot be read; add a fresh copy."))


def _too_many_pixels(kind: str, most: int) -> ImageRefused:
    limit = most // 1_000_000
    if most == room.MOST_PIXELS:
        sentence = gettext_noop("This picture has over %(limit)s megapixels; add a smaller copy.")
    else:
        sentence = gettext_noop(
            "This picture has over %(limit)s megapixels, the most for %(kind)ss like it; add a smaller copy."
        )
    return ImageRefused("too_many_pixels", sentence, limit=limit, kind=_NAMES.get(kind, kind))


_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_SEPARATOR = re.compile(r"[/\\]")
_ESCAPED = re.compile("%22|%0[AaDd]")
_MAX_NAME = 255


def clean_name(name: str) -> str:
    """The name to show for an upload: NFC, of visible characters, at most 255 of them, never empty.

    Of a path it is the last part. No name is refused, because nothing is ever opened or stored under it.
    """
    seen = "".join(map(_visible, unicodedata.normalize("NFC", _BIDI.sub("", name))))
    parts = [part.strip() for part in _SEPARATOR.split(seen)]
    shown = next((part for part in reversed(parts) if part.strip(" .")), "picture")
    if len(shown) > _MAX_NAME:
        stem, dot, ending = shown.rpartition(".")
        keep = dot + ending if stem and len(ending) <= 10 else ""
        shown = shown[: _MAX_NAME - len(keep)] + keep
    return shown


def as_named(name: str) -> str:
    """A file name as it was before a browser put it into quotes: it escapes three characters there, and no others.

    https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data
    """
    return _ESCAPED.sub(lambda found: '"' if found.group() == "%22" else " ", name)


def _visible(char: str) -> str:
    """A space for a control character, and a letter for a byte that Python could not decode when it read a folder."""
    if "\udc80" <= char <= "\udcff":
        return bytes([ord(char) - 0xDC00]).decode("cp1252", "replace")
    category = unicodedata.category(char)
    return " " if category in ("Cc", "Zl", "Zp") else "\N{REPLACEMENT CHARACTER}" if category == "Cs" else char
