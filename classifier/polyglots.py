"""Where the picture in a file ends, and whether the file is also something else.

A polyglot is a file that two programs read as two different things: a picture for this one, an archive, a
page or a program for another. What is stored here is always encoded afresh, so nothing hidden survives;
refusing such a file tells its owner what they were handed.

**The rule.** A file is split into pixel data and margins (headers, comments, metadata, whatever follows the
picture's end). Pixel data is never searched: it is noise, and noise contains everything. It is refused if

1. a ZIP directory stands at its end, where every unzip tool looks (also inside a comment);
2. `%PDF-1.` stands in the first 1,024 bytes or in a margin, or a margin holds a RAR or 7z signature, a page
   or script tag (`<html`, `<script`, `<svg`, `<?php`) followed by text, or a PHP archive's stub;
3. what follows the picture, padding aside, begins like a program, a script or an archive;
4. it reads as JavaScript: its first length field spells `/*` and a margin closes that comment, or a GIF's
   width spells an operator, or plain text follows a GIF.

Anything else may follow a picture, because phones append much: zero padding, the second picture of an MPO or
an Ultra HDR photo, the film of a motion photo, Samsung's and Vivo's own blocks. Content Credentials are not
searched (they may carry a logo as SVG).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from struct import unpack_from

from classifier.wording import gettext_noop

MAX_PARTS = 50_000
"""Segments, chunks or boxes of one file; real ones have under 3,000, and Pillow keeps a record for each."""
MAX_SCANS = 64
"""Passes of a progressive JPEG; real ones have about 10. Each costs time for the whole picture, and a few bytes."""
MAX_GIF_TEXT = 2**20
"""Bytes of GIF extensions; Pillow joins comment blocks in quadratic time."""


class MalformedError(Exception):
    """The file's structure is not one that a camera or an editor writes."""


@dataclass(frozen=True)
class Outline:
    """The structure of one picture file; every number is a byte offset into it."""

    whole: bool
    """The end that the format prescribes is there."""
    end: int
    """Where the picture ends; what follows is not part of it."""
    margins: tuple[tuple[int, int], ...]
    """Ranges (start, stop) that are not pixel data, the rest after `end` included."""


class _Margins:
    """Collects ranges, joining neighbours and counting parts."""

    def __init__(self) -> None:
        self.ranges: list[tuple[int, int]] = []
        self.parts = 0

    def count(self) -> None:
        self.parts += 1
        if self.parts > MAX_PARTS:
            raise MalformedError

    def add(self, start: int, stop: int) -> None:
        if self.ranges and self.ranges[-1][1] == start:
            self.ranges[-1] = (self.ranges[-1][0], stop)
        else:
            self.ranges.append((start, stop))


def outline(kind: str, data: bytes) -> Outline:
    """Walk a file of `kind` (JPEG, PNG, GIF, WEBP, HEIF, AVIF) by its own length fields, never past its end.

    Raises `MalformedError` for a file of absurdly many parts. Its cost is a few milliseconds for 20 MB.
    """
    margins = _Margins()
    walk = {"JPEG": _walk_jpeg, "PNG": _walk_png, "GIF": _walk_gif, "WEBP": _walk_webp}.get(kind, _walk_boxes)
    try:
        end = walk(data, margins)
        whole = 0 <= end <= len(data)
    except IndexError:
        whole = False
    if not whole:
        end = len(data)
    margins.add(end, len(data))
    return Outline(whole, end, tuple(margins.ranges))


_NEXT_MARKER = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
_NOT_FILL = re.compile(rb"[^\xff]")
_JUMBF = 0xEB  # APP11: Content Credentials


def _walk_jpeg(data: bytes, margins: _Margins) -> int:
    pos, scans = 2, 0
    while True:
        fill = data.find(b"\xff", pos)
        found = _NOT_FILL.search(data, fill) if fill >= 0 else None
        if found is None:
            return -1
        marker, start = found.group()[0], found.start() + 1
        margins.count()
        if marker == 0xD9:
            return start
        if marker in (0x00, 0x01) or 0xD0 <= marker <= 0xD8:
            pos = start
            continue
        pos = start + _big(data, start, 2)
        if pos > len(data):
            return -1
        if marker != _JUMBF:
            margins.add(start, pos)
        if marker == 0xDA:
            scans += 1
            if scans > MAX_SCANS:
                raise MalformedError
            scan_end = _NEXT_MARKER.search(data, pos)
            if scan_end is None:
                return -1
            pos = scan_end.start()


def _walk_png(data: bytes, margins: _Margins) -> int:
    pos = 8
    while True:
        margins.count()
        size, name = _big(data, pos, 4), data[pos + 4 : pos + 8]
        stop = pos + 12 + size
        if name == b"IEND" or stop > len(data):
            return stop if stop <= len(data) else -1
        # Besides pixels: Content Credentials, and what is compressed, which no other program would read.
        if name not in (b"IDAT", b"fdAT", b"caBX", b"iCCP", b"zTXt"):
            margins.add(pos, stop)
        pos = stop


def _walk_gif(data: bytes, margins: _Margins) -> int:
    pos, text = 13 + _gif_palette(data[10]), 0
    while True:
        margins.count()
        block, start = data[pos], pos
        if block == 0x3B:
            return pos + 1
        if block == 0x2C:
            pos += 11 + _gif_palette(data[pos + 9])
        elif block == 0x21:
            pos += 2
        elif block == 0x00:  # stray terminators, which every viewer skips
            pos += 1
            continue
        else:
            return -1
        while size := data[pos]:
            pos += size + 1
        pos += 1
        if block == 0x21:
            margins.add(start, pos)
            text += pos - start
            if text > MAX_GIF_TEXT:
                raise MalformedError


