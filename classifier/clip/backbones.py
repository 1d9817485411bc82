"""Which CLIP model runs. Light on purpose: the web process imports this to say so on its pages."""

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path

STARTER_DIR = Path(__file__).resolve().parent.parent / "starter"
STARTER_ID = "starter/1"
VIT_B_32_ID = "ViT-B-32/datacomp_xl_s13b_b90k"
TITLES = {STARTER_ID: "Starter model", VIT_B_32_ID: "ViT-B/32"}


class BackboneError(Exception):
    """A backbone that cannot be found, read or run; the message is one sentence for the user."""


@dataclass(frozen=True)
class Backbone:
    """An open_clip architecture and its weights, under the name that is stored with every vector made by it.

    `weights` None means seeded random weights (tests and benchmarks). `config` is the open_clip model
    configuration when open_clip does not ship one under `architecture`. `statistics` is a `.npz` that may
    not exist.
    """

    id: str
    title: str
    architecture: str
    weights: Path | None
    config: Path | None
    statistics: Path

    @property
    def is_starter(self) -> bool:
        return self.id == STARTER_ID


def slug_of(backbone_id: str) -> str:
    """The id as a file name: no separators, no spaces."""
    return re.sub(r"[^A-Za-z0-9._-]+", "__", backbone_id)


def weights_file(backbone_id: str, weights_dir: Path) -> Path:
    """Where `make weights` leaves the weights of a backbone that open_clip knows by name."""
    return weights_dir / f"{slug_of(backbone_id)}.safetensors"


def resolve_backbone(choice: str, weights_dir: Path) -> Backbone:
    """The backbone for a setting: `auto`, `starter`, an id such as `ViT-B-32/datacomp_xl_s13b_b90k`, or a
    file.

    `auto` is ViT-B/32 when its weights lie in `weights_dir`, else the starter. Nothing is ever downloaded.
    Raises BackboneError when the weights asked for are not on this machine.
    """
    choice = choice.strip()
    if choice == "auto":
        named = _named(VIT_B_32_ID, weights_dir)
        return named if named.weights and named.weights.is_file() else _starter()
    if choice in ("starter", STARTER_ID):
        return _starter()
    if Path(choice).suffix in (".safetensors", ".pt", ".pth", ".bin"):
        return _local(Path(choice).expanduser())
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", choice):
        raise BackboneError(
            f"{choice!r} names no backbone: use auto, starter, {VIT_B_32_ID} or a path to a weight file."
        )
    named = _named(choice, weights_dir)
    if named.weights is None or not named.weights.is_file():
        raise BackboneError(f"The weights of {choice} are not in {weights_dir}: run `make weights` or use the starter.")
    return named


def random_backbone(architecture: str, config: Path | None = None) -> Backbone:
    """An architecture with seeded random weights: it costs what the real one costs and means nothing."""
    name = f"{architecture}/random"
    return Backbone(name, f"{architecture} (random weights)", architecture, None, config, Path(f"{slug_of(name)}.npz"))


def _starter() -> Backbone:
    return Backbone(
        id=STARTER_ID,
        title=TITLES[STARTER_ID],
        architecture="starter",
        weights=STARTER_DIR / "starter.safetensors",
        config=STARTER_DIR / "starter.json",
        statistics=STARTER_DIR / "starter.statistics.npz",
    )


def _named(backbone_id: str, weights_dir: Path) -> Backbone:
    weights = weights_file(backbone_id, weights_dir)
    return Backbone(
        id=backbone_id,
        title=TITLES.get(backbone_id, backbone_id.partition("/")[0]),
        architecture=backbone_id.partition("/")[0],
        weights=weights,
        config=None,
        statistics=weights.with_suffix(".statistics.npz"),
    )


def _local(path: Path) -> Backbone:
    """A weight file of the user's own: ViT-B-32, unless an open_clip `<name>.json` lies beside it."""
    if not path.is_file():
        raise BackboneError(f"There is no weight file at {path}.")
    config = path.with_suffix(".json")
    architecture = "ViT-B-32"
    if config.is_file():
        architecture = _configured_architecture(config)
    return Backbone(
        id=f"{architecture}/local-{_fingerprint(path)}",
        title=f"{architecture} ({path.name})",
        architecture=architecture,
        weights=path,
        config=config if config.is_file() else None,
        statistics=path.with_suffix(".statistics.npz"),
    )


def _configured_architecture(config: Path) -> str:
    try:
        fields = json.loads(config.read_text())
    except (OSError, ValueError) as error:
        raise BackboneError(f"{config} is not a readable open_clip configuration.") from error
    if not isinstance(fields, dict) or "vision_cfg" not in fields:
        raise BackboneError(f"{config} is not an open_clip configuration: it has no vision_cfg.")
    return config.stem


def _fingerprint(path: Path) -> str:
    """Eight hex digits that tell weight files apart without reading half a gigabyte: size, head and end."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(1 << 16)
        file.seek(max(0, size - (1 << 16)))
        end = file.read()
    return hashlib.sha256(b"%d|" % size + head + end).hexdigest()[:8]
