"""Stem and tail together are open_clip's own vision tower."""

import copy
import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from classifier.clip.backbones import Backbone, BackboneError, random_backbone
from classifier.clip.engine import Engine
from classifier.tests.clip_helpers import engine_for, open_clips_answer, painted_picture, png_of, starter

pytestmark = pytest.mark.xdist_group("clip")  # one process builds the engines

PICTURES = [painted_picture(seed, *size) for seed, size in enumerate([(320, 400), (500, 301), (224, 224), (90, 130)])]


@cache
def open_clips_vectors(backbone: Backbone) -> np.ndarray:
    """Of PICTURES; open_clip's own model of ViT-B/32 takes a second to build."""
    return open_clips_answer(backbone, PICTURES)


def vectors_of(engine: Engine, images: list[Image.Image]) -> tuple[np.ndarray, np.ndarray]:
    answers = list(engine.embed((number, png_of(image)) for number, image in enumerate(images)))
    assert [answer.error for answer in answers] == [None] * len(images)
    vectors = [answer.vector for answer in answers if answer.vector is not None]
    return np.stack(vectors), np.stack([answer.stem for answer in answers if answer.stem is not None])


@torch.inference_mode()
def by_the_tail(engine: Engine, stems: np.ndarray) -> np.ndarray:
    return engine._tail(torch.from_numpy(stems).to(engine.dtype)).numpy()


@pytest.mark.parametrize("backbone", [starter(), random_backbone("ViT-B-32")], ids=lambda backbone: backbone.id)
class TestASplitTower:
    @pytest.mark.slow("builds ViT-B/32 twice: ours and open_clip's")
    def test_it_equals_open_clip_in_float32(self, backbone: Backbone) -> None:
        vectors, _ = vectors_of(engine_for(backbone), PICTURES)
        np.testing.assert_allclose(vectors, open_clips_vectors(backbone), atol=1e-4)

    def test_it_agrees_with_open_clip_in_bfloat16(self, backbone: Backbone) -> None:
        vectors, _ = vectors_of(engine_for(backbone, "bfloat16"), PICTURES)
        cosines = (vectors * open_clips_vectors(backbone)).sum(axis=1)
        assert cosines.min() > 0.999

    def test_the_kept_stem_gives_the_same_vector_again(self, backbone: Backbone) -> None:
        engine = engine_for(backbone)
        vectors, stems = vectors_of(engine, PICTURES)
        assert stems.dtype == np.float16
        assert stems.shape == (len(PICTURES), engine.tokens, engine.width)
        np.testing.assert_allclose(by_the_tail(engine, stems), vectors, atol=1e-5)

    def test_the_trainable_tail_equals_the_packed_one(self, backbone: Backbone) -> None:
        engine = engine_for(backbone)
        vectors, stems = vectors_of(engine, PICTURES)
        tail = copy.deepcopy(engine.tail_module).float()
        with torch.inference_mode():
            plain = tail(torch.from_numpy(stems).float()).numpy()
        np.testing.assert_allclose(plain, vectors, atol=1e-4)


def test_the_tail_can_be_trained_without_touching_the_engine() -> None:
    engine = engine_for(starter())
    _, stems = vectors_of(engine, PICTURES)
    before = by_the_tail(engine, stems)
    tail = copy.deepcopy(engine.tail_module).float().requires_grad_(True)
    optimiser = torch.optim.AdamW(tail.parameters(), lr=1e-3)
    tail(torch.from_numpy(stems).float())[:, 0].sum().backward()
    assert all(parameter.grad is not None for parameter in tail.parameters())
    optimiser.step()
    np.testing.assert_array_equal(by_the_tail(engine, stems), before)


VARIANTS: dict[str, dict[str, Any]] = {
    "average pool": {"pool_type": "avg"},
    "norm after the pool": {"final_ln_after_pool": True},
    "average, norm after the pool": {"pool_type": "avg", "final_ln_after_pool": True},
    "layer scale, no first norm": {"ls_init_value": 0.1, "no_ln_pre": True},
    "fixed positions": {"pos_embed_type": "sin_cos_2d"},
    "tanh approximation": {"act_kwargs": {"approximate": "tanh"}},
    "custom blocks": {"qk_norm": True, "scale_attn": True},
    "patch dropout (training only)": {"patch_dropout": 0.5},
}


def tiny(folder: Path, *, quick_gelu: bool = False, **vision: Any) -> Backbone:
    """A small tower of some kind with random weights."""
    sides = {"image_size": 64, "patch_size": 16, "width": 128, "layers": 4, "head_width": 32}
    text = {"context_length": 77, "vocab_size": 49408, "width": 32, "heads": 2, "layers": 1}
    config = folder / "tiny.json"
    parts = {"embed_dim": 48, "quick_gelu": quick_gelu, "vision_cfg": sides | vision, "text_cfg": text}
    config.write_text(json.dumps(parts))
    return random_backbone("tiny", config)


@pytest.mark.parametrize("vision", VARIANTS.values(), ids=VARIANTS.keys())
def test_any_plain_tower_is_split_without_a_difference(vision: dict[str, Any], tmp_path: Path) -> None:
    backbone = tiny(tmp_path, **vision)
    vectors, _ = vectors_of(Engine.load(backbone, dtype="float32"), PICTURES)
    np.testing.assert_allclose(vectors, open_clips_answer(backbone, PICTURES), atol=1e-4)


def test_quick_gelu_is_not_taken_for_gelu(tmp_path: Path) -> None:
    backbone = tiny(tmp_path, quick_gelu=True)
    vectors, _ = vectors_of(Engine.load(backbone, dtype="float32"), PICTURES)
    np.testing.assert_allclose(vectors, open_clips_answer(backbone, PICTURES), atol=1e-4)


@pytest.mark.parametrize("vision", [{"attentional_pool": True}, {"pool_type": "none"}, {"layers": 2}], ids=str)
def test_a_tower_that_cannot_be_split_is_refused_in_one_sentence(vision: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(BackboneError, match="vision tower"):
        Engine.load(tiny(tmp_path, **vision))