def _gif_palette(flags: int) -> int:
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _walk_webp(data: bytes, margins: _Margins) -> int:
    end, pos = 8 + int.from_bytes(data[4:8], "little"), 12
    while pos + 8 <= min(end, len(data)):
        margins.count()
        name, size = data[pos : pos + 4], int.from_bytes(data[pos + 4 : pos + 8], "little")
        stop = min(pos + 8 + size + size % 2, end, len(data))
        if name not in (b"VP8 ", b"VP8L", b"ALPH", b"ANMF", b"C2PA"):
            margins.add(pos, stop)
        pos = stop
    return end


_CREDENTIALS = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
_NOT_THE_PICTURE = {b"free", b"skip", b"wide", b"uuid", b"mpvd"}
_BOXES = {b"ftyp", b"meta", b"moov", b"free", b"skip", b"wide", b"uuid", b"mdat", b"mpvd", b"moof"}


def _walk_boxes(data: bytes, margins: _Margins) -> int:
    pos = 0
    while data[pos + 4 : pos + 8] in _BOXES:
        margins.count()
        name, size = data[pos + 4 : pos + 8], _big(data, pos, 4)
        if size == 1:
            size = _big(data, pos + 8, 8)
        stop = pos + size if size else len(data)
        if pos and stop > len(data) and name in _NOT_THE_PICTURE:
            stop = len(data)  # viewers show the picture although the film or the padding behind it is cut
        if stop > len(data) or stop < pos + 8:
            return -1
        if name not in (b"mdat", b"mpvd") and data[pos + 8 : pos + 24] != _CREDENTIALS:
            margins.add(pos, stop)
        pos = stop
    return pos


def _big(data: bytes, pos: int, size: int) -> int:
    if pos + size > len(data):
        raise IndexError
    return int.from_bytes(data[pos : pos + size], "big")


_PDF = re.compile(rb"%PDF-[12]\.")
_MARKUP = re.compile(rb"<(?i:!doctype\s+html|html|script|svg|\?php)[\s/>][\t\n\r -~]{4}")
_PHAR = re.compile(rb"__HALT_COMPILER\(\)")
_ARCHIVE = re.compile(rb"Rar!\x1a\x07|7z\xbc\xaf\x27\x1c")
_MARGIN_RULES = (
    (_PDF, gettext_noop("a PDF document")),
    (_MARKUP, gettext_noop("a web page or a script")),
    (_PHAR, gettext_noop("a PHP program")),
    (_ARCHIVE, gettext_noop("an archive")),
)
_TRAILER_RULES = (
    (
        re.compile(rb"MZ|\x7fELF|\xfe\xed\xfa[\xce\xcf]|[\xce\xcf]\xfa\xed\xfe|\xca\xfe\xba\xbe"),
        gettext_noop("a program"),
    ),
    (re.compile(rb"#![ /]|%!PS|<\?xml"), gettext_noop("a script")),
    (re.compile(rb"PK\x03\x04|\x1f\x8b\x08|BZh[1-9]1AY|\xfd7zXZ\0|.{257}ustar", re.DOTALL), gettext_noop("an archive")),
)
_PADDING = re.compile(rb"[\0\xff\s]*")
_TEXT = re.compile(rb"[\t\n\r -~]{8}")
_GIF_SCRIPT = re.compile(rb"GIF8[79]a(?:/\*|[=;.,(\[+-][!-~])")  # such a width is 8,448 px or more
_COMMENT_CLOSED = re.compile(rb"\*/\s*[=;]")


def disguise(kind: str, data: bytes, found: Outline) -> str | None:
    """Name what else the file is ("a ZIP archive"), or None for a plain picture."""
    if _has_zip_directory(data):
        return gettext_noop("a ZIP archive")
    if _PDF.search(data, 0, 1024):
        return gettext_noop("a PDF document")
    for rule, name in _MARGIN_RULES:
        if any(rule.search(data, start, stop) for start, stop in found.margins):
            return name
    padding = _PADDING.match(data, found.end)
    trailer = padding.end() if padding else found.end
    for rule, name in _TRAILER_RULES:
        if rule.match(data, trailer):
            return name
    if kind == "GIF" and (_GIF_SCRIPT.match(data) or (found.whole and _TEXT.match(data, trailer))):
        return gettext_noop("a script")
    if data[4:6] == b"/*" and any(_COMMENT_CLOSED.search(data, *margin) for margin in found.margins):
        return gettext_noop("a script")
    return None


def _has_zip_directory(data: bytes) -> bool:
    """Whether an end-of-central-directory record near the end points back at a directory.

    The same test as `zipfile`'s, but without reading the directory, which may name a million files.
    """
    tail = len(data) - 65_557  # the record and the longest comment after it
    record = data.rfind(b"PK\x05\x06", max(0, tail))
    while record >= 0:
        if len(data) - record >= 22:
            size, _, comment = unpack_from("<IIH", data, record + 12)
            directory = data[max(0, record - size) : record][:4] if size else b"PK\x01\x02"
            zip64 = data[max(0, record - 20) : record].startswith(b"PK\x06\x07")
            if zip64 or (directory == b"PK\x01\x02" and comment <= len(data) - record - 22):
                return True
        record = data.rfind(b"PK\x05\x06", max(0, tail), record)
    return False
