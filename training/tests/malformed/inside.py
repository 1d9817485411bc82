"""Files whose zip and manifest are right, and whose weights are not: only who reads the weights can tell."""

from __future__ import annotations

import io
import pickle
import random
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch

from classifier.tests.malformed.damaged import flipped, overwritten
from training.tests.malformed.version import VersionFile, content_of, exported, packed, saved, sound_weights

WRONG: tuple[Any, ...] = (None, "x", [], {}, -1, 10**400, torch.zeros(3, 3), float("nan"))
SCALARS = ("head_bias", "head_strength", "alpha", "epochs")
OF_KERNEL = ("sharpness", "bias", "strength")
OF_CALIBRATION = ("kernel_slope", "tail_slope", "shift")


def inside_files(trap: Path) -> Iterator[VersionFile]:
    """`trap` is made by whatever unpickles one of them."""
    for family, name, weights, taken in (*_damaged(), *_parts(), *_numbers(), *_tensors()):
        yield VersionFile(family, name, exported(weights), taken)
    for name, weights in (*_pickles(trap), *_foreign()):
        yield VersionFile("pickle", name, exported(weights))
    for name, weights in _heavy():
        yield VersionFile("heavy", name, exported(weights), is_heavy=True)


Weights = Iterator[tuple[str, str, bytes, bool | None]]


