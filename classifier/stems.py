"""Where a photo's stem activations lie in file storage."""

from __future__ import annotations

from django.core.files.storage import default_storage

from classifier.clip.backbones import slug_of


def stem_paths(owner_id: int, photo_id: int) -> list[str]:
    """Where they are, for every backbone that ever ran here."""
    folder = f"stems/{owner_id}"
    try:
        slugs, _ = default_storage.listdir(folder)
    except FileNotFoundError:
        return []
    return [f"{folder}/{slug}/{photo_id}.npy" for slug in slugs]


def stem_path(owner_id: int, backbone_id: str, photo_id: int) -> str:
    """The storage name of what the backbone's stem made of a photo: fp16 .npy of shape [tokens, width]."""
    return f"stems/{owner_id}/{slug_of(backbone_id)}/{photo_id}.npy"
