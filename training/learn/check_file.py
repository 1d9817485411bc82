"""Is this version file safe, whole, and made for this backbone? Asked in a process of its own, which may be sacrificed.

    python -m training.learn.check_file FILE BACKBONE WEIGHTS_DIR

Prints one line: nothing when the file can serve, else the sentence that says why not.
"""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from classifier.clip.backbones import Backbone

MOST_MEMORY = 6 * 2**30  # bytes of address space: torch itself maps some three
MOST_SECONDS = 60
PROBES = 8


def main(arguments: list[str]) -> None:
    path, choice, weights_dir = arguments
    os.nice(10)
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))

    from classifier.clip.backbones import resolve_backbone

    sys.stdout.write(verdict(Path(path), resolve_backbone(choice, Path(weights_dir))))


def verdict(path: Path, backbone: Backbone) -> str:
    """The sentence that says why the file cannot serve; empty when it can."""
    import numpy as np
    import torch

    from classifier.clip.loading import empty_model
    from classifier.clip.towers import Tail
    from training.learn.version import Scorer
    from training.learn.version_file import VersionFileError, load_version

    visual = empty_model(backbone).visual
    tail = Tail(visual)
    try:
        version = load_version(path, backbone_id=backbone.id, tail=tail)
    except VersionFileError as refused:
        return str(refused)
    # Weights may be finite, and overflow all the same: it is asked about photos that there are none of.
    chance = np.random.default_rng(0)
    stems = chance.standard_normal((PROBES, *visual.positional_embedding.shape)).astype(np.float16)
    vectors = chance.standard_normal((PROBES, len(version.head.weight))).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    with np.errstate(all="ignore"):
        said = Scorer(version, tail.to_empty(device="cpu"), torch.float32)(stems, vectors)
    if not np.isfinite(said).all():
        return f"The weights in {path.name} do not give a probability for every photo."
    return ""


if __name__ == "__main__":
    main(sys.argv[1:])
