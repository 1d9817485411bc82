"""Files whose zip or manifest is wrong: none of them gets as far as its weights."""

from __future__ import annotations

import copy
import io
import json
import random
import struct
import warnings
import zipfile
from collections.abc import Iterator
from typing import Any

from classifier.tests.malformed.damaged import flipped, overwritten
from classifier.tests.malformed.others import zip_bomb
from training.tests.malformed.version import (
    MANIFEST,
    WEIGHTS,
    VersionFile,
    exported,
    manifest_of,
    packed,
    sound_weights,
)

WRONG: tuple[Any, ...] = (None, True, -1, 1.5, 10**30, "x", "", [], [1], {}, {"value": 1})


def outside_files() -> Iterator[VersionFile]:
    yield from _damaged()
    yield from _manifests()
    yield from _texts()
    yield from _zips()
    yield from _foreign()


def _damaged() -> Iterator[VersionFile]:
    whole, chance = exported(sound_weights()), random.Random(30)
    for percent in range(5, 100, 5):
        yield VersionFile("cut", f"at {percent}", whole[: len(whole) * percent // 100])
    for last in (1, 2, 21, 22, 23, 60, 150):
        yield VersionFile("cut", f"without its last {last}", whole[:-last])
    yield VersionFile("cut", "without its first", whole[1:])
    for number in range(60):
        yield VersionFile("flipped", str(number), flipped(whole, chance), taken=None)
    for number in range(20):
        yield VersionFile("overwritten", str(number), overwritten(whole, chance), taken=None)
    for number in range(60):  # where lengths and offsets are: the directory and the first header
        changed = bytearray(whole)
        for _ in range(3):
            changed[chance.choice((chance.randrange(60), -1 - chance.randrange(150)))] = chance.choice((0, 1, 127, 255))
        yield VersionFile("header", str(number), bytes(changed), taken=None)


def _manifests() -> Iterator[VersionFile]:
    weights = sound_weights()
    sound = manifest_of(weights)
    for name in ("format", "format_number", "backbone", "figures", "weights"):
        said = {key: value for key, value in sound.items() if key != name}
        yield VersionFile("manifest", f"no {name}", exported(weights, said))
        for number, wrong in enumerate(WRONG):
            if (name, wrong) not in (("figures", {}), ("figures", {"value": 1}), ("format_number", True)):
                yield VersionFile("manifest", f"{name} {number}", exported(weights, {**sound, name: wrong}))
    for figure in ("accuracy", "balanced_accuracy", "auc", "log_loss", "calibration_error"):
        number_alone = -0.1 if figure == "calibration_error" else 0.5  # which has no interval
        for number, wrong in enumerate(
            (*WRONG, {"value": 0.5, "low": None, "high": 1}, {"value": 1e300}, number_alone)
        ):
            said = copy.deepcopy(sound)
            said["figures"][figure] = wrong
            yield VersionFile("figures", f"{figure} {number}", exported(weights, said))
    for count in ("likes", "dislikes"):
        for number, wrong in enumerate(WRONG):
            said = copy.deepcopy(sound)
            said["figures"][count] = wrong
            yield VersionFile("figures", f"{count} {number}", exported(weights, said))
    for key in ("size", "sha256"):
        for number, wrong in enumerate((*WRONG, "0" * 64, len(weights) + 1)):
            said = {**sound, "weights": {**sound["weights"], key: wrong}}
            yield VersionFile("manifest", f"weights {key} {number}", exported(weights, said))
    for backbone in (
        "ViT-B-32/datacomp_xl_s13b_b90k",
        "starter/2",
        "<b>starter</b>",
        "a. b! c?\nd",
        "x" * 5000,
        "../starter",
        "half a pair \ud800",
        "nul \x00",
    ):
        yield VersionFile("backbone", backbone[:30], exported(weights, {**sound, "backbone": backbone}))
    for format_ in (0, 2, -1, 10**30, "1", 1.5):
        yield VersionFile("format", str(format_), exported(weights, {**sound, "format_number": format_}))


def _texts() -> Iterator[VersionFile]:
    weights = sound_weights()
    sound = json.dumps(manifest_of(weights))
    nan = sound.replace("0.81", "NaN", 1)
    texts: dict[str, bytes] = {
        "empty": b"",
        "no json": b"{",
        "a list": b"[]",
        "a number": b"1",
        "null": b"null",
        "a text": b'"dating-wizard-export"',
        "nested lists": b"[" * 100_000,
        "nested objects": b'{"a":' * 100_000,
        "a long number": sound.replace("42", "4" * 100_000).encode(),
        "not a number": nan.encode(),
        "infinite": nan.replace("NaN", "Infinity").encode(),
        "minus infinite": nan.replace("NaN", "-Infinity").encode(),
        "too large a number": nan.replace("NaN", "1e999").encode(),
        "not utf-8": sound.encode().replace(b"starter", b"\xff\xfe\xfd"),
        "half a pair": sound.replace("starter", "\\ud800").encode(),
        "nul": sound.replace("starter", "\\u0000").encode(),
        "cut": sound[:-20].encode(),
        "more behind": sound.encode() + b"{}",
        "too long": sound.encode() + b" " * (2 * 2**20),
        "a pickle": b"cos\nsystem\n(S'true'\ntR.",
        "xml": b"<?xml version='1.0'?><manifest/>",
    }
    for name, text in texts.items():
        yield VersionFile("json", name, exported(weights, text))


def _zips() -> Iterator[VersionFile]:
    weights = sound_weights()
    manifest = json.dumps(manifest_of(weights)).encode()
    members = {MANIFEST: manifest, WEIGHTS: weights}
    whole = packed(members)
    for way, number in (("deflated", 8), ("bzip2", 12), ("lzma", 14)):
        yield VersionFile("zip", way, packed(members, number))
    for name in (
        "../version.pt",
        "/version.pt",
        "C:\\version.pt",
        "version.pt/",
        "VERSION.PT",
        "a/version.pt",
        "",
        "\u202eversion.pt",
    ):
        yield VersionFile("zip", f"weights called {name}", packed({MANIFEST: manifest, name: weights}))
    yield VersionFile("zip", "of nothing", packed({}))
    yield VersionFile("zip", "manifest alone", packed({MANIFEST: manifest}))
    yield VersionFile("zip", "weights alone", packed({WEIGHTS: weights}))
    for name in ("more.txt", "../../etc/passwd", "__MACOSX/._version.pt", "archive/data.pkl"):
        yield VersionFile("zip", f"with {name}", packed({**members, name: b""}))
    yield VersionFile("zip", "with each twice", _twice(members))
    yield VersionFile("zip", "in a zip", packed({"a.wizard": whole}))
    yield VersionFile("zip", "with a comment", packed(members, comment=b"x" * 65_535))
    yield VersionFile("zip", "behind a program", b"MZ" + bytes(500) + whole, taken=None)
    yield VersionFile("zip", "before a page", whole + b"<html>" * 100)
    yield VersionFile("zip", "bomb", zip_bomb())
    yield VersionFile("zip", "bomb as weights", packed({MANIFEST: manifest, WEIGHTS: bytes(50 * 2**20)}, 8))
    yield VersionFile("zip", "bomb as manifest", packed({MANIFEST: bytes(50 * 2**20), WEIGHTS: weights}, 8))
    directory = whole.index(b"PK\x01\x02")
    for name, at, value in (
        ("encrypted", 8, b"\x01\0"),
        ("strongly encrypted", 8, b"\x41\0"),
        ("patched", 8, b"\x20\0"),
        ("of a later version", 6, b"\xff\0"),
        ("by an unknown method", 10, b"\x63\0"),
        ("with another sum", 16, b"\0\0\0\0"),
        ("of four gigabytes", 20, b"\xff" * 8),
        ("of three gigabytes", 20, b"\xff\xff\xff\xbf" * 2),
        ("with a long name", 28, b"\xff\xff"),
        ("with a long extra", 30, b"\xff\xff"),
        ("on another disk", 34, b"\xff\xff"),
        ("far away", 42, b"\xff\xff\xff\x7f"),
        ("before the beginning", 42, b"\xff\xff\xff\xff"),
    ):
        changed = bytearray(whole)
        changed[directory + at : directory + at + len(value)] = value
        ours = name in ("patched", "on another disk", "of a later version")
        yield VersionFile("zip", f"a member {name}", bytes(changed), taken=None if ours else False)
    for name, end in _ends(whole):
        yield VersionFile("zip", name, end)
    yield VersionFile("zip", "with members over one another", _overlapping(whole))


def _twice(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive, warnings.catch_warnings(action="ignore"):
        for _ in range(2):
            for name, content in members.items():
                info = zipfile.ZipInfo(name)
                archive.writestr(info, content)
    return out.getvalue()


def _ends(whole: bytes) -> Iterator[tuple[str, bytes]]:
    """The record at the end says where the directory is, and how large."""
    end = whole[-22:]
    for name, at, form, value in (
        ("no members", 8, "<HH", (0, 0)),
        ("60,000 members", 8, "<HH", (60_000, 60_000)),
        ("a large directory", 12, "<I", (2**31,)),
        ("a small directory", 12, "<I", (10,)),
        ("a directory elsewhere", 16, "<I", (2**31,)),
        ("a comment that is not there", 20, "<H", (500,)),
    ):
        changed = bytearray(end)
        struct.pack_into(form, changed, at, *value)
        if name not in ("no members", "60,000 members"):  # which nobody's unzip reads
            yield f"that says {name}", whole[:-22] + bytes(changed)
    entry = struct.pack("<4s6H3I5H2I", b"PK\x01\x02", 20, 20, *[0] * 4, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
    many = entry * 400_000
    ending = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 2, 2, len(many), len(whole), 0)
    yield "of 400,000 members", whole + many + ending
    end64 = struct.pack("<4sQ2H2I4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 2, 2, len(many), len(whole))
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, len(whole) + len(many), 1)
    small = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 2, 2, 120, len(whole), 0)
    yield "of 400,000 members in another directory", whole + many + end64 + locator + small


def _overlapping(whole: bytes) -> bytes:
    """Both members at the same place."""
    changed = bytearray(whole)
    first = whole.index(b"PK\x01\x02")
    second = whole.index(b"PK\x01\x02", first + 4)
    changed[second + 42 : second + 46] = whole[first + 42 : first + 46]
    return bytes(changed)


def _foreign() -> Iterator[VersionFile]:
    weights = sound_weights()
    header = json.dumps({"tail": {"dtype": "F16", "shape": [2, 2], "data_offsets": [0, 8]}}).encode()
    for name, content in {
        "empty": b"",
        "a byte": b"P",
        "text": b"not a version",
        "json": b"{}",
        "pdf": b"%PDF-1.7\n",
        "picture": b"\x89PNG\r\n\x1a\n" + bytes(100),
        "program": b"\x7fELF" + bytes(100),
        "gzip": b"\x1f\x8b\x08" + bytes(100),
        "tar": b"payload".ljust(257, b"\0") + b"ustar\x0000" + bytes(1000),
        "hdf5": b"\x89HDF\r\n\x1a\n" + bytes(500),
        "gguf": b"GGUF\x03\0\0\0" + bytes(500),
        "numpy": b"\x93NUMPY\x01\0v\0" + bytes(500),
        "onnx": b"\x08\x07\x12\x07pytorch" + bytes(500),
        "safetensors": struct.pack("<Q", len(header)) + header + bytes(8),
        "safetensors with a long header": struct.pack("<Q", 2**63) + header + bytes(8),
        "safetensors without a header": struct.pack("<Q", 0),
        "the weights alone": weights,
        "an end of a zip alone": b"PK\x05\x06" + bytes(18),
        "zeros": bytes(100_000),
        "ends of zips": (b"PK\x05\x06" + bytes(18)) * 3000,
    }.items():
        yield VersionFile("foreign", name, content)
