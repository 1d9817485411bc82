"""Phrases and photos meet in one space."""

import numpy as np
import open_clip
import pytest
import torch

from bench.tastes import PHOTOS
from classifier.clip.backbones import Backbone, random_backbone
from classifier.clip.loading import load_model
from classifier.clip.prompts import NEUTRAL, TEMPLATES
from classifier.tests.clip_helpers import engine_for, needs_photos, starter

pytestmark = pytest.mark.xdist_group("clip")  # one process builds the engines


@pytest.mark.slow("builds ViT-B/32 twice: ours and open_clip's")
@pytest.mark.parametrize("backbone", [starter(), random_backbone("ViT-B-32")], ids=lambda backbone: backbone.id)
def test_a_phrase_is_the_mean_of_open_clips_own_vectors(backbone: Backbone) -> None:
    model = load_model(backbone, torch.float32)
    tokens = open_clip.tokenizer.SimpleTokenizer()([template.replace("{}", "a dog") for template in TEMPLATES])
    with torch.inference_mode():
        mean = model.encode_text(tokens, normalize=True).mean(dim=0).numpy()
    vector = engine_for(backbone).encode_phrases(["a dog"])[0]
    np.testing.assert_allclose(vector, mean / np.linalg.norm(mean), atol=1e-5)


def test_phrases_of_different_lengths_do_not_disturb_each_other() -> None:
    engine = engine_for(starter())
    phrases = [
        "a dog",
        "someone who plays the guitar on a beach in the evening",
        "a dog",
        "{} 100% {braces}",
        "犬 🐕",
        "",
    ]
    together = engine.encode_phrases(phrases)
    np.testing.assert_array_equal(together[0], together[2])
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    assert np.isfinite(engine.encode_phrases(["very " * 500 + "long"])).all()
    assert engine.encode_phrases([]).shape == (0, engine.embed_dim)


def test_the_neutral_direction_is_a_unit_vector_of_the_neutral_prompts() -> None:
    engine = engine_for(starter())
    assert len(NEUTRAL) > 3
    assert engine.neutral.shape == (engine.embed_dim,)
    assert np.linalg.norm(engine.neutral) == pytest.approx(1, abs=1e-5)


@needs_photos
def test_the_starter_tells_landscapes_from_rooms_from_sports() -> None:
    meant = {"intel/glacier": "a glacier", "houses/kitchen": "a kitchen", "sports/tennis": "playing tennis"}
    labels = list(meant)
    paths = [path for label in labels for path in sorted((PHOTOS / label).glob("*.jpg"))[:30]]
    engine = engine_for(starter())
    answers = list(engine.embed((path, path) for path in paths))
    vectors = np.stack([answer.vector for answer in answers if answer.vector is not None])
    found = (vectors @ engine.encode_phrases(list(meant.values())).T).argmax(axis=1)
    truth = [labels.index(f"{path.parent.parent.name}/{path.parent.name}") for path in paths]
    assert (found == truth).mean() > 0.9
