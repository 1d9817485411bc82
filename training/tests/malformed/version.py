"""One version file of the corpus, and the sound one that all are made from."""

from __future__ import annotations

import io
import json
import tempfile
import zipfile
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import torch

from classifier.clip.backbones import STARTER_ID
from training.learn.head import KernelHead
from training.learn.version_file import save_version
from training.tests.test_learn_version_file import a_version

MANIFEST, WEIGHTS = "manifest.json", "version.pt"


@dataclass(frozen=True)
class VersionFile:
    """`taken` None: either answer will do, as long as it is one (a flipped bit may be one of a weight)."""

    family: str
    name: str
    content: bytes
    taken: bool | None = False
    is_heavy: bool = False
    """Reading it may take much memory or time: it is checked in a process of its own, as all are in the product."""


@cache
def sound_weights(*, tuned: bool = False) -> bytes:
    """Of a version that learned little: some thirty kilobytes, or a megabyte and more when its tail is tuned."""
    version = a_version()
    kernel = version.kernel
    few = KernelHead(kernel.landmarks[:20], kernel.coefficients[:20], kernel.sharpness, kernel.bias, kernel.strength)
    version = replace(version, kernel=few)
    if not tuned:
        version = replace(version, tail={}, alpha=0.0, epochs=0)
    with tempfile.TemporaryDirectory() as folder:
        save_version(Path(folder) / WEIGHTS, version)
        return (Path(folder) / WEIGHTS).read_bytes()


def manifest_of(weights: bytes) -> dict[str, Any]:
    share = {"value": 0.81, "low": 0.74, "high": 0.87}
    return {
        "format": "dating-wizard-export",
        "format_number": 1,
        "backbone": STARTER_ID,
        "figures": {"accuracy": share, "auc": share, "likes": 42, "dislikes": 40},
        "weights": {"size": len(weights), "sha256": sha256(weights).hexdigest()},
        "exported_at": "2026-01-02T03:04:05+00:00",
    }


def packed(members: dict[str, bytes], compression: int = zipfile.ZIP_STORED, comment: bytes = b"") -> bytes:
    """A zip that is the same each time."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, compression)
        archive.comment = comment
    return out.getvalue()


def exported(weights: bytes, manifest: object = None) -> bytes:
    """As `export_version` writes it; the manifest speaks of these weights unless another one is given."""
    said = manifest_of(weights) if manifest is None else manifest
    return packed({MANIFEST: said if isinstance(said, bytes) else json.dumps(said).encode(), WEIGHTS: weights})


def content_of(weights: bytes) -> dict[str, Any]:
    content: dict[str, Any] = torch.load(io.BytesIO(weights), weights_only=True)
    return content


def saved(content: object, *, legacy: bool = False) -> bytes:
    out = io.BytesIO()
    torch.save(content, out, _use_new_zipfile_serialization=not legacy)
    return out.getvalue()
