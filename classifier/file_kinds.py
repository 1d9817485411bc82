"""What a file is, told by its first bytes; never by its name or by what the browser claims."""

from __future__ import annotations

import re

from classifier.wording import gettext_noop

ENDINGS = {".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".heic", ".heif", ".hif", ".avif", ".gif"}
"""Which files of a folder are worth opening, in lower case; what they are, their first bytes say."""

_HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"}
_AVIF_BRANDS = {b"avif", b"avis"}
_SVG = re.compile(rb"\s*(?:<\?xml|<!--|<!doctype\s+svg|<(?:\w+:)?svg)", re.IGNORECASE)

_OTHERS = (
    (re.compile(rb"BM.{4}\0{4}", re.DOTALL), "BMP"),
    (re.compile(rb"II[*+]\0|MM\0[*+]|IIRO|IIU\0|FUJIFILMCCD-RAW"), gettext_noop("TIFF and camera raw")),
    (re.compile(rb"8BP[SB]"), "Photoshop"),
    (re.compile(rb"\xff\x0a|\0{3}\x0cJXL "), "JPEG XL"),
    (re.compile(rb"\0{3}\x0cjP  |\xff\x4f\xff\x51"), "JPEG 2000"),
    (re.compile(rb"\x00\x00[\x01\x02]\x00[^\x00]\x00"), gettext_noop("Icon")),
    (re.compile(rb"%PDF-|\xef\xbb\xbf%PDF-"), "PDF"),
    (re.compile(rb"PK(?:\x03\x04|\x05\x06|\x07\x08)"), gettext_noop("ZIP and office")),
    (re.compile(rb"Rar!\x1a\x07|7z\xbc\xaf\x27\x1c|\x1f\x8b\x08|BZh\d1AY|\xfd7zXZ\0"), gettext_noop("Archive")),
    (re.compile(rb".{4}(?:ftyp|moov|mdat|wide)", re.DOTALL), gettext_noop("Video")),
    (re.compile(rb"\x1aE\xdf\xa3|RIFF.{4}AVI |\x00\x00\x01[\xb3\xba]|FLV\x01", re.DOTALL), gettext_noop("Video")),
    (re.compile(rb"ID3|OggS|fLaC|RIFF.{4}WAVE", re.DOTALL), gettext_noop("Sound")),
)


def picture_kind(data: bytes) -> str | None:
    """The accepted kind that the file begins as (JPEG, PNG, GIF, WEBP, HEIF or AVIF), or None."""
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "GIF"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "WEBP"
    return _brand_kind(data) if data[4:8] == b"ftyp" else None


def _brand_kind(data: bytes) -> str | None:
    """HEIC, AVIF and film share one container: the major brand decides, or else the compatible ones."""
    major, stop = data[8:12], min(int.from_bytes(data[:4], "big"), 512, len(data))
    compatible = {data[pos : pos + 4] for pos in range(16, stop - 3, 4)}
    if major in _AVIF_BRANDS or (major in (b"mif1", b"msf1") and compatible & _AVIF_BRANDS):
        return "AVIF"
    return "HEIF" if major in _HEIF_BRANDS else None


def unsupported_kind(data: bytes) -> str | None:
    """A word for a known kind that is not accepted ("PDF", "SVG", "Video"), or None."""
    text = data[:4096].removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")
    text = text.replace(b"\0", b"")  # UTF-16, as far as a few tags need it
    if _SVG.match(text) and re.search(rb"<(?:\w+:)?svg[\s>]", text, re.IGNORECASE):
        return "SVG"
    return next((name for pattern, name in _OTHERS if pattern.match(data)), None)
