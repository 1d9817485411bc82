"""Weights of a backbone that open_clip knows by name: fetched, or taken from a local file; always checked."""

import hashlib
import os
import re
import shutil
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

from huggingface_hub import get_hf_file_metadata, hf_hub_download, hf_hub_url
from huggingface_hub.errors import EntryNotFoundError, HfHubHTTPError
from huggingface_hub.utils.tqdm import tqdm
from open_clip.pretrained import get_pretrained_cfg
from safetensors.torch import save_file

from classifier.clip.backbones import Backbone, BackboneError, weights_file
from classifier.clip.loading import check_weights, read_weights

Progress = Callable[[int, int], None]  # bytes so far, bytes in all (0 while that is unknown)
FILE_NAMES = ("open_clip_model.safetensors", "open_clip_pytorch_model.bin")
PATIENCE = 8.0  # seconds for an answer, before the internet counts as not there


def fetch_weights(
    backbone_id: str, weights_dir: Path, *, source: Path | None = None, on_progress: Progress | None = None
) -> Path:
    """Puts the weights of `backbone_id` where `resolve_backbone` finds them, and says where that is.

    With `source`, an open_clip weight file on this machine, nothing is downloaded. The file is read without
    executing anything in it, compared with the architecture by names and shapes, stamped with the
    architecture's name, and put in place in one step: there is never half a file. Raises BackboneError in
    one sentence.
    """
    target = weights_file(backbone_id, weights_dir)
    weights_dir.mkdir(parents=True, exist_ok=True)
    if source is not None:
        if not source.is_file():
            raise BackboneError(f"There is no weight file at {source}.")
        return _install(source, backbone_id, target)
    downloads = weights_dir / "downloads"
    fetched = _download(backbone_id, downloads, on_progress or (lambda done, total: None))
    _install(fetched, backbone_id, target)
    shutil.rmtree(downloads, ignore_errors=True)
    return target


def _install(file: Path, backbone_id: str, target: Path) -> Path:
    architecture = backbone_id.partition("/")[0]
    backbone = Backbone(backbone_id, architecture, architecture, file, None, file)
    weights = read_weights(file, architecture)
    check_weights(weights, backbone)
    temporary = target.with_name(f"{target.name}.{os.getpid()}.tmp")
    stamp = {"format": "pt", "architecture": architecture, "backbone": backbone_id}
    try:
        save_file({name: tensor.contiguous() for name, tensor in weights.items()}, temporary, metadata=stamp)
        os.replace(temporary, target)
    except OSError as error:
        raise BackboneError(f"The weights could not be written to {target.parent}: {error.strerror}.") from error
    finally:
        temporary.unlink(missing_ok=True)
    return target


def _download(backbone_id: str, folder: Path, on_progress: Progress) -> Path:
    architecture, _, tag = backbone_id.partition("/")
    repository = str(get_pretrained_cfg(architecture, tag).get("hf_hub", "")).rstrip("/")
    if not repository:
        raise BackboneError(f"open_clip knows no weights named {backbone_id}.")
    for name in FILE_NAMES:
        try:
            return _download_file(repository, name, folder, on_progress)
        except EntryNotFoundError:
            continue
        except BackboneError:
            raise
        except HfHubHTTPError as error:
            status = error.response.status_code if error.response is not None else "no status"
            raise BackboneError(f"The model hub did not give out {backbone_id} ({status}).") from error
        except Exception as error:  # what a missing network raises has changed with every release of the hub
            raise BackboneError(
                f"The weights of {backbone_id} could not be fetched because the model hub cannot be reached;"
                " the starter model serves until they can."
            ) from error
    raise BackboneError(f"The model hub has no weight file for {backbone_id}.")


def _download_file(repository: str, name: str, folder: Path, on_progress: Progress) -> Path:
    """A download that was cut off goes on where it stopped."""
    # Asked first and once: the download itself tries again and again when there is no network.
    facts = get_hf_file_metadata(hf_hub_url(repository, name), timeout=PATIENCE, retry_on_errors=False)
    path = Path(hf_hub_download(repository, name, local_dir=folder, tqdm_class=_reporting(on_progress)))
    expected = (facts.etag or "").lower()
    if re.fullmatch(r"[0-9a-f]{64}", expected) and _sha256(path) != expected:
        path.unlink()
        raise BackboneError("The weights arrived damaged: please fetch them again.")
    return path


def _reporting(on_progress: Progress) -> type[tqdm]:
    """A progress bar that draws nothing and reports."""

    class Reporting(tqdm):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            quiet = {**options, "disable": False, "file": StringIO()}
            super().__init__(*arguments, **quiet)  # type: ignore[no-untyped-call]  # the hub leaves its bar untyped

        def update(self, n: float | None = 1) -> bool | None:
            shown: bool | None = super().update(n)
            on_progress(int(self.n), int(self.total or 0))
            return shown

    return Reporting


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
