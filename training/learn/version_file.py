"""A version as a file: `version_<N>.pt`, written once and never changed."""

import hashlib
import json
import math
import os
import re
import zipfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from classifier.clip.towers import Tail
from training.learn.calibration import Calibration
from training.learn.head import MOST_LANDMARKS, Head, KernelHead
from training.learn.version import Version

FORMAT = "dating-wizard-version"
FORMAT_NUMBER = 1
_NAME = re.compile(r"[\w.+-]{1,100}/[\w.+-]{1,100}", re.ASCII)  # of a backbone: what may be said of a stranger's file


class VersionFileError(Exception):
    """A version file that cannot serve; the message is one sentence for the user."""


class WrongBackbone(VersionFileError):
    """Trained on another backbone than the one that runs."""


class UnknownFormat(VersionFileError):
    """Readable, but not a version file, or one of a later Dating Wizard."""


class CorruptVersion(VersionFileError):
    """Missing, cut off, or with parts that do not fit together."""


class TamperedVersion(VersionFileError):
    """Not the bytes that were written."""


def save_version(path: Path, version: Version) -> str:
    """Writes the file in one step, never half of it, and returns its sha256 as hex.

    Raises OSError (a full disk, say) and leaves nothing behind.
    """
    content = {
        "format": FORMAT,
        "format_number": FORMAT_NUMBER,
        "backbone_id": version.backbone_id,
        "tail": version.tail,
        "head_weight": torch.from_numpy(version.head.weight),
        "head_bias": version.head.bias,
        "head_strength": version.head.strength,
        "kernel": {
            "landmarks": torch.from_numpy(version.kernel.landmarks),
            "coefficients": torch.from_numpy(version.kernel.coefficients),
            "sharpness": version.kernel.sharpness,
            "bias": version.kernel.bias,
            "strength": version.kernel.strength,
        },
        "calibration": asdict(version.calibration),
        "alpha": version.alpha,
        "epochs": version.epochs,
        "fingerprint": version.fingerprint,
        "figures": json.dumps(version.figures),
    }
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            torch.save(content, file)
            file.flush()
            os.fsync(file.fileno())
        digest = sha256_of(temporary)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    return digest


def load_version(path: Path, *, backbone_id: str, sha256: str | None = None, tail: Tail | None = None) -> Version:
    """Reads a version file; nothing in it is executed.

    `sha256` is what `save_version` returned (None for a file from elsewhere). With `tail`, the backbone's own,
    the tensors are compared with it by name and shape. Raises one of the errors above.
    """
    if not path.is_file():
        raise CorruptVersion(f"The version file {path.name} is missing.")
    if sha256 is not None and sha256_of(path) != sha256:
        raise TamperedVersion(f"The version file {path.name} was changed after it was written.")
    try:
        _refuse_compressed(path)
        content = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # torch raises nearly anything for a file that is broken or unsafe
        raise CorruptVersion(f"The version file {path.name} cannot be read.") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise UnknownFormat(f"{path.name} is not a Dating Wizard version.")
    number, trained_on = content.get("format_number"), content.get("backbone_id")
    if type(number) is not int or number != FORMAT_NUMBER:
        other = f"format {number}" if type(number) is int and 0 <= number < 1000 else "an unknown format"
        raise UnknownFormat(f"{path.name} has {other}; this Dating Wizard reads {FORMAT_NUMBER}.")
    if not isinstance(trained_on, str) or trained_on != backbone_id:
        named = trained_on if isinstance(trained_on, str) and _NAME.fullmatch(trained_on) else "another model"
        raise WrongBackbone(f"{path.name} was trained on {named}, and {backbone_id} is running.")
    try:
        version = _version_from(content)
    except Exception as error:  # what a stranger's parts do to Python and torch is not to be listed either
        raise CorruptVersion(f"The version file {path.name} is incomplete.") from error
    if tail is not None and not _fits(version, tail):
        raise CorruptVersion(f"The weights in {path.name} do not fit {backbone_id}.")
    return version


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _refuse_compressed(path: Path) -> None:
    """torch.save compresses nothing, so that a file takes about as much memory as it has bytes."""
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
    if any(each.compress_type != zipfile.ZIP_STORED for each in members):
        raise ValueError("compressed")
    if sum(each.file_size for each in members) > path.stat().st_size:
        raise ValueError("members over one another")


def _version_from(content: dict[str, Any]) -> Version:
    tail, weight = dict(content["tail"]), content["head_weight"]
    kernel = content["kernel"]
    landmarks, coefficients = kernel["landmarks"], kernel["coefficients"]
    if not all(_is_plain(tensor) for tensor in (*tail.values(), weight, landmarks, coefficients)):
        raise ValueError("not finite")
    calibration = Calibration(**{name: _finite(value) for name, value in content["calibration"].items()})
    if weight.ndim != 1 or coefficients.ndim != 1 or landmarks.shape != (len(coefficients), len(weight)):
        raise ValueError("no head")
    if not 0 < len(landmarks) <= MOST_LANDMARKS:
        raise ValueError("too many landmarks")
    return Version(
        backbone_id=content["backbone_id"],
        tail=tail,
        head=Head(weight.float().numpy(), _finite(content["head_bias"]), _finite(content["head_strength"])),
        kernel=KernelHead(
            landmarks.half().numpy(),
            coefficients.float().numpy(),
            _finite(kernel["sharpness"]),
            _finite(kernel["bias"]),
            _finite(kernel["strength"]),
        ),
        calibration=calibration,
        alpha=_finite(content["alpha"]),
        epochs=int(_finite(content["epochs"])),
        fingerprint=str(content["fingerprint"]),
        figures=dict(json.loads(content["figures"])),
    )


def _is_plain(tensor: object) -> bool:
    """Real finite numbers, each of which is there: one number may be shown as a billion without taking any room."""
    if not isinstance(tensor, Tensor) or tensor.layout != torch.strided or not tensor.is_floating_point():
        return False
    is_there = tensor.nbytes <= tensor.untyped_storage().nbytes()
    return is_there and bool(tensor.isfinite().all())


def _finite(value: object) -> float:
    number = float(value)  # type: ignore[arg-type]  # raises TypeError for what is none
    if not math.isfinite(number):
        raise ValueError("not finite")
    return number


def _fits(version: Version, tail: Tail) -> bool:
    own = {name: tensor.shape for name, tensor in tail.state_dict().items()}
    found = {name: tensor.shape for name, tensor in version.tail.items()}
    width = tail.proj.shape[1] if tail.proj is not None else tail.ln_post.weight.shape[0]
    return found in ({}, own) and len(version.head.weight) == width