def _damaged() -> Weights:
    whole, chance = sound_weights(), random.Random(40)
    for percent in range(5, 100, 5):
        yield "weights cut", f"at {percent}", whole[: len(whole) * percent // 100], False
    for number in range(30):
        yield "weights flipped", str(number), flipped(whole, chance), None
    for number in range(20):
        yield "weights overwritten", str(number), overwritten(whole, chance), None
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    described = next(name for name in members if name.endswith("data.pkl"))
    for number in range(60):  # the pickle alone, in a zip that is sound
        spoilt = packed({**members, described: flipped(members[described], chance, most=4)})
        yield "pickle flipped", str(number), spoilt, None
    for name in members:
        without = packed({key: content for key, content in members.items() if key != name})
        harmless = not name.endswith(("data.pkl", "/version")) and "/data/" not in name
        yield "weights without", name, without, None if harmless else False


def _changed(**changes: Any) -> bytes:
    return saved({**content_of(sound_weights()), **changes})


def _within(part: str, **changes: Any) -> bytes:
    return _changed(**{part: {**content_of(sound_weights())[part], **changes}})


def _parts() -> Weights:
    content = content_of(sound_weights())
    for name in content:
        yield "part missing", name, saved({key: value for key, value in content.items() if key != name}), False
        for number, wrong in enumerate(WRONG):
            harmless = (name, number) in {("tail", 2), ("tail", 3), *((scalar, 4) for scalar in SCALARS)}
            lenient = harmless or name == "fingerprint"
            yield "part wrong", f"{name} {number}", _changed(**{name: wrong}), None if lenient else False
    for part in ("kernel", "calibration"):
        for name in content[part]:
            less = {key: value for key, value in content[part].items() if key != name}
            yield "part missing", f"{part} {name}", _changed(**{part: less}), False
            for number, wrong in enumerate(WRONG):
                if number != 4:
                    yield "part wrong", f"{part} {name} {number}", _within(part, **{name: wrong}), False
    for number, wrong in enumerate(("", "{", "[]", "NaN", '{"a": NaN}', "[" * 100_000, "1" * 5000)):
        yield "part wrong", f"figures {number}", _changed(figures=wrong), None if number in (2, 4) else False
    yield "part wrong", "one too many", _within("calibration", more=1.0), False
    yield "part wrong", "another backbone", _changed(backbone_id="ViT-B-32/other"), False
    yield "part wrong", "a list", saved([content]), False
    yield "part wrong", "a tensor", saved(torch.zeros(3)), False


def _numbers() -> Weights:
    for value in (float("nan"), float("inf"), float("-inf"), 1e300):
        taken = None if value == 1e300 else False
        for name in SCALARS:
            yield "number", f"{name} {value}", _changed(**{name: value}), taken
        for name in OF_KERNEL:
            yield "number", f"kernel {name} {value}", _within("kernel", **{name: value}), taken
        for name in OF_CALIBRATION:
            yield "number", f"calibration {name} {value}", _within("calibration", **{name: value}), taken


def _tensors() -> Weights:
    content, tuned = content_of(sound_weights()), content_of(sound_weights(tuned=True))
    weight, kernel = content["head_weight"], content["kernel"]
    parts = {"head_weight": weight, "landmarks": kernel["landmarks"], "coefficients": kernel["coefficients"]}

    def with_(name: str, tensor: torch.Tensor) -> bytes:
        return _changed(head_weight=tensor) if name == "head_weight" else _within("kernel", **{name: tensor})

    for name, tensor in parts.items():
        for value in (float("nan"), float("inf"), float("-inf")):
            spoilt = tensor.clone().float()
            spoilt.view(-1)[0] = value
            yield "tensor", f"{name} with {value}", with_(name, spoilt), False
        huge = torch.full_like(tensor, 3e38, dtype=torch.float32)
        yield "tensor", f"{name} huge", with_(name, huge), None  # as long as what it says is a probability
        for dtype in (torch.int64, torch.bool, torch.uint8, torch.complex64, torch.float64, torch.bfloat16):
            real = dtype in (torch.float64, torch.bfloat16)
            yield "tensor", f"{name} of {dtype}", with_(name, tensor.to(dtype)), None if real else False
        for what, shaped in {
            "of no dimension": tensor.reshape(-1)[0].clone(),
            "empty": tensor[:0].clone(),
            "of one more dimension": tensor[None].clone(),
            "shorter": tensor[..., :-1].clone(),
            "longer": torch.cat([tensor, tensor]),
            "sparse": tensor.float().to_sparse(),
            "on no device": tensor.to("meta"),
            "expanded": tensor.reshape(-1)[:1].expand(tensor.shape),
        }.items():
            yield "tensor", f"{name} {what}", with_(name, shaped), None if what == "expanded" else False
    tail = tuned["tail"]
    first = next(iter(tail))
    for what, other in {
        "one tensor less": {key: value for key, value in tail.items() if key != first},
        "one tensor more": {**tail, "more": torch.zeros(1)},
        "another shape": {**tail, "proj": tail["proj"][:, :-1].clone()},
        "not finite": {**tail, "proj": torch.full_like(tail["proj"], float("nan"))},
        "huge": {**tail, "proj": torch.full_like(tail["proj"], 3e38, dtype=torch.float32)},
        "of whole numbers": {key: value.long() for key, value in tail.items()},
        "complex": {key: value.to(torch.complex64) for key, value in tail.items()},
        "no tensors": dict.fromkeys(tail, 1.0),
        "names no text": dict(enumerate(tail.values())),
    }.items():
        yield "tail", what, saved({**tuned, "tail": other}), False


class Trap:
    """Opening its pickle the trusting way makes a file."""

    def __init__(self, call: Any, *given: Any) -> None:
        self.reduced = (call, given)

    def __reduce__(self) -> tuple[Any, ...]:
        return self.reduced


def _pickles(trap: Path) -> Iterator[tuple[str, bytes]]:
    import builtins
    import os
    import subprocess

    made = f"open({str(trap)!r}, 'w').close()"
    traps = {
        "touch": Trap(Path.touch, trap),
        "open": Trap(builtins.open, str(trap), "w"),
        "exec": Trap(builtins.exec, made),
        "eval": Trap(builtins.eval, made),
        "system": Trap(os.system, f"touch {trap}"),
        "run": Trap(subprocess.run, ["touch", str(trap)]),
        "getattr": Trap(getattr, Trap(__import__, "os"), "system"),
        "load": Trap(torch.load, str(trap)),
    }
    content = content_of(sound_weights())
    for name, spring in traps.items():
        yield f"{name} alone", saved(spring)
        yield f"{name} in a part", saved({**content, "fingerprint": spring})
        yield f"{name} of before", saved({**content, "tail": spring}, legacy=True)
        for protocol in (0, 2, 5):
            yield f"{name} bare {protocol}", pickle.dumps({**dict.fromkeys(content), "tail": spring}, protocol)
    call = b"S'touch %s'\ntR." % str(trap).encode()
    yield "by hand", b"cos\nsystem\n(" + call
    yield "by an instance", b"(S'touch %s'\nios\nsystem\n." % str(trap).encode()
    yield "by an object", b"(cos\nsystem\n" + b"S'touch %s'\no." % str(trap).encode()
    yield "by a stack", b"\x80\x04\x8c\x02os\x8c\x06system\x93(" + call
    yield "that never ends", b"\x80\x02" + b"(" * 100_000
    yield "that remembers much", b"\x80\x02" + b"N" + b"r\xff\xff\xff\x7f" + b"."
    yield "with a long text", b"\x80\x04\x8d" + struct.pack("<Q", 2**62)
    yield "with a long integer", b"\x80\x02\x8b" + struct.pack("<i", 2**31 - 1)
    nested = b"\x80\x02" + b"]" * 50_000 + b"a" * 49_999 + b"."
    yield "nested", nested


def _foreign() -> Iterator[tuple[str, bytes]]:
    header = b'{"tail":{"dtype":"F16","shape":[9999999999,9999999999],"data_offsets":[0,8]}}'
    yield "empty", b""
    yield "text", b"weights"
    yield "zeros", bytes(10_000)
    yield "zip of nothing", packed({})
    yield "zip of another kind", packed({"a.txt": b"a"})
    script = {"code/__torch__.py": b"x", "constants.pkl": b"\x80\x02).", "data.pkl": b"\x80\x02)."}
    yield "scripted module", packed({f"archive/{name}": content for name, content in script.items()})
    yield "numpy", b"\x93NUMPY\x01\0v\0" + bytes(500)
    yield "safetensors", struct.pack("<Q", len(header)) + header + bytes(8)
    yield "safetensors with a long header", struct.pack("<Q", 2**62) + header
    yield "safetensors with overlaps", struct.pack("<Q", 2) + b"{}" + bytes(800)
    yield "hdf5", b"\x89HDF\r\n\x1a\n" + bytes(500)
    yield "gguf", b"GGUF\x03\0\0\0" + bytes(500)
    yield "picture", b"\xff\xd8\xff\xe0" + bytes(500)
    yield "export in an export", exported(sound_weights())


def _heavy() -> Iterator[tuple[str, bytes]]:
    """Small files that would become large: by tensors of one number, seen a billion times, and by zips in the zip."""
    content = content_of(sound_weights())
    width = len(content["head_weight"])
    one = torch.zeros(1, dtype=torch.float16)
    for count in (100_000, 10_000_000, 10**12):
        kernel = {**content["kernel"], "landmarks": one.expand(count, width), "coefficients": one.expand(count)}
        yield f"{count} landmarks", saved({**content, "kernel": kernel})
    with zipfile.ZipFile(io.BytesIO(sound_weights())) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    storage = next(name for name in members if name.endswith("/data/0"))
    yield "swollen tensor", packed({**members, storage: bytes(2**26)}, zipfile.ZIP_DEFLATED)
    described = next(name for name in members if name.endswith("data.pkl"))
    yield "swollen pickle", packed({**members, described: bytes(2**26)}, zipfile.ZIP_DEFLATED)
