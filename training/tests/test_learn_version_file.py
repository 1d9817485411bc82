"""A version and its file."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from classifier.clip.backbones import STARTER_ID, random_backbone
from classifier.clip.loading import load_model
from classifier.clip.towers import Tail
from training.learn.calibration import Calibration
from training.learn.head import Head, KernelHead
from training.learn.version import Scorer, Version, predict
from training.learn.version_file import (
    CorruptVersion,
    TamperedVersion,
    UnknownFormat,
    WrongBackbone,
    load_version,
    save_version,
)
from training.tests.learn_samples import answers, starter_tail


def a_version(tail: Tail | None = None, backbone_id: str = STARTER_ID) -> Version:
    """Tuned a little, at random."""
    tail = tail or starter_tail()
    generator = torch.Generator().manual_seed(3)
    weights = {
        name: (tensor.float() + 0.01 * torch.randn(tensor.shape, generator=generator)).half()
        for name, tensor in tail.state_dict().items()
    }
    assert tail.proj is not None
    weight = torch.randn(tail.proj.shape[1], generator=generator).numpy() * 5
    return Version(
        backbone_id=backbone_id,
        tail=weights,
        head=Head(weight, 0.25, 10.0),
        kernel=KernelHead(
            torch.randn(500, len(weight), generator=generator).half().numpy(),
            torch.randn(500, generator=generator).numpy(),
            0.01,
            -0.1,
            3.0,
        ),
        calibration=Calibration(0.7, 0.4, -0.3),
        alpha=0.5,
        epochs=10,
        fingerprint="f" * 64,
        figures={"accuracy": {"value": 0.81, "low": 0.74, "high": 0.87}},
    )


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_a_round_trip_scores_the_same_to_the_last_bit(tmp_path: Path, dtype: torch.dtype) -> None:
    version, stems = a_version(), answers(photos=40).stems_of(np.arange(40))
    digest = save_version(tmp_path / "version_2.pt", version)
    again = load_version(tmp_path / "version_2.pt", backbone_id=STARTER_ID, sha256=digest, tail=starter_tail())
    before = predict(version, stems, tail=starter_tail(), dtype=dtype)
    assert (before == predict(again, stems, tail=starter_tail(), dtype=dtype)).all()
    assert ((before > 0) & (before < 1)).all()
    assert again.calibration == version.calibration
    assert (again.figures, again.fingerprint, again.alpha) == (version.figures, version.fingerprint, version.alpha)


def test_a_frozen_version_scores_kept_vectors_as_it_scores_stems(tmp_path: Path) -> None:
    data, version = answers(photos=40), replace(a_version(), tail={}, alpha=0.0, epochs=0)
    scorer = Scorer(version, starter_tail(), torch.float32)
    assert version.is_frozen
    np.testing.assert_allclose(scorer(data.stems_of(np.arange(40))), scorer.score_vectors(data.vectors), atol=1e-4)


def test_a_version_of_vit_b_32_takes_at_most_30_megabytes(tmp_path: Path) -> None:
    tail = Tail(load_model(random_backbone("ViT-B-32"), torch.float32).visual)
    save_version(tmp_path / "version_2.pt", a_version(tail, "ViT-B-32/random"))
    assert (tmp_path / "version_2.pt").stat().st_size <= 30_000_000


def test_another_backbone_is_named(tmp_path: Path) -> None:
    save_version(tmp_path / "v.pt", a_version(backbone_id="ViT-B-32/other"))
    with pytest.raises(WrongBackbone, match="trained on ViT-B-32/other, and starter/1 is running"):
        load_version(tmp_path / "v.pt", backbone_id=STARTER_ID)


def test_a_changed_file_is_noticed(tmp_path: Path) -> None:
    digest = save_version(tmp_path / "v.pt", a_version())
    content = bytearray((tmp_path / "v.pt").read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "v.pt").write_bytes(content)
    with pytest.raises(TamperedVersion):
        load_version(tmp_path / "v.pt", backbone_id=STARTER_ID, sha256=digest)


@pytest.mark.parametrize("kept", [0, 100, 5000])
def test_a_file_that_was_cut_off_is_corrupt(tmp_path: Path, kept: int) -> None:
    save_version(tmp_path / "v.pt", a_version())
    (tmp_path / "v.pt").write_bytes((tmp_path / "v.pt").read_bytes()[:kept])
    with pytest.raises(CorruptVersion):
        load_version(tmp_path / "v.pt", backbone_id=STARTER_ID)


def test_a_missing_file_is_corrupt(tmp_path: Path) -> None:
    with pytest.raises(CorruptVersion, match="missing"):
        load_version(tmp_path / "v.pt", backbone_id=STARTER_ID)


def test_nothing_in_a_file_is_executed(tmp_path: Path) -> None:
    torch.save({"format": Trap(tmp_path / "sprung")}, tmp_path / "v.pt")
    with pytest.raises(CorruptVersion):
        load_version(tmp_path / "v.pt", backbone_id=STARTER_ID)
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize("content", [{"weights": 1}, [1, 2], {"format": "dating-wizard-version", "format_number": 2}])
def test_another_format_is_unknown(tmp_path: Path, content: object) -> None:
    torch.save(content, tmp_path / "v.pt")
    with pytest.raises(UnknownFormat):
        load_version(tmp_path / "v.pt", backbone_id=STARTER_ID)


@pytest.mark.parametrize(
    "change",
    [{"tail": {"proj": torch.zeros(2, 2)}}, {"head_weight": torch.full((256,), float("nan"))}, {"calibration": {}}],
)
def test_parts_that_do_not_fit_are_corrupt(tmp_path: Path, change: dict[str, object]) -> None:
    save_version(tmp_path / "v.pt", a_version())
    content = torch.load(tmp_path / "v.pt", weights_only=True)
    torch.save({**content, **change}, tmp_path / "v.pt")
    with pytest.raises(CorruptVersion):
        load_version(tmp_path / "v.pt", backbone_id=STARTER_ID, tail=starter_tail())


def test_a_full_disk_leaves_neither_half_a_file_nor_a_changed_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_version(tmp_path / "v.pt", a_version())
    before = (tmp_path / "v.pt").read_bytes()

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)  # a disk that is really full cannot be had in a test
    with pytest.raises(OSError, match="No space left"):
        save_version(tmp_path / "v.pt", replace(a_version(), alpha=1.0))
    assert [path.name for path in tmp_path.iterdir()] == ["v.pt"]
    assert (tmp_path / "v.pt").read_bytes() == before


class Trap:
    """Opening its pickle the trusting way would make a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (self.path,))
