"""From a Backbone to an open_clip model in memory: no pickles run, no second copy of the weights."""

import ctypes
import json
import pickle
from contextlib import suppress
from pathlib import Path
from typing import Any

import open_clip
import torch
from open_clip.constants import OPENAI_DATASET_MEAN, OPENAI_DATASET_STD
from open_clip.factory import get_model_config
from open_clip.pretrained import get_pretrained_cfg
from safetensors import SafetensorError, safe_open
from torch import Tensor

from classifier.clip.backbones import Backbone, BackboneError

RANDOM_SEED = 20


def model_config(backbone: Backbone) -> dict[str, Any]:
    """The open_clip configuration of a backbone; raises BackboneError when there is none that can be used."""
    if backbone.config is None:
        config = get_model_config(backbone.architecture)
    else:
        try:
            config = json.loads(backbone.config.read_text())
        except (OSError, ValueError) as error:
            raise BackboneError(f"{backbone.config} is not a readable open_clip configuration.") from error
    if config is None:
        raise BackboneError(f"open_clip knows no architecture named {backbone.architecture}.")
    unusual = {"custom_text", "multimodal_cfg"} & config.keys()
    if unusual or "timm_model_name" in config["vision_cfg"] or "hf_model_name" in config["text_cfg"]:
        raise BackboneError(
            f"{backbone.architecture} is not a plain CLIP of two transformers, which is what is supported."
        )
    return dict(config)


def normalisation_of(backbone: Backbone) -> tuple[Tensor, Tensor]:
    """Mean and standard deviation, f32[3] each for pixels in [0, 1], that the weights were trained with.

    Raises BackboneError for weights that want their pictures resized in a way that is not supported.
    """
    architecture, _, tag = backbone.id.partition("/")
    known = get_pretrained_cfg(architecture, tag)
    if known.get("interpolation", "bicubic") != "bicubic" or known.get("resize_mode", "shortest") != "shortest":
        raise BackboneError(f"{backbone.id} resizes its pictures in a way that is not supported.")
    mean, std = known.get("mean") or OPENAI_DATASET_MEAN, known.get("std") or OPENAI_DATASET_STD
    return torch.tensor(mean), torch.tensor(std)


def load_model(backbone: Backbone, dtype: torch.dtype) -> open_clip.CLIP:
    """The model with its weights, in evaluation mode, frozen, held once, in `dtype`."""
    if backbone.weights is None:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(RANDOM_SEED)
            model = open_clip.CLIP(**model_config(backbone))
        return model.to(dtype).eval().requires_grad_(False)
    model = empty_model(backbone)
    weights = read_weights(backbone.weights, backbone.architecture, dtype)
    _check_fit(model, weights, backbone)
    model.load_state_dict(weights, assign=True)
    if model.attn_mask is not None:  # no weight, so it is not in the file: the causal mask is made anew
        length = model.attn_mask.shape[0]
        model.attn_mask = torch.full((length, length), float("-inf")).triu_(1)
    return model.eval().requires_grad_(False)


def check_weights(weights: dict[str, Tensor], backbone: Backbone) -> None:
    """Raises BackboneError unless the tensors are the architecture's, by name and shape, and finite."""
    _check_fit(empty_model(backbone), weights, backbone)
    if not all(bool(tensor.isfinite().all()) for tensor in weights.values()):
        raise BackboneError(f"{backbone.weights} holds numbers that are not finite.")


def empty_model(backbone: Backbone) -> open_clip.CLIP:
    """On the meta device: names and shapes, no memory."""
    with torch.device("meta"):
        return open_clip.CLIP(**model_config(backbone))


def _check_fit(model: open_clip.CLIP, weights: dict[str, Tensor], backbone: Backbone) -> None:
    expected = {name: tensor.shape for name, tensor in model.state_dict().items()}
    found = {name: tensor.shape for name, tensor in weights.items()}
    wrong = sorted(name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name))
    if wrong:
        raise BackboneError(
            f"{backbone.weights} does not hold the weights of {backbone.architecture}: "
            f"{len(wrong)} tensors differ, the first is {wrong[0]}."
        )


def read_weights(path: Path, architecture: str, dtype: torch.dtype | None = None) -> dict[str, Tensor]:
    """The tensors of a `.safetensors` or PyTorch file by name, floating ones in `dtype` (None keeps theirs).

    Nothing in the file is executed. Raises BackboneError for a file that is broken, unsafe, or of another
    architecture.
    """
    try:
        if path.suffix == ".safetensors":
            return _read_safetensors(path, architecture, dtype)
        return _read_torch(path, dtype)
    except (OSError, SafetensorError, RuntimeError, pickle.UnpicklingError, EOFError, ValueError) as error:
        raise BackboneError(f"{path} is not a readable weight file.") from error


def _read_safetensors(path: Path, architecture: str, dtype: torch.dtype | None) -> dict[str, Tensor]:
    with safe_open(path, framework="pt") as file:
        stored = (file.metadata() or {}).get("architecture", architecture)
        if stored != architecture:
            # Same shapes are not the same model: ViT-B-32-quickgelu fits into ViT-B-32 and answers nonsense.
            raise BackboneError(f"{path} holds weights for {stored}, not for {architecture}.")
        names = list(file.keys())
    weights = {}
    for name in names:
        # Opened anew for each: pages of a mapped file stay resident for as long as it is open, all 600 MB of them.
        with safe_open(path, framework="pt") as file:
            weights[name] = _cast(file.get_tensor(name), dtype)
    return weights


def _read_torch(path: Path, dtype: torch.dtype | None) -> dict[str, Tensor]:
    stored = torch.load(path, map_location="cpu", weights_only=True, mmap=True)
    if isinstance(stored, dict) and isinstance(stored.get("state_dict"), dict):
        stored = stored["state_dict"]
    if not isinstance(stored, dict) or not all(isinstance(tensor, Tensor) for tensor in stored.values()):
        raise BackboneError(f"{path} holds no weights by name.")
    return {name.removeprefix("module."): _cast(tensor, dtype) for name, tensor in stored.items()}


def give_back_memory() -> None:
    """Returns to the system what loading has freed: glibc would keep some 190 MB of it; others need no telling."""
    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)


def _cast(tensor: Tensor, dtype: torch.dtype | None) -> Tensor:
    return tensor.to(dtype) if dtype is not None and tensor.is_floating_point() else tensor.clone()
