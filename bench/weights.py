"""ViT-B/32 with random weights as a file, as `make weights` leaves the real ones: they cost the same."""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors.torch import save_file

from classifier.clip.backbones import random_backbone
from classifier.clip.loading import load_model


def random_weights(folder: Path) -> Path:
    file = folder / "ViT-B-32.safetensors"
    save_file(load_model(random_backbone("ViT-B-32"), torch.float32).state_dict(), file)
    return file
