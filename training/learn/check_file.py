"""Is this version file safe, whole, and made for this backbone? Asked in a process of its own, which may be sacrificed.

    python -m training.learn.check_file FILE BACKBONE WEIGHTS_DIR

Prints one line: nothing when the file can serve, else the sentence that says why not.
"""

import os
import resource
import sys
from pathlib import Path

MOST_MEMORY = 6 * 2**30  # bytes of address space: torch itself maps some three
MOST_SECONDS = 60


def main(arguments: list[str]) -> None:
    path, choice, weights_dir = arguments
    os.nice(10)
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))

    from classifier.clip.backbones import resolve_backbone
    from classifier.clip.loading import empty_model
    from classifier.clip.towers import Tail
    from training.learn.version_file import VersionFileError, load_version

    backbone = resolve_backbone(choice, Path(weights_dir))
    try:
        load_version(Path(path), backbone_id=backbone.id, tail=Tail(empty_model(backbone).visual))
    except VersionFileError as refused:
        sys.stdout.write(f"{refused}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
