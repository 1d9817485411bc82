"""One picture decoded in a process of its own, which may be sacrificed: what HEIC and AVIF need.

    python -m classifier.decode_alone KIND MOST_BYTES < upload > answer

Their decoders are large, and the size that a file says is not the size that its stream has: the limit on this process's
memory is what holds, whatever is in the file. The answer is one line of JSON, then the picture and its thumbnail.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from classifier.images import Picture

MOST_SECONDS = 60
THREADS = 2
BASE_DIR = Path(__file__).resolve().parent.parent


class Sacrificed(Exception):
    """The process ended without an answer: the file is broken, or meant to break."""


def decoded_alone(kind: str, data: bytes, *, most_bytes: int) -> Picture:
    """Raises ImageRefused as `images.picture_of` does, and Sacrificed."""
    from classifier.images import ImageRefused, Picture

    # Each arena of glibc's maps 64 MB ahead, which would count.
    environment = {**os.environ, "MALLOC_ARENA_MAX": "1"}
    command = [sys.executable, "-m", "classifier.decode_alone", kind, str(most_bytes)]
    try:
        ended = subprocess.run(  # noqa: S603  (our own module)
            command, input=data, cwd=BASE_DIR, env=environment, capture_output=True, timeout=MOST_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise Sacrificed from None
    if ended.returncode:
        raise Sacrificed
    head, _, content = ended.stdout.partition(b"\n")
    said = json.loads(head)
    if "code" in said:
        raise ImageRefused(said["code"], said["sentence"], **said["values"])
    size = said["size"]
    return Picture(content[:size], content[size:], said["width"], said["height"])


def main(arguments: list[str]) -> None:
    kind, most_bytes = arguments[0], int(arguments[1])
    with suppress(ValueError, OSError):  # macOS knows no such limit
        resource.setrlimit(resource.RLIMIT_AS, (most_bytes, most_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    data = sys.stdin.buffer.read()

    from PIL import AvifImagePlugin

    from classifier.images import ImageRefused, picture_of

    AvifImagePlugin.DEFAULT_MAX_THREADS = THREADS  # else one for each core, each with a stack of its own
    try:
        picture = picture_of(kind, data)
    except ImageRefused as refused:
        sys.stdout.write(
            json.dumps({"code": refused.code, "sentence": refused.sentence, "values": refused.values}) + "\n"
        )
        return
    said = {"width": picture.width, "height": picture.height, "size": len(picture.image)}
    sys.stdout.buffer.write(json.dumps(said).encode() + b"\n" + picture.image + picture.thumbnail)


if __name__ == "__main__":
    main(sys.argv[1:])
