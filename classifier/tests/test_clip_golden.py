"""What the starter has answered since it shipped: a change of torch, Pillow or open_clip must not move it unseen.

float32 on one processor differs from another in the sixth digit; a resize or JPEG library of another version may move
the third. 0.004 lets both pass and catches a wrong normalisation, activation, crop or channel order.
"""

import numpy as np
import pytest
import torch

from classifier.clip.engine import Engine
from classifier.clip.pipeline import SingleCoreThreads
from classifier.clip.precision import fastest_dtype
from classifier.tests.clip_helpers import engine_for, painted_picture, png_of, starter

PICTURES = {
    11: [0.1527, -0.0510, 0.0712, 0.0581, -0.1333, -0.1390],
    12: [0.1450, -0.0639, 0.0746, 0.0653, -0.1011, -0.1099],
    13: [0.1722, -0.0237, 0.0795, 0.0402, -0.1344, -0.1361],
}
PLAYING_TENNIS = [0.1055, 0.0460, 0.0524, 0.0417, 0.0525, 0.0015]


@pytest.mark.parametrize("seed", PICTURES)
def test_a_picture_keeps_its_vector(seed: int) -> None:
    (answer,) = engine_for(starter()).embed([(seed, png_of(painted_picture(seed, 160, 200)))])
    assert answer.vector is not None
    np.testing.assert_allclose(answer.vector[:6], PICTURES[seed], atol=4e-3)


def test_a_phrase_keeps_its_vector() -> None:
    vector = engine_for(starter()).encode_phrases(["playing tennis"])[0]
    np.testing.assert_allclose(vector[:6], PLAYING_TENNIS, atol=4e-3)


def test_weights_are_held_in_the_precision_this_processor_is_quick_with() -> None:
    engine = Engine.load(starter())
    assert engine.dtype is SingleCoreThreads(1).run(fastest_dtype)
    assert {parameter.dtype for parameter in engine.tail_module.parameters()} == {engine.dtype}


def test_the_number_of_threads_is_torchs_too() -> None:
    before = torch.get_num_threads()
    try:
        Engine.load(starter(), threads=1)
        assert torch.get_num_threads() == 1
    finally:
        torch.set_num_threads(before)
